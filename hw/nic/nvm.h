// SPDX-License-Identifier: GPL-2.0-or-later
// The shadow RAM: image, checksum and the word access registers.
#pragma once

#include <array>
#include <cstdint>

#include <ixgbe/state.h>

namespace ixgbe {

class RegisterFile;

// 16384 words in state.nvm; what lies beyond reads 0xFFFF. Answers at once. power_on() builds an
// image with a right checksum out of state.mac; later changes are the guest's, its checksum
// included.
class Nvm {
public:
    // port: LAN_ID, which selects the MAC address section.
    Nvm(ixgbe_state& state, RegisterFile& regs, unsigned port)
        : state_(state), regs_(regs), port_(port) {}

    void power_on();

    [[nodiscard]] std::uint16_t read(std::uint32_t word) const;
    // False: no such word.
    [[nodiscard]] bool write(std::uint32_t word, std::uint16_t value);

    // What word 0x3F must be for the present contents, by the X550's rules.
    [[nodiscard]] std::uint16_t checksum() const;

    // The address a reset loads into RAL0/RAH0: that of the image, or the permanent one if the
    // image holds none.
    [[nodiscard]] std::array<std::uint8_t, 6> mac() const;

    // Hooks, after the word is stored: a command bit makes the access and sets the done bit.
    void on_eerd_write();
    void on_eewr_write();

private:
    [[nodiscard]] std::uint16_t block_sum(std::uint32_t pointer_word) const;
    void put_mac_section();
    void put_pba_section();

    ixgbe_state& state_;
    RegisterFile& regs_;
    unsigned port_;
};

}  // namespace ixgbe
