// SPDX-License-Identifier: GPL-2.0-or-later
#include "bench_scenario.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace host {
namespace {

struct Name {
    Load load;
    const char* text;
};
constexpr std::array kLoads{
    Name{Load::tcp, ""},          Name{Load::vxlan, "vxlan"},   Name{Load::vxlan0, "vxlan0"},
    Name{Load::gretap, "gretap"}, Name{Load::pktgen, "pktgen"}, Name{Load::flood, "flood"},
};
constexpr std::array kBackends{"user", "tap", "tap-plain", "stream"};

[[noreturn]] void refuse(const std::string& name) {
    throw std::runtime_error("unknown scenario " + name +
                             ": BACKEND is user, tap, tap-plain or stream; LOAD behind a + is "
                             "vxlan, vxlan0, gretap, pktgen or flood");
}

}  // namespace

const char* Scenario::unit() const {
    return packets() ? "1000 packets/s" : "Mbit/s";
}

Scenario parse_scenario(const std::string& name) {
    const std::size_t plus = name.find('+');
    Scenario scenario{.name = name, .backend = name.substr(0, plus)};
    const std::string load = plus == std::string::npos ? "" : name.substr(plus + 1);
    const auto* const found = std::find_if(kLoads.begin(), kLoads.end(),
                                           [&](const Name& known) { return load == known.text; });
    const bool known =
        std::find(kBackends.begin(), kBackends.end(), scenario.backend) != kBackends.end();
    if (found == kLoads.end() || !known || (plus != std::string::npos && load.empty())) {
        refuse(name);
    }
    scenario.load = found->load;
    if (scenario.tunnel() && scenario.backend == "user") {
        throw std::runtime_error(name + ": the user-mode network carries no tunnels");
    }
    if (scenario.load == Load::flood && scenario.backend.rfind("tap", 0) != 0) {
        throw std::runtime_error(name + ": only a tap is flooded");
    }
    return scenario;
}

std::vector<std::string> default_scenarios() {
    return {"user", "tap", "tap-plain", "stream"};
}

}  // namespace host
