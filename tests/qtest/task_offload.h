// SPDX-License-Identifier: GPL-2.0-or-later
// The task-offload block as a guest finds it: BAR 2, and the window in configuration space.
#pragma once

#include <gtest/gtest.h>
#include <string>
#include <x550/task_offload.h>

#include "nic.h"

namespace x550 {

inline constexpr unsigned kOffloadCapability = 0x80;
inline constexpr unsigned kWindowOffset = kOffloadCapability + X550_CAP_OFF_WINDOW;
inline constexpr unsigned kWindowData = kOffloadCapability + X550_CAP_OFF_WINDOW_DATA;
inline constexpr unsigned kBlockBar = 2;

class OffloadBlock {
public:
    explicit OffloadBlock(Nic& nic) : nic_(nic) {}

    void attach() { bar = nic_.pci().map_bar(kBlockBar); }

    [[nodiscard]] std::uint32_t read(std::uint32_t offset) {
        return static_cast<std::uint32_t>(nic_.qemu().read(32, bar.address + offset));
    }
    void write(std::uint32_t offset, std::uint32_t value) {
        nic_.qemu().write(32, bar.address + offset, value);
    }
    [[nodiscard]] std::uint32_t window_read(std::uint32_t place) {
        nic_.pci().write(32, kWindowOffset, place);
        return nic_.pci().read(32, kWindowData);
    }
    void window_write(std::uint32_t place, std::uint32_t value) {
        nic_.pci().write(32, kWindowOffset, place);
        nic_.pci().write(32, kWindowData, value);
    }

    [[nodiscard]] std::uint32_t caps(std::uint32_t table, std::uint32_t word) {
        return read(table + 4 * word);
    }
    // All words of a table.
    [[nodiscard]] std::vector<std::uint32_t> table(std::uint32_t start) {
        std::vector<std::uint32_t> words;
        for (std::uint32_t word = 0; word < X550_CAPS_WORDS; ++word) {
            words.push_back(caps(start, word));
        }
        return words;
    }
    [[nodiscard]] std::uint64_t counter(std::uint32_t index) {
        const std::uint32_t offset = x550_statistic_offset(index);
        const std::uint64_t low_half = read(offset);
        return low_half | std::uint64_t{read(offset + 4)} << 32;
    }
    [[nodiscard]] bool switches_apply() {
        return (caps(X550_CURRENT, X550_WORD_FLAGS) & X550_FLAGS_SWITCHES_APPLY) != 0;
    }

    // One byte of the requested parameters; the other three of its word become 0.
    void request(std::uint32_t member, std::uint32_t value) {
        write(X550_PARAMETERS + member / 4 * 4, value << 8 * (member % 4));
    }
    // The code of the result, once the device is not busy any more.
    std::uint32_t ring(std::uint32_t bits) {
        write(X550_DOORBELL, bits);
        EXPECT_TRUE(nic_.qemu().wait_until([this] { return code() != X550_RESULT_BUSY; }));
        return code();
    }
    std::uint32_t set(std::uint32_t member, std::uint32_t value) {
        request(member, value);
        return ring(X550_DOORBELL_PARAMETERS);
    }
    // Both IP versions, as a protocol driver asks for it (CTRL-3).
    std::uint32_t activate() {
        for (const std::uint32_t area : {X550_ENCAPSULATION_IP4, X550_ENCAPSULATION_IP6}) {
            write(area, X550_ENCAPSULATED_ON | X550_ENCAPSULATION_802_3 << 16);
        }
        return ring(X550_DOORBELL_ENCAPSULATION);
    }
    [[nodiscard]] std::uint32_t code() { return x550_result_code(read(X550_RESULT)); }

    Bar bar;

private:
    Nic& nic_;
};

struct OffloadMachine : Machine {
    OffloadMachine() : OffloadMachine(Options{}) {}
    explicit OffloadMachine(const Options& options) : Machine(options) {
        if (options.attach) {
            block.attach();
        }
    }
    // A property of the device, as the host sees it.
    [[nodiscard]] Json property(const std::string& name) {
        return qemu.qmp("qom-get", R"({"path": "/machine/peripheral/nic", "property": )" +
                                       json_quote(name) + "}");
    }
    [[nodiscard]] static std::string assignment(const std::string& name, const std::string& value) {
        return R"({"path": "/machine/peripheral/nic", "property": )" + json_quote(name) +
               ", \"value\": " + value + "}";
    }
    void set_property(const std::string& name, const std::string& value) {
        qemu.qmp("qom-set", assignment(name, value));
    }
    void reset_bus() {
        qemu.qmp("system_reset");
        qemu.wait_event("RESET");
    }
    // Where a reset has taken the BARs away.
    void place_bars() {
        pci.write(32, pci::kBar0, low(nic.registers.address));
        pci.write(32, pci::kBar0 + 4, high(nic.registers.address));
        pci.write(32, pci::kBar0 + 4 * kBlockBar, low(block.bar.address));
        pci.enable();
    }

    OffloadBlock block{nic};
};

struct OffloadTest : testing::Test, OffloadMachine {};

}  // namespace x550
