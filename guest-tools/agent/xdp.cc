// SPDX-License-Identifier: GPL-2.0-or-later
// XDP programs of a handful of instructions, assembled here and attached through rtnetlink.
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <string>
#include <sys/syscall.h>
#include <system_error>
#include <unistd.h>
#include <vector>

#include "command.h"
#include "netlink.h"

namespace agent {
namespace {

using Program = std::vector<bpf_insn>;

bpf_insn instruction(unsigned code, unsigned to, unsigned from, int offset, int immediate) {
    bpf_insn out{};
    out.code = static_cast<std::uint8_t>(code);
    out.dst_reg = static_cast<std::uint8_t>(to & 0xf);
    out.src_reg = static_cast<std::uint8_t>(from & 0xf);
    out.off = static_cast<std::int16_t>(offset);
    out.imm = immediate;
    return out;
}

bpf_insn load(unsigned size, unsigned to, unsigned from, int offset) {
    return instruction(BPF_LDX | BPF_MEM | size, to, from, offset, 0);
}
bpf_insn store(unsigned size, unsigned to, unsigned from, int offset) {
    return instruction(BPF_STX | BPF_MEM | size, to, from, offset, 0);
}
bpf_insn set(unsigned to, int value) {
    return instruction(BPF_ALU64 | BPF_MOV | BPF_K, to, 0, 0, value);
}

// Applies `action` to frames of one EtherType (0: all) and passes the others. Transmitting swaps
// the MAC addresses first, so that the sender recognises its frame.
Program assemble(int action, std::uint16_t ethertype) {
    Program code{
        load(BPF_W, 2, 1, 0),  // data
        load(BPF_W, 3, 1, 4),  // data_end
        instruction(BPF_ALU64 | BPF_MOV | BPF_X, 4, 2, 0, 0),
        // NOLINTNEXTLINE(misc-redundant-expression): BPF_ADD and BPF_K are both 0
        instruction(BPF_ALU64 | BPF_ADD | BPF_K, 4, 0, 0, 14),
        instruction(BPF_JMP | BPF_JGT | BPF_X, 4, 3, 0, 0),  // short: to the end, patched below
    };
    std::vector<std::size_t> to_pass{code.size() - 1};
    if (ethertype != 0) {
        const auto wire_order = static_cast<std::uint16_t>(ethertype << 8 | ethertype >> 8);
        code.push_back(load(BPF_H, 5, 2, 12));
        code.push_back(instruction(BPF_JMP | BPF_JNE | BPF_K, 5, 0, 0, wire_order));
        to_pass.push_back(code.size() - 1);
    }
    if (action == XDP_TX) {
        for (int at = 0; at < 6; at += 2) {
            code.push_back(load(BPF_H, 5, 2, at));
            code.push_back(load(BPF_H, 6, 2, at + 6));
            code.push_back(store(BPF_H, 2, 6, at));
            code.push_back(store(BPF_H, 2, 5, at + 6));
        }
    }
    code.push_back(set(0, action));
    code.push_back(instruction(BPF_JMP | BPF_EXIT, 0, 0, 0, 0));
    for (const std::size_t jump : to_pass) {
        code[jump].off = static_cast<std::int16_t>(code.size() - jump - 1);
    }
    code.push_back(set(0, XDP_PASS));
    code.push_back(instruction(BPF_JMP | BPF_EXIT, 0, 0, 0, 0));
    return code;
}

int load_program(const Program& code) {
    static constexpr std::array<char, 4> kLicense{'G', 'P', 'L', 0};
    std::array<char, 16384> log{};
    bpf_attr attributes;
    std::memset(&attributes, 0, sizeof(attributes));
    attributes.prog_type = BPF_PROG_TYPE_XDP;
    attributes.insn_cnt = static_cast<std::uint32_t>(code.size());
    attributes.insns = reinterpret_cast<std::uintptr_t>(code.data());
    attributes.license = reinterpret_cast<std::uintptr_t>(kLicense.data());
    attributes.log_buf = reinterpret_cast<std::uintptr_t>(log.data());
    attributes.log_size = log.size();
    attributes.log_level = 1;
    const long fd = syscall(SYS_bpf, BPF_PROG_LOAD, &attributes, sizeof(attributes));
    if (fd < 0) {
        throw std::system_error(errno, std::generic_category(),
                                std::string("XDP program: ") + log.data());
    }
    return static_cast<int>(fd);
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
    const int program = load_program(assemble(action_number(job.text("action")), ethertype));
    try {
        netlink::set_xdp(job.ifname(), program,
                         mode_flag(job.args.value("mode", std::string("native"))));
    } catch (...) {
        close(program);
        throw;
    }
    close(program);
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
