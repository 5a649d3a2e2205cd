// SPDX-License-Identifier: GPL-2.0-or-later
// A saved state is the word of a stranger: it is refused with a reason, or gives a device that
// works.
#include <algorithm>
#include <gtest/gtest.h>
#include <map>

#include "migration_stream.h"
#include "nic.h"

namespace x550 {
namespace {

// Any value is a possible one: what a guest can write, or a plain count.
bool takes_any_value(const std::string& name) {
    static const std::vector<std::string> kFree = {"dw", "address", "vector_pending", "vector_mask",
                                                   "state.rx_drop", "state.tx_drop", "state.nvm",
                                                   // of the task-offload block
                                                   "counter", "generation", "latch_high", "request",
                                                   "encapsulation", "vxlan_port"};
    return std::find(kFree.begin(), kFree.end(), name) != kFree.end();
}

// A value that the field can never have.
std::uint8_t impossible_byte(const std::string& name) {
    return name == "state.deadline" ? 0x80 : 0xFF;
}

class BugClassI28 : public testing::Test {
protected:
    void SetUp() override {
        Machine machine;
        TxRing tx(machine.nic, 0, 32);
        tx.enable();
        machine.qemu.qmp("stop");
        migrate(machine.qemu, "file:" + file_.path());
        stream_ = std::make_unique<MigrationStream>(file_.path(), kSavedDevice);
    }
    // Loads the stream with some bytes changed; how QEMU ends.
    Exit load_spoiled(std::size_t offset, const Bytes& instead) {
        Bytes bytes = stream_->bytes();
        std::copy(instead.begin(), instead.end(),
                  bytes.begin() + static_cast<std::ptrdiff_t>(offset));
        const TemporaryFile spoiled;
        write_file(spoiled.path(), bytes);
        Launch launch;
        launch.add({"-machine", "pc", "-netdev", "hubport,id=wire,hubid=0", "-device",
                    "x550,id=nic,netdev=wire,addr=4", "-incoming", "file:" + spoiled.path()});
        return Qemu::run(std::move(launch));
    }
    void expect_refused(const std::string& path, const Bytes& instead) {
        const Exit exit = load_spoiled(stream_->field(path).offset, instead);
        EXPECT_TRUE(exit.clean) << path << "\n" << exit.error_output;
        EXPECT_EQ(exit.status, 1) << path;
        // The device says why, or QEMU where an array would be longer than its place.
        const std::string reason = path == "state.flow.filters" || path == "state.flow.tuples"
                                       ? "Input validation failed: x550/flow/at most 32767 filters"
                                       : "x550: the saved state is refused: ";
        EXPECT_NE(exit.error_output.find(reason), std::string::npos) << path << "\n"
                                                                     << exit.error_output;
    }

    TemporaryFile file_;
    std::unique_ptr<MigrationStream> stream_;
};

// One element of each field, the last of its array, spoiled at a time.
TEST_F(BugClassI28, EveryFieldOfTheDeviceIsChecked) {
    std::map<std::string, SavedField> last;
    bool own = false;
    for (const SavedField& field : stream_->fields()) {
        own = own || field.name == "state.reg";  // before it: PCI and MSI-X, which are QEMU's
        if (own && !takes_any_value(field.name)) {
            // Of an address only the first byte can be wrong.
            if (field.name != "state.mac" || !last.contains(field.name)) {
                last[field.name] = field;
            }
        }
    }
    EXPECT_GE(last.size(), 12U);
    for (const auto& [name, field] : last) {
        if (name == "state.reg") {
            continue;  // most offsets below
        }
        expect_refused(field.path, Bytes(field.bytes, impossible_byte(name)));
    }
}

TEST_F(BugClassI28, ImpossibleRegistersAreRefused) {
    const auto word = [](std::uint32_t offset) {
        return "state.reg[" + std::to_string(offset / 4) + "]";
    };
    expect_refused(word(0x0001C), Bytes(4, 0xFF));             // nothing there
    expect_refused(word(0x1FFFC), Bytes(4, 0xFF));             // the last word
    expect_refused(word(RDBAL::at(5)), Bytes{0, 0, 0, 0x7F});  // bits that are always 0
    expect_refused(word(RDLEN::at(5)), Bytes{0x80, 0, 0, 0});  // beyond the field
    expect_refused(word(RDLEN::at(127)), Bytes{0, 0, 0, 1});   // in the second bank
}

// Whatever the words in between are: QEMU refuses or the device works, and nothing crashes.
TEST_F(BugClassI28, AnyGarbageGivesAnAnswer) {
    const SavedField& first = stream_->field("state.reg[0]");
    const std::size_t size = stream_->device_bytes();
    std::uint32_t random = 1;
    for (unsigned round = 0; round < 40; ++round) {
        Bytes noise;
        for (unsigned i = 0; i < 64; ++i) {
            random = random * 1664525 + 1013904223;
            noise.push_back(static_cast<std::uint8_t>(random >> 24));
        }
        const std::size_t end = first.offset + size - 8192;
        const std::size_t at = first.offset + (random >> 3) % (end - first.offset);
        Bytes bytes = stream_->bytes();
        std::copy(noise.begin(), noise.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at));
        const TemporaryFile spoiled;
        write_file(spoiled.path(), bytes);
        Launch launch;
        launch.add({"-machine", "pc", "-netdev", "hubport,id=wire,hubid=0", "-device",
                    "x550,id=nic,netdev=wire,addr=4", "-incoming", "defer", "-global",
                    "migration.x-events=on"});
        Qemu qemu(std::move(launch));
        qemu.qmp("migrate-incoming", R"({"exit-on-error": false, "uri": )" +
                                         json_quote("file:" + spoiled.path()) + "}");
        qemu.wait_event("MIGRATION", [](const Json& event) {
            const std::string status = event["data"]["status"].string();
            return status == "completed" || status == "failed";
        });
    }
}

TEST_F(BugClassI28, OtherVersionIsRefused) {
    const SavedField& first = stream_->fields().front();
    const Exit exit = load_spoiled(first.offset - 1, Bytes{99});
    EXPECT_TRUE(exit.clean);
    EXPECT_EQ(exit.status, 1);
    EXPECT_NE(exit.error_output.find("x550"), std::string::npos) << exit.error_output;
}

TEST_F(BugClassI28, TruncatedStreamIsRefused) {
    Bytes bytes = stream_->bytes();
    bytes.resize(stream_->field("state.mac[0]").offset);
    const TemporaryFile cut;
    write_file(cut.path(), bytes);
    Launch launch;
    launch.add(
        {"-machine", "pc", "-device", "x550,id=nic,addr=4", "-incoming", "file:" + cut.path()});
    const Exit exit = Qemu::run(std::move(launch));
    EXPECT_TRUE(exit.clean);
    EXPECT_EQ(exit.status, 1);
}

// ---- Accepted, and still wrong ----

struct RegisterValue {
    std::uint32_t offset;
    std::uint32_t value;
};

// What a guest can have written: indices outside of their rings, rings of nothing, interrupts to
// nowhere. The loaded machine runs with it, then resets the device and uses it.
TEST_F(BugClassI28, HostileButPossibleRegisters) {
    const std::vector<std::vector<RegisterValue>> cases = {
        {{TDH::at(0), 0xFFFF}, {TDT::at(0), 0x1234}},
        {{TDLEN::at(0), 0}, {TDT::at(0), 5}},
        {{TDLEN::at(0), 0xFFF80}, {TDBAH::at(0), ~0u}, {TDT::at(0), 9}},
        {{RDH::at(0), 0xFFFF}, {RDT::at(0), 1}, {RXCTRL::at(), 1}},
        {{SRRCTL::at(0), 0}, {RDLEN::at(0), 0x80}, {RDT::at(0), 3}},
        {{IVAR::at(0), 0xBFBF'BFBF}, {GPIE::at(), GPIE::msix_mode}, {EITR::at(0), 0xFF8}},
        {{MRQC::at(), 0xFFFF'000F}, {RETA::at(0), 0x3F3F'3F3F}},
        {{HLREG0::at(), 0x8403}, {TDT::at(0), 7}},
    };
    for (const auto& values : cases) {
        Bytes bytes = stream_->bytes();
        for (const RegisterValue& value : values) {
            const std::string path = "state.reg[" + std::to_string(value.offset / 4) + "]";
            const std::size_t at = stream_->field(path).offset;
            for (unsigned byte = 0; byte < 4; ++byte) {
                bytes[at + byte] = static_cast<std::uint8_t>(value.value >> (24 - 8 * byte));
            }
        }
        const TemporaryFile spoiled;
        write_file(spoiled.path(), bytes);
        Machine machine({.extra = {"-incoming", "defer"}, .attach = false});
        machine.qemu.qmp("migrate-incoming", R"({"exit-on-error": false, "uri": )" +
                                                 json_quote("file:" + spoiled.path()) + "}");
        machine.nic.registers = {.address = 0xE000'0000, .bytes = kBarBytes};
        ASSERT_TRUE(machine.qemu.wait_until([&] {
            return machine.qemu.qmp("query-status")["status"].string() == "paused";
        })) << std::hex
            << values[0].offset;
        machine.qemu.qmp("cont");
        machine.wire.send(make_frame(100, 1));
        for (unsigned i = 0; i < 20; ++i) {
            machine.qemu.turn();
        }
        machine.qemu.clock_step(5 * kMillisecond);
        (void)machine.qemu.allocate(8u << 20);
        EXPECT_TRUE(machine.nic.still_works(machine.wire)) << std::hex << values[0].offset;
    }
}

}  // namespace
}  // namespace x550
