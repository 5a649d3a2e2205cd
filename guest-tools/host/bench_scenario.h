// SPDX-License-Identifier: GPL-2.0-or-later
// What a guest benchmark measures: a backend, and what travels over it.
#pragma once

#include <string>
#include <vector>

namespace host {

enum class Load {
    tcp,     // one iperf3 stream, plain
    vxlan,   // the same inside VXLAN, as Linux sets it up: with outer UDP checksums
    vxlan0,  // the same without them, as RFC 7348 section 5 wants it
    gretap,  // the same inside GRE with key and inner Ethernet: the NVGRE form
    pktgen,  // UDP frames of 64 bytes from the kernel's packet generator, sending only
    flood,   // frames of 64 bytes that the guest's stack drops at once, receiving only
};

// Written BACKEND or BACKEND+LOAD: "tap", "stream+gretap". Backends: user, tap, tap-plain, and
// stream, which joins two guests with the same NIC.
struct Scenario {
    std::string name;
    std::string backend;
    Load load = Load::tcp;

    [[nodiscard]] bool pair() const { return backend == "stream"; }
    [[nodiscard]] bool vxlan() const { return load == Load::vxlan || load == Load::vxlan0; }
    [[nodiscard]] bool tunnel() const { return vxlan() || load == Load::gretap; }
    [[nodiscard]] bool packets() const { return load == Load::pktgen || load == Load::flood; }
    [[nodiscard]] const char* unit() const;
};

// Throws with the words that are known when `name` has others.
[[nodiscard]] Scenario parse_scenario(const std::string& name);
[[nodiscard]] std::vector<std::string> default_scenarios();

}  // namespace host
