// SPDX-License-Identifier: GPL-2.0-or-later
// Frames made by hand for the wire, and what the stock driver tells its stack about them: whose
// checksum it vouches for, and what it coalesces, one change at a time.
#include <algorithm>
#include <functional>
#include <gtest/gtest.h>
#include <tins/tins.h>

#include "crafted.h"
#include "guest_fixture.h"
#include "judge.h"

namespace host {
namespace {

using Bytes = std::vector<std::byte>;

constexpr std::size_t kIpv4 = 14;  // offset of the IP header

std::string text(std::size_t bytes, char first = 'a') {
    std::string out;
    for (std::size_t i = 0; i < bytes; ++i) {
        out.push_back(static_cast<char>(first + static_cast<char>(i % 19)));
    }
    return out;
}

Bytes spoiled(Bytes frame, std::size_t at) {
    frame.at(at) ^= std::byte{0x10};
    return frame;
}

class Receive : public X550PairingTest {
protected:
    void SetUp() override {
        X550PairingTest::SetUp();
        if (IsSkipped()) {
            return;
        }
        MachineConfig config = config_of(GetParam());
        config.cpus = 1;  // one queue: frames stay in order
        network_ = &add_network(Backend::stream);
        machine_ = &boot(config, *network_);
        facts_ = configure_guest(*machine_);
        set("rx-gro", false);  // the stack's own coalescing would hide the device's
    }

    void set(const char* feature, bool on) {
        (void)machine_->agent().call("features.set", {{"features", {{feature, on}}}});
    }

    [[nodiscard]] static Tins::EthernetII ethernet() {
        return {Tins::HWAddress<6>(mac(0)), Tins::HWAddress<6>(kWireMac)};
    }

    // What the stack sees of these frames, until it has seen the mark that ends them.
    Json seen(const std::vector<Bytes>& frames) {
        const std::string mark = "x550-end-" + std::to_string(++serial_);
        const auto capture =
            machine_->agent().start("packet.capture", {{"ifname", facts_.ifname},
                                                       {"match", "020000005550"},
                                                       {"match_offset", 6},
                                                       {"bytes", 70000},
                                                       {"count", frames.size() + 1},
                                                       {"until", hex_of(mark)},
                                                       {"timeout_ms", 20000}});
        EXPECT_TRUE(machine_->agent().wait_event(capture, "capturing", Milliseconds(10000)));
        for (const Bytes& frame : frames) {
            network_->wire()->inject(frame);
        }
        network_->wire()->inject(experiment_frame(mac(0), mark, 60));
        Json out = machine_->agent().finish(capture).at("frames");
        EXPECT_FALSE(out.empty());
        if (!out.empty()) {
            EXPECT_NE(out.back().at("hex").get<std::string>().find(hex_of(mark)),
                      std::string::npos);
            out.erase(out.size() - 1);
        }
        return out;
    }

    Network* network_ = nullptr;
    Machine* machine_ = nullptr;
    GuestFacts facts_;

private:
    unsigned serial_ = 0;
};

struct Verdict {
    const char* name;
    Bytes frame;
    bool vouched;
};

Tins::IP ip4() {
    return {"192.0.2.2", "192.0.2.1"};
}
Tins::IPv6 ip6() {
    return {"2001:db8::2", "2001:db8::1"};
}

void four_bytes_of_options(Tins::IP& ip) {
    ip.noop();
    ip.noop();
    ip.noop();
    ip.eol();
}

std::vector<Verdict> verdicts(const Tins::EthernetII& ethernet) {
    std::vector<Verdict> out;
    const auto add = [&](const char* name, Tins::PDU& packet, bool vouched) -> Bytes {
        out.push_back({name, bytes_of(packet), vouched});
        return out.back().frame;
    };
    const auto add_spoiled = [&](const char* name, const Bytes& good, std::size_t at) {
        out.push_back({name, spoiled(good, at), false});
    };
    auto tcp4 = ethernet / ip4() / Tins::TCP(80, 1234) / Tins::RawPDU(text(101));
    const Bytes good = add("TCP over IPv4", tcp4, true);
    add_spoiled("IPv4 header checksum", good, kIpv4 + 10);
    add_spoiled("IPv4 TTL", good, kIpv4 + 8);
    add_spoiled("source address", good, kIpv4 + 12);
    add_spoiled("TCP sequence", good, kIpv4 + 20 + 4);
    add_spoiled("TCP checksum", good, kIpv4 + 20 + 16);
    add_spoiled("last payload byte", good, good.size() - 1);
    auto udp4 = ethernet / ip4() / Tins::UDP(53, 1234) / Tins::RawPDU(text(77));
    const Bytes datagram = add("UDP over IPv4", udp4, true);
    add_spoiled("UDP port", datagram, kIpv4 + 20);
    Bytes unsummed = datagram;
    unsummed[kIpv4 + 20 + 6] = unsummed[kIpv4 + 20 + 7] = std::byte{0};
    out.push_back({"UDP without checksum", unsummed, false});
    auto tcp6 = ethernet / ip6() / Tins::TCP(80, 1234) / Tins::RawPDU(text(100));
    add_spoiled("TCP over IPv6, payload", add("TCP over IPv6", tcp6, true), 80);
    auto udp6 = ethernet / ip6() / Tins::UDP(53, 1234) / Tins::RawPDU(text(33));
    add_spoiled("UDP over IPv6, address", add("UDP over IPv6", udp6, true), 14 + 8);
    auto tiny = ethernet / ip4() / Tins::TCP(80, 1234) / Tins::RawPDU(text(1));
    add("padded to 60 bytes", tiny, true);
    Tins::IP with_options = ip4();
    four_bytes_of_options(with_options);
    auto options = ethernet / with_options / Tins::TCP(80, 1234) / Tins::RawPDU(text(50));
    add("IPv4 options", options, true);
    Tins::IP first = ip4();
    first.flags(Tins::IP::MORE_FRAGMENTS);
    auto fragment = ethernet / first / Tins::UDP(53, 1234) / Tins::RawPDU(text(56));
    add("first fragment", fragment, false);
    auto tagged = ethernet / Tins::Dot1Q(0) / ip4() / Tins::TCP(80, 1234) / Tins::RawPDU(text(90));
    const Bytes with_tag = add("behind a VLAN tag", tagged, true);
    add_spoiled("behind a VLAN tag, payload", with_tag, with_tag.size() - 1);
    auto ping = ethernet / ip4() / Tins::ICMP() / Tins::RawPDU(text(40));
    add("ICMP", ping, false);
    return out;
}

TEST_P(Receive, ChecksumsAreVouchedForOnlyWhenRight) {
    const auto cases = verdicts(ethernet());
    std::vector<Bytes> frames;
    for (const Verdict& one : cases) {
        frames.push_back(one.frame);
    }
    const Json got = seen(frames);
    ASSERT_EQ(got.size(), cases.size());
    for (std::size_t i = 0; i < cases.size(); ++i) {
        EXPECT_EQ(got.at(i).at("checksum") == "valid", cases[i].vouched)
            << cases[i].name << ": " << got.at(i).dump();
    }
    set("rx-checksum", false);
    for (const Json& frame : seen(frames)) {
        EXPECT_NE(frame.at("checksum"), "valid") << frame.dump();
    }
    set("rx-checksum", true);
    // The driver counts the wrong ones.
    expect_happy_end(*machine_, {"rx_csum_offload_errors"});
}

Tins::TCP segment(std::uint32_t seq) {
    Tins::TCP out(80, 1234);
    out.seq(seq);
    out.ack_seq(5000);
    out.window(1000);
    out.flags(Tins::TCP::ACK);
    return out;
}

struct Change {
    const char* name;
    std::function<void(Tins::IP&, Tins::TCP&)> apply;
};

std::vector<Change> changes() {
    return {
        {"gap", [](Tins::IP&, Tins::TCP& tcp) { tcp.seq(tcp.seq() + 1); }},
        {"repetition", [](Tins::IP&, Tins::TCP& tcp) { tcp.seq(tcp.seq() - 1000); }},
        {"FIN", [](Tins::IP&, Tins::TCP& tcp) { tcp.set_flag(Tins::TCP::FIN, 1); }},
        {"URG", [](Tins::IP&, Tins::TCP& tcp) { tcp.set_flag(Tins::TCP::URG, 1); }},
        {"CWR", [](Tins::IP&, Tins::TCP& tcp) { tcp.set_flag(Tins::TCP::CWR, 1); }},
        {"older acknowledgement", [](Tins::IP&, Tins::TCP& tcp) { tcp.ack_seq(4999); }},
        {"other port", [](Tins::IP&, Tins::TCP& tcp) { tcp.sport(1235); }},
        {"other address", [](Tins::IP& ip, Tins::TCP&) { ip.src_addr("192.0.2.3"); }},
        {"TOS", [](Tins::IP& ip, Tins::TCP&) { ip.tos(4); }},
        {"fragment", [](Tins::IP& ip, Tins::TCP&) { ip.flags(Tins::IP::MORE_FRAGMENTS); }},
        {"IPv4 options", [](Tins::IP& ip, Tins::TCP&) { four_bytes_of_options(ip); }},
        {"TCP option", [](Tins::IP&, Tins::TCP& tcp) { tcp.sack_permitted(); }},
        {"timestamps", [](Tins::IP&, Tins::TCP& tcp) { tcp.timestamp(1, 2); }},
    };
}

// Two segments in order become one packet with both payloads; with any change to the second they
// stay two. Whether they come in one burst is for the host's scheduler: it may take a few tries.
TEST_P(Receive, SegmentsAreCoalescedUnlessSomethingDiffers) {
    set("rx-lro", true);
    const auto pair = [&](const Change* change) {
        auto first = ethernet() / ip4() / segment(1000) / Tins::RawPDU(text(1000));
        Tins::IP ip = ip4();
        Tins::TCP tcp = segment(2000);
        if (change != nullptr) {
            change->apply(ip, tcp);
        }
        auto second = ethernet() / ip / tcp / Tins::RawPDU(text(1000, 'A'));
        return std::vector<Bytes>{bytes_of(first), bytes_of(second)};
    };
    Json one;
    for (int attempt = 0; attempt < 100 && one.size() != 1; ++attempt) {
        one = seen(pair(nullptr));
    }
    ASSERT_EQ(one.size(), 1U) << "never coalesced";
    EXPECT_EQ(one.at(0).at("length"), 54 + 2000);
    EXPECT_EQ(one.at(0).at("checksum"), "valid");
    EXPECT_EQ(one.at(0).at("segment_size"), 500) << "what Linux makes of 1000 bytes and two";
    const auto hex = one.at(0).at("hex").get<std::string>();
    EXPECT_NE(hex.find(hex_of(text(1000)) + hex_of(text(1000, 'A'))), std::string::npos);
    for (const Change& change : changes()) {
        const auto frames = pair(&change);
        EXPECT_EQ(wire::judge(frames[1]), std::vector<std::string>()) << change.name;
        const Json two = seen(frames);
        ASSERT_EQ(two.size(), 2U) << change.name;
        for (std::size_t i = 0; i < 2; ++i) {
            EXPECT_EQ(two.at(i).at("length"), frames[i].size()) << change.name;
            EXPECT_EQ(two.at(i).at("segment_size"), 0) << change.name;
        }
    }
    expect_happy_end(*machine_);
}

INSTANTIATE_TEST_SUITE_P(Guest, Receive, ::testing::ValuesIn(diagonal_pairings()),
                         [](const auto& which) { return pairing_name(which.param); });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Receive);

}  // namespace
}  // namespace host
