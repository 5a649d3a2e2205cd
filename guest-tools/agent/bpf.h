// SPDX-License-Identifier: GPL-2.0-or-later
// XDP programs of a handful of instructions, assembled by hand: the agent is one static file.
#pragma once

#include <cstdint>
#include <linux/bpf.h>
#include <vector>

namespace agent::bpf {

using Program = std::vector<bpf_insn>;

[[nodiscard]] inline bpf_insn instruction(unsigned code, unsigned to, unsigned from, int offset,
                                          int immediate) {
    bpf_insn out{};
    out.code = static_cast<std::uint8_t>(code);
    out.dst_reg = static_cast<std::uint8_t>(to & 0xf);
    out.src_reg = static_cast<std::uint8_t>(from & 0xf);
    out.off = static_cast<std::int16_t>(offset);
    out.imm = immediate;
    return out;
}
[[nodiscard]] inline bpf_insn load(unsigned size, unsigned to, unsigned from, int offset) {
    return instruction(BPF_LDX | BPF_MEM | size, to, from, offset, 0);
}
[[nodiscard]] inline bpf_insn store(unsigned size, unsigned to, unsigned from, int offset) {
    return instruction(BPF_STX | BPF_MEM | size, to, from, offset, 0);
}
[[nodiscard]] inline bpf_insn set(unsigned to, int value) {
    return instruction(BPF_ALU64 | BPF_MOV | BPF_K, to, 0, 0, value);
}
[[nodiscard]] inline bpf_insn leave() {
    return instruction(BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

// `body` for frames of one EtherType (0: all) that have a whole Ethernet header, XDP_PASS for the
// others. The body finds the frame's address in register 2 and the context in register 1, and ends
// with leave().
[[nodiscard]] Program for_ethertype(std::uint16_t ethertype, const Program& body);

// A program or a map of the kernel's, let go with this object.
class Descriptor {
public:
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor();
    [[nodiscard]] int number() const { return fd_; }

private:
    int fd_;
};

// Throws with the verifier's words.
[[nodiscard]] Descriptor load_xdp(const Program& code);

// A map from queues to AF_XDP sockets.
[[nodiscard]] Descriptor make_socket_map(std::uint32_t queues);
void put_socket(int map, std::uint32_t queue, int socket);
// Body that gives a frame to the socket of its queue in that map, or passes it on if there is none.
[[nodiscard]] Program to_socket_of_queue(int map);

}  // namespace agent::bpf
