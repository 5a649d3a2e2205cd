// SPDX-License-Identifier: GPL-2.0-or-later
// XDP programs attached through rtnetlink.
#include <array>
#include <cstdint>
#include <linux/if_link.h>
#include <stdexcept>
#include <string>

#include "bpf.h"
#include "command.h"
#include "netlink.h"

namespace agent {
namespace {

// Transmitting swaps the MAC addresses first, so that the sender recognises its frame.
bpf::Program body_of(int action) {
    bpf::Program code;
    if (action == XDP_TX) {
        for (int at = 0; at < 6; at += 2) {
            code.push_back(bpf::load(BPF_H, 5, 2, at));
            code.push_back(bpf::load(BPF_H, 6, 2, at + 6));
            code.push_back(bpf::store(BPF_H, 2, 6, at));
            code.push_back(bpf::store(BPF_H, 2, 5, at + 6));
        }
    }
    code.push_back(bpf::set(0, action));
    code.push_back(bpf::leave());
    return code;
}

std::uint32_t mode_flag(const std::string& mode) {
    return mode == "generic" ? XDP_FLAGS_SKB_MODE : XDP_FLAGS_DRV_MODE;
}

int action_number(const std::string& name) {
    if (name == "drop") {
        return XDP_DROP;
    }
    if (name == "tx") {
        return XDP_TX;
    }
    if (name == "pass") {
        return XDP_PASS;
    }
    throw std::runtime_error("unknown XDP action " + name);
}

Json attach(Job& job) {
    const auto ethertype = job.args.value("ethertype", std::uint16_t{0});
    const auto program =
        bpf::load_xdp(bpf::for_ethertype(ethertype, body_of(action_number(job.text("action")))));
    netlink::set_xdp(job.ifname(), program.number(),
                     mode_flag(job.args.value("mode", std::string("native"))));
    return Json::object();
}

Json detach(Job& job) {
    netlink::set_xdp(job.ifname(), -1, mode_flag(job.args.value("mode", std::string("native"))));
    return Json::object();
}

constexpr std::array kCommands{
    Command{"xdp.attach", "attach {action: pass|drop|tx, ethertype, mode: native|generic}", attach},
    Command{"xdp.detach", "detach {mode}", detach},
};

}  // namespace

CommandTable xdp_commands() {
    return kCommands;
}

}  // namespace agent
