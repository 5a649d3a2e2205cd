// SPDX-License-Identifier: GPL-2.0-or-later
// A device with pools, programmed as a driver without virtual functions does it.
#pragma once

#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <vector>

#include "rig.h"

namespace x550 {

// An address of the tests' own for each pool.
[[nodiscard]] constexpr Mac mac_of_pool(unsigned pool) {
    return {0x02, 0x00, 0x00, 0x00, 0x50, static_cast<std::uint8_t>(pool)};
}

inline constexpr Mac kStranger = {0x02, 0x00, 0x00, 0x00, 0x99, 0x01};

using Queues = std::vector<unsigned>;

struct VmdqRig : Rig {
    // Replication on, every pool may receive and send; addresses and rules are the test's.
    explicit VmdqRig(std::uint32_t mrqc = MRQC::vt_64_rss,
                     std::uint32_t mtqc = MTQC::vt_ena | MTQC::pools_64)
        : VmdqRig(default_config(), mrqc, mtqc) {}
    explicit VmdqRig(const ixgbe_config& config, std::uint32_t mrqc = MRQC::vt_64_rss,
                     std::uint32_t mtqc = MTQC::vt_ena | MTQC::pools_64)
        : Rig(config) {
        driver.write<VT_CTL>(VT_CTL::vt_ena | VT_CTL::rpl_en | VT_CTL::dis_def_pool);
        driver.write<MRQC>(mrqc);
        driver.write<MTQC>(mtqc);
        for (unsigned half = 0; half < 2; ++half) {
            driver.write<PFVFRE>(half, ~0u);
            driver.write<PFVFTE>(half, ~0u);
            driver.write<MPSAR>(half, 0);  // of the address in entry 0, which is the port's
        }
    }

    // The next address filter, for these pools.
    void address(const Mac& mac, std::initializer_list<unsigned> pools) {
        const unsigned entry = next_entry_++;
        driver.write<MPSAR>(2 * entry, 0);
        driver.write<MPSAR>(2 * entry + 1, 0);
        for (const unsigned pool : pools) {
            set_pool<MPSAR>(pool, 2 * entry);
        }
        driver.set_mac_filter(entry, mac);
    }
    void address_of(unsigned pool) { address(mac_of_pool(pool), {pool}); }
    void addresses_of(std::initializer_list<unsigned> pools) {
        for (const unsigned pool : pools) {
            address_of(pool);
        }
    }
    // A bit in a list of two registers.
    template <typename R>
    void set_pool(unsigned pool, unsigned first = 0) const {
        driver.set<R>(bit(pool % 32), first + pool / 32);
    }
    template <typename R>
    void clear_pool(unsigned pool, unsigned first = 0) const {
        driver.clear<R>(bit(pool % 32), first + pool / 32);
    }
    // VLAN filter `n` of the pools, and of the port.
    void vlan(unsigned n, unsigned vid, std::initializer_list<unsigned> pools) const {
        driver.set<VLNCTRL>(VLNCTRL::vfe);
        driver.set_vlan_filter(vid);
        driver.write<VLVF>(n, VLVF::enable | vid);
        for (const unsigned pool : pools) {
            set_pool<VLVFB>(pool, 2 * n);
        }
    }

    RxRing& ring(unsigned queue, const RxOptions& options = {.size = 16}) {
        auto& ring = rings_[queue];
        if (!ring) {
            ring = std::make_unique<RxRing>(driver, queue, options);
        }
        return *ring;
    }
    void rings(std::initializer_list<unsigned> queues) {
        for (const unsigned queue : queues) {
            (void)ring(queue);
        }
    }

    // The queues that have a packet now, in order; taken are what they got.
    Queues take() {
        Queues out;
        taken.clear();
        for (auto& [queue, ring] : rings_) {
            for (RxPacket& packet : ring->take_all()) {
                out.push_back(queue);
                taken.push_back(std::move(packet));
            }
            ring->fill_all();
        }
        return out;
    }
    Queues receivers(const Frame& frame) {
        (void)machine.receive_alone(frame);
        return take();
    }
    Queues receivers(const FrameBuilder& builder) { return receivers(builder.build()); }

    std::vector<RxPacket> taken;

private:
    unsigned next_entry_ = 1;
    std::map<unsigned, std::unique_ptr<RxRing>> rings_;
};

}  // namespace x550
