// SPDX-License-Identifier: GPL-2.0-or-later
// The surroundings of a control-plane block: state, registers and a host that only keeps time and
// counts.
#pragma once

#include <memory>
#include <vector>

#include "nic/host.h"
#include "nic/register_file.h"
#include "nic/trace.h"

namespace ixgbe {

class QuietHost final : public Host {
public:
    std::int64_t now = 1'000'000;
    std::int64_t timer = -1;
    unsigned timer_calls = 0;
    std::vector<bool> links;

    bool dma_read(std::uint64_t /*addr*/, Bytes /*to*/) override { return false; }
    bool dma_write(std::uint64_t /*addr*/, ConstBytes /*from*/) override { return false; }
    std::byte* dma_map(std::uint64_t /*addr*/, std::size_t /*len*/, Direction /*dir*/) override {
        return nullptr;
    }
    void dma_unmap(Bytes /*mapping*/, Direction /*dir*/, std::size_t /*written*/) override {}
    void msix(unsigned /*vector*/) override {}
    void legacy(bool /*asserted*/) override {}
    ixgbe_send_result send(std::span<const iovec> /*frame*/,
                           const ixgbe_frame_offload& /*offload*/) override {
        return IXGBE_SENT;
    }
    void receive_ready() override {}
    void link_changed(bool up) override { links.push_back(up); }
    void offload_changed(std::uint32_t /*generation*/) override {}
    std::int64_t now_ns() override { return now; }
    void set_timer(std::int64_t deadline_ns) override {
        timer = deadline_ns;
        ++timer_calls;
    }
    void schedule_poll() override {}
    void guest_error(const char* /*message*/) override {}
    void trace(TraceEvent /*event*/, std::uint64_t /*a*/, std::uint64_t /*b*/, std::uint64_t /*c*/,
               std::uint64_t /*d*/) override {}
};

struct ControlPlane {
    std::unique_ptr<ixgbe_state> owned = std::make_unique<ixgbe_state>();
    ixgbe_state& state = *owned;
    QuietHost host;
    Tracer trace{host};
    RegisterFile regs{state};

    ControlPlane() {
        for (std::int64_t& at_ns : state.deadline) {
            at_ns = -1;
        }
    }

    // Words by offset, as the datasheet numbers them.
    [[nodiscard]] std::uint32_t word(std::uint32_t offset) const { return state.reg[offset / 4]; }
    void set_word(std::uint32_t offset, std::uint32_t value) { state.reg[offset / 4] = value; }
};

}  // namespace ixgbe
