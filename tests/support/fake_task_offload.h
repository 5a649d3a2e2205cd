// SPDX-License-Identifier: GPL-2.0-or-later
// A task-offload block in memory, after docs/task-offload.md: what tools see of one. Offsets and
// bits are literal, apart from the header under test.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <vector>

#include "block.h"

namespace taskoffload {

class FakeTaskOffload final : public Block {
public:
    using Caps = std::array<std::uint32_t, 24>;

    // Tests turn these before they use the block.
    Caps hardware = full_hardware();
    bool adds_types = false;                  // "on" with one type leaves the other as it is
    int busy_reads = 0;                       // how often RESULT reads busy after a doorbell
    std::uint32_t forced_result = 0;          // instead of the verdict, if not 0
    std::function<void()> before_generation;  // is read

    // What tests look at afterwards.
    std::vector<std::uint32_t> rung;
    int turns = 0;       // held now
    int most_turns = 0;  // ever held at a time
    std::map<std::uint32_t, std::uint64_t> statistics;

    static Caps full_hardware() {
        Caps out{};
        out[0] = 0x01ff01ff;
        out[1] = 0x000e000e;
        out[2] = 0x00000f7f;
        out[3] = 65415;
        out[4] = out[5] = out[6] = out[7] = 261120;
        out[8] = 0x02020202;
        out[9] = 32U << 16 | 7;
        out[10] = out[12] = 0x00ffffff;
        out[11] = out[13] = 256;
        out[14] = 0x03010000 | 4789;
        out[15] = 0x6d001b00;
        out[16] = 128U << 16 | 16;
        out[17] = 0x0007013b;
        out[18] = 64U << 16 | 16;
        return out;
    }

    FakeTaskOffload() { restore(); }

    std::uint32_t read(std::uint32_t offset) override {
        if (offset == 0x2f4 && busy_left_ > 0) {
            --busy_left_;
            return 1;
        }
        if (offset == 0x2f8 && before_generation) {
            before_generation();
        }
        if (offset >= 0x300 && offset < 0x300 + 8 * 29) {
            return statistic(offset - 0x300);
        }
        return plain(offset);
    }

    void write(std::uint32_t offset, std::uint32_t value) override {
        if (offset == 0x2f0) {
            ring(value);
        } else if (offset >= 0x200 && offset < 0x290) {
            area_[(offset - 0x200) / 4] = value;
        }
    }

    void acquire() override {
        ++turns;
        most_turns = turns > most_turns ? turns : most_turns;
    }
    void release() override { --turns; }

    // As after a reset; also needed once after `hardware` was changed.
    void restore() {
        current_ = hardware;
        current_[14] &= 0x00ffffff;
        current_[23] = 0;
    }
    void write_current(std::size_t word, std::uint32_t value) { current_[word] = value; }
    // Somebody else's change.
    void disturb(std::size_t word, std::uint32_t value) {
        current_[word] = value;
        ++generation_;
    }

private:
    [[nodiscard]] std::uint32_t plain(std::uint32_t offset) const {
        switch (offset) {
            case 0x000:
                return 0x30353558;
            case 0x004:
                return 0x00010000;
            case 0x008:
                return 0x500;
            case 0x00c:
                return 0x7f;
            case 0x2f4:
                return result_;
            case 0x2f8:
                return generation_;
            default:
                break;
        }
        if (offset >= 0x410 && offset < 0x470) {
            return effective()[(offset - 0x410) / 4];
        }
        if (offset >= 0x110 && offset < 0x170) {
            return current_[(offset - 0x110) / 4];
        }
        if (offset >= 0x010 && offset < 0x070) {
            return hardware[(offset - 0x010) / 4];
        }
        return offset >= 0x200 && offset < 0x290 ? area_[(offset - 0x200) / 4] : 0;
    }

    [[nodiscard]] std::uint32_t statistic(std::uint32_t at) {
        if (at % 8 == 0) {
            const std::uint64_t value = statistics[at / 8];
            latched_ = static_cast<std::uint32_t>(value >> 32);
            return static_cast<std::uint32_t>(value);
        }
        return latched_;
    }

    [[nodiscard]] Caps effective() const {
        Caps out = current_;
        const bool applies = (out[23] & 0x20000) != 0;
        if (applies && (out[23] & 0x40000) == 0) {
            out[0] &= ~0x00670000U;
        }
        if (applies && (out[23] & 0x80000) == 0) {
            out[0] &= ~0x01980000U;
        }
        if ((out[14] & 0x01000000) == 0) {
            out[10] = out[11] = 0;
        }
        if ((out[14] & 0x02000000) == 0) {
            out[12] = out[13] = 0;
        }
        return out;
    }

    [[nodiscard]] std::uint32_t byte(std::uint32_t at) const {
        return area_[at / 4] >> 8 * (at % 4) & 0xff;
    }
    static std::uint32_t refused(std::uint32_t code, std::uint32_t member) {
        return member << 16 | code;
    }

    struct Switch {
        std::uint32_t at;
        std::size_t word;
        std::uint32_t bit;
    };
    static constexpr std::array<Switch, 7> kSwitches{{{5, 2, 0x001},
                                                      {7, 2, 0x002},
                                                      {8, 2, 0x004},
                                                      {18, 9, 0x1},
                                                      {19, 9, 0x2},
                                                      {24, 2, 0x100},
                                                      {25, 2, 0x200}}};

    [[nodiscard]] std::uint32_t check_parameters() const {
        for (std::uint32_t at = 0; at < 5; ++at) {
            const std::uint32_t value = byte(at);
            if (value > 4) {
                return refused(3, 0x200 + at);
            }
            const bool lacks_tx = (value == 2 || value == 4) && (hardware[0] >> at & 1) == 0;
            const bool lacks_rx = (value == 3 || value == 4) && (hardware[0] >> (at + 16) & 1) == 0;
            if (lacks_tx || lacks_rx) {
                return refused(2, 0x200 + at);
            }
        }
        for (const Switch& entry : kSwitches) {
            if (byte(entry.at) > 2) {
                return refused(3, 0x200 + entry.at);
            }
            if (byte(entry.at) == 2 && (hardware[entry.word] & entry.bit) == 0) {
                return refused(2, 0x200 + entry.at);
            }
        }
        const bool types_alone = byte(21) != 0 && byte(20) != 1;
        if (byte(20) > 2 || byte(21) > 3 || types_alone) {
            return refused(3, types_alone || byte(21) > 3 ? 0x215 : 0x214);
        }
        return (byte(21) & ~(hardware[14] >> 24)) != 0 ? refused(2, 0x215) : 0;
    }

    [[nodiscard]] std::uint32_t check_encapsulation() const {
        for (const std::uint32_t at : {0x80U, 0x88U}) {
            const std::uint32_t enabled = byte(at);
            const std::uint32_t type = area_[at / 4] >> 16;
            if (enabled > 2) {
                return refused(3, 0x200 + at);
            }
            if (enabled == 1 && type != 2) {
                return refused(4, 0x200 + at + 2);
            }
        }
        return 0;
    }

    void take_parameters() {
        for (std::uint32_t at = 0; at < 5; ++at) {
            const std::uint32_t value = byte(at);
            if (value != 0) {
                current_[0] &= ~(0x10001U << at);
                current_[0] |= (value == 2 || value == 4 ? 1U << at : 0) |
                               (value == 3 || value == 4 ? 0x10000U << at : 0);
            }
        }
        for (const Switch& entry : kSwitches) {
            if (byte(entry.at) != 0) {
                current_[entry.word] &= ~entry.bit;
                current_[entry.word] |= byte(entry.at) == 2 ? entry.bit : 0;
            }
        }
        if (byte(20) != 0) {
            const std::uint32_t types = byte(20) == 1 ? byte(21) << 24 : 0;
            current_[14] &= byte(20) == 1 && adds_types ? ~0U : ~0x03000000U;
            current_[14] |= types;
        }
        if (area_[5] >> 16 != 0) {
            current_[14] = (current_[14] & 0xffff0000) | area_[5] >> 16;
        }
    }

    void take_encapsulation() {
        for (const std::uint32_t i : {0U, 1U}) {
            const std::uint32_t enabled = byte(0x80 + 8 * i);
            const std::uint32_t bit = 0x40000U << i;
            if (enabled != 0) {
                current_[23] = enabled == 1 ? current_[23] | bit : current_[23] & ~bit;
            }
        }
        current_[23] &= ~0x10000U;
        current_[23] |= (current_[23] & 0xc0000) != 0 ? 0x10000U : 0U;
    }

    [[nodiscard]] std::uint32_t verdict(std::uint32_t bits) const {
        if (bits == 0 || bits > 15) {
            return refused(3, 0);
        }
        const std::uint32_t parameters = (bits & 1) != 0 ? check_parameters() : 0;
        return parameters != 0 || (bits & 2) == 0 ? parameters : check_encapsulation();
    }

    void ring(std::uint32_t bits) {
        rung.push_back(bits);
        busy_left_ = busy_reads;
        result_ = forced_result != 0 ? forced_result : verdict(bits);
        if (result_ == 0) {
            const Caps before = current_;
            if ((bits & 4) != 0) {
                restore();
            }
            if ((bits & 1) != 0) {
                take_parameters();
            }
            if ((bits & 2) != 0) {
                take_encapsulation();
            }
            if ((bits & 3) != 0) {
                current_[23] |= 0x20000;
            }
            if ((bits & 8) != 0) {
                statistics.clear();
            }
            generation_ += before != current_ ? 1U : 0U;
        }
        area_.fill(0);
    }

    Caps current_{};
    std::array<std::uint32_t, 36> area_{};
    std::uint32_t result_ = 0;
    std::uint32_t generation_ = 7;
    std::uint32_t latched_ = 0;
    int busy_left_ = 0;
};

}  // namespace taskoffload
