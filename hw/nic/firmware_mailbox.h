// SPDX-License-Identifier: GPL-2.0-or-later
// The host interface: commands of the driver to the firmware.
#pragma once

#include <cstdint>

namespace ixgbe {

class Nvm;
class RegisterFile;
class Tracer;

// Executes the command in FLEX_MNG when HICR.C is written and leaves the reply there, all within
// the write. HICR.EN always reads 1. Everything in FLEX_MNG is the guest's: lengths are bounded by
// the buffer.
class FirmwareMailbox {
public:
    // What the Device has to do after the hook.
    enum class Effect : std::uint8_t {
        none,
        disable_receive,  // clear RXCTRL.RXEN and stop the receive unit as if the guest had written
                          // it
    };

    FirmwareMailbox(RegisterFile& regs, Nvm& nvm, unsigned port, Tracer& trace)
        : regs_(regs), nvm_(nvm), port_(port), trace_(trace) {}

    // Hook, after the word is stored.
    [[nodiscard]] Effect on_hicr_write();

private:
    [[nodiscard]] Effect execute();
    void read_shadow_ram();
    void write_shadow_ram();
    [[nodiscard]] Effect disable_receive();

    [[nodiscard]] std::uint8_t byte(std::uint32_t index) const;
    void set_byte(std::uint32_t index, std::uint8_t value);
    [[nodiscard]] std::uint32_t be16_at(std::uint32_t index) const;
    [[nodiscard]] std::uint32_t be32_at(std::uint32_t index) const;
    void reply(std::uint8_t length, std::uint8_t status);

    RegisterFile& regs_;
    Nvm& nvm_;
    unsigned port_;
    Tracer& trace_;
};

}  // namespace ixgbe
