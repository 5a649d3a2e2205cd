// SPDX-License-Identifier: GPL-2.0-or-later
#include "bpf.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <sys/syscall.h>
#include <system_error>
#include <unistd.h>

namespace agent::bpf {
namespace {

int call(bpf_cmd command, bpf_attr& attributes, const std::string& what) {
    const long result = syscall(SYS_bpf, command, &attributes, sizeof(attributes));
    if (result < 0) {
        throw std::system_error(errno, std::generic_category(), what);
    }
    return static_cast<int>(result);
}

bpf_attr nothing() {
    bpf_attr out;
    std::memset(&out, 0, sizeof(out));
    return out;
}

}  // namespace

Descriptor::~Descriptor() {
    close(fd_);
}

Program for_ethertype(std::uint16_t ethertype, const Program& body) {
    constexpr int kEthernetHeader = 14;
    Program code{
        load(BPF_W, 2, 1, 0),  // data
        load(BPF_W, 3, 1, 4),  // data_end
        instruction(BPF_ALU64 | BPF_MOV | BPF_X, 4, 2, 0, 0),
        // NOLINTNEXTLINE(misc-redundant-expression): BPF_ADD and BPF_K are both 0
        instruction(BPF_ALU64 | BPF_ADD | BPF_K, 4, 0, 0, kEthernetHeader),
        instruction(BPF_JMP | BPF_JGT | BPF_X, 4, 3, 0, 0),  // short: to the end, patched below
    };
    std::vector<std::size_t> to_pass{code.size() - 1};
    if (ethertype != 0) {
        const auto wire_order = static_cast<std::uint16_t>(ethertype << 8 | ethertype >> 8);
        code.push_back(load(BPF_H, 5, 2, 12));
        code.push_back(instruction(BPF_JMP | BPF_JNE | BPF_K, 5, 0, 0, wire_order));
        to_pass.push_back(code.size() - 1);
    }
    code.insert(code.end(), body.begin(), body.end());
    for (const std::size_t jump : to_pass) {
        code[jump].off = static_cast<std::int16_t>(code.size() - jump - 1);
    }
    code.push_back(set(0, XDP_PASS));
    code.push_back(leave());
    return code;
}

Descriptor load_xdp(const Program& code) {
    static constexpr std::array<char, 4> kLicense{'G', 'P', 'L', 0};
    std::array<char, 16384> log{};
    bpf_attr attributes = nothing();
    attributes.prog_type = BPF_PROG_TYPE_XDP;
    attributes.insn_cnt = static_cast<std::uint32_t>(code.size());
    attributes.insns = reinterpret_cast<std::uintptr_t>(code.data());
    attributes.license = reinterpret_cast<std::uintptr_t>(kLicense.data());
    attributes.log_buf = reinterpret_cast<std::uintptr_t>(log.data());
    attributes.log_size = log.size();
    attributes.log_level = 1;
    try {
        return Descriptor(call(BPF_PROG_LOAD, attributes, "XDP program"));
    } catch (const std::system_error& error) {
        throw std::system_error(error.code(), std::string("XDP program: ") + log.data());
    }
}

Descriptor make_socket_map(std::uint32_t queues) {
    bpf_attr attributes = nothing();
    attributes.map_type = BPF_MAP_TYPE_XSKMAP;
    attributes.key_size = sizeof(std::uint32_t);
    attributes.value_size = sizeof(std::uint32_t);
    attributes.max_entries = queues;
    return Descriptor(call(BPF_MAP_CREATE, attributes, "map of AF_XDP sockets"));
}

void put_socket(int map, std::uint32_t queue, int socket) {
    bpf_attr attributes = nothing();
    attributes.map_fd = static_cast<std::uint32_t>(map);
    attributes.key = reinterpret_cast<std::uintptr_t>(&queue);
    attributes.value = reinterpret_cast<std::uintptr_t>(&socket);
    (void)call(BPF_MAP_UPDATE_ELEM, attributes, "AF_XDP socket into the map");
}

Program to_socket_of_queue(int map) {
    constexpr int kQueueOfContext = 16;  // xdp_md.rx_queue_index
    return {
        load(BPF_W, 2, 1, kQueueOfContext),
        // NOLINTNEXTLINE(misc-redundant-expression): BPF_LD and BPF_IMM are both 0
        instruction(BPF_LD | BPF_DW | BPF_IMM, 1, BPF_PSEUDO_MAP_FD, 0, map),
        instruction(0, 0, 0, 0, 0),  // upper half of that immediate
        set(3, XDP_PASS),            // without a socket
        instruction(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_redirect_map),
        leave(),
    };
}

}  // namespace agent::bpf
