// SPDX-License-Identifier: GPL-2.0-or-later
// What the tests of the bug classes share. A class is a kind of mistake that brought down other NIC
// models: re-entrancy (A), unbounded loops (B), sizes (D), aborts (E), lifetimes (F); the number is
// that of the item in the list of their history. Every test ends with a device that works after a
// reset; a QEMU that does not answer in time, or ends, fails it.
#pragma once

#include <gtest/gtest.h>

#include "nic.h"

namespace x550 {

struct Hostile : testing::Test, Machine {
    void set_tx_ring(unsigned queue, std::uint64_t base, std::uint32_t bytes) {
        nic.write(TXDCTL::at(queue), 0);
        nic.write(TDBAL::at(queue), low(base));
        nic.write(TDBAH::at(queue), high(base));
        nic.write(TDLEN::at(queue), bytes);
        nic.write(TXDCTL::at(queue), TXDCTL::enable);
    }
    void set_rx_ring(unsigned queue, std::uint64_t base, std::uint32_t bytes,
                     std::uint32_t srrctl = 2 | 1u << SRRCTL::desctype_shift) {
        nic.write(RXDCTL::at(queue), 0);
        nic.write(RDBAL::at(queue), low(base));
        nic.write(RDBAH::at(queue), high(base));
        nic.write(RDLEN::at(queue), bytes);
        nic.write(SRRCTL::at(queue), srrctl);
        nic.write(RXDCTL::at(queue), RXDCTL::enable);
    }
    void set_loopback() { nic.write(HLREG0::at(), nic.read(HLREG0::at()) | HLREG0::lpbk); }
    // Time for bottom halves and timers.
    void run() {
        for (unsigned i = 0; i < 20; ++i) {
            qemu.turn();
        }
        qemu.clock_step(5 * kMillisecond);
        qemu.turn();
    }
    void expect_alive() {
        run();
        EXPECT_TRUE(nic.still_works(wire));
    }
    [[nodiscard]] std::uint64_t own_register(std::uint32_t offset) const {
        return nic.registers.address + offset;
    }
    // Places of the device's own that DMA can be aimed at.
    [[nodiscard]] std::vector<std::uint64_t> own_places() const {
        return {own_register(0),
                own_register(CTRL::at()),
                own_register(TDT::at(0)) & ~std::uint64_t{127},
                own_register(RDT::at(0)) & ~std::uint64_t{127},
                own_register(EICS::at()) & ~std::uint64_t{127},
                own_register(kBarBytes - 128),
                nic.msix.address,
                nic.msix.address + 0x2000};
    }
};

// A frame of the device's to the wire.
[[nodiscard]] inline Frame outgoing(std::size_t bytes, unsigned number) {
    return make_frame(bytes, number, kPeerMac, kDeviceMac);
}

// An IPv6 packet with these bytes behind its header.
[[nodiscard]] inline Frame ipv6_frame(const Bytes& after_header, std::uint8_t first_next_header) {
    Frame frame = make_frame(14, 0);
    frame[12] = 0x86;
    frame[13] = 0xDD;
    const std::size_t length = after_header.size();
    frame.insert(frame.end(), {0x60, 0, 0, 0, static_cast<std::uint8_t>(length >> 8),
                               static_cast<std::uint8_t>(length), first_next_header, 64});
    for (unsigned address = 0; address < 2; ++address) {
        frame.insert(frame.end(), {0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                                   static_cast<std::uint8_t>(address + 1)});
    }
    frame.insert(frame.end(), after_header.begin(), after_header.end());
    return frame;
}

}  // namespace x550
