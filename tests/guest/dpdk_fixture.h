// SPDX-License-Identifier: GPL-2.0-or-later
// A guest for DPDK's own ixgbe driver, as the distribution ships it, under testpmd.
#pragma once

#include <gtest/gtest.h>
#include <string>
#include <tins/tins.h>
#include <vector>

#include "crafted.h"
#include "guest_fixture.h"
#include "testpmd.h"

namespace host {

using wire::Frame;

[[nodiscard]] inline std::string text_of(std::size_t bytes) {
    std::string out;
    for (std::size_t i = 0; i < bytes; ++i) {
        out.push_back(static_cast<char>('a' + i % 23));
    }
    return out;
}

[[nodiscard]] inline bool contains(const Frame& frame, const std::string& text) {
    const auto* const first = reinterpret_cast<const char*>(frame.bytes.data());
    return std::string_view(first, frame.bytes.size()).find(text) != std::string_view::npos;
}

class Dpdk : public X550PairingTest {
protected:
    void SetUp() override {
        X550PairingTest::SetUp();
        if (!IsSkipped() && GetParam().kernel.dpdk_initrd.empty()) {
            GTEST_SKIP() << "X550_DPDK_INITRDS names no image with testpmd";
        }
    }

    [[nodiscard]] static MachineConfig dpdk_config() {
        MachineConfig config = config_of(GetParam());
        config.kernel.initrd = config.kernel.dpdk_initrd;
        config.cpu = "max";  // DPDK wants SSE 4.2
        config.memory_mb = 768;
        config.modules = "uio_pci_generic";  // and no driver for the NIC
        return config;
    }

    Machine& boot_bare(const MachineConfig& config) {
        network_ = &add_network(Backend::stream);
        Machine& machine = boot(config, *network_);
        return machine;
    }

    [[nodiscard]] wire::Wire& wire() const { return *network_->wire(); }

    void inject(Tins::PDU& packet) const { wire().inject(bytes_of(packet)); }

    [[nodiscard]] static Tins::EthernetII ethernet() {
        return {Tins::HWAddress<6>(mac(0)), Tins::HWAddress<6>(kWireMac)};
    }

    // Frames of the guest that satisfy, once there are `count` of them.
    [[nodiscard]] std::vector<Frame> returned(std::size_t mark, std::size_t count,
                                              const wire::Capture::Predicate& wanted) const {
        const auto from_guest = [&](const Frame& frame) {
            return frame.direction == wire::Direction::from_guest && wanted(frame);
        };
        std::size_t seen = 0;
        (void)wire().wait_for(
            [&](const Frame& frame) { return from_guest(frame) && ++seen == count; },
            Milliseconds(30000), mark);
        return wire().frames_since(mark, from_guest);
    }

    Network* network_ = nullptr;
};

}  // namespace host
