// SPDX-License-Identifier: GPL-2.0-or-later
// One PCI function, as a boot firmware and an operating system handle it.
#pragma once

#include <optional>

#include "qtest_client.h"

namespace x550 {

// Configuration space and capabilities: PCI Local Bus 3.0, PCI Express Base 3.0.
namespace pci {

inline constexpr unsigned kCommand = 0x04;
inline constexpr unsigned kStatus = 0x06;
inline constexpr unsigned kBar0 = 0x10;
inline constexpr unsigned kCapabilities = 0x34;
inline constexpr unsigned kInterruptLine = 0x3C;
inline constexpr unsigned kInterruptPin = 0x3D;

inline constexpr unsigned kCommandMemory = 1u << 1;
inline constexpr unsigned kCommandMaster = 1u << 2;
inline constexpr unsigned kCommandIntxDisable = 1u << 10;
inline constexpr unsigned kStatusInterrupt = 1u << 3;

inline constexpr unsigned kIdPowerManagement = 0x01;
inline constexpr unsigned kIdMsi = 0x05;
inline constexpr unsigned kIdExpress = 0x10;
inline constexpr unsigned kIdMsix = 0x11;

// Where the X550 has them.
inline constexpr unsigned kPowerManagement = 0x40;
inline constexpr unsigned kMsi = 0x50;
inline constexpr unsigned kMsix = 0x70;
inline constexpr unsigned kExpress = 0xA0;

inline constexpr unsigned kDeviceControl = kExpress + 0x08;
inline constexpr unsigned kFunctionLevelReset = 1u << 15;

}  // namespace pci

struct Bar {
    std::uint64_t address = 0;
    std::uint64_t bytes = 0;
    bool is_64_bit = false;
    bool prefetchable = false;
};

class PciFunction {
public:
    PciFunction(Qemu& qemu, unsigned bus, unsigned device, unsigned function = 0)
        : qemu_(qemu), select_(0x8000'0000u | bus << 16 | device << 11 | function << 8) {}

    // Through the I/O ports 0xCF8 and 0xCFC.
    [[nodiscard]] std::uint32_t read(unsigned bits, unsigned offset);
    void write(unsigned bits, unsigned offset, std::uint32_t value);

    // Finds out a BAR's size and places it.
    Bar map_bar(unsigned number);
    [[nodiscard]] Bar probe_bar(unsigned number);
    void enable(bool dma = true);
    void set_command_bits(unsigned bits, bool on);

    [[nodiscard]] std::optional<unsigned> find_capability(unsigned id);
    void function_level_reset();
    void set_power_state(unsigned d);
    [[nodiscard]] bool intx_asserted();

    // MSI-X with every vector's message going to guest memory of its own.
    void enable_msix(const Bar& table_bar);
    void disable_msix();
    // Reads and forgets whether the message of the vector has come.
    [[nodiscard]] bool take_msix(unsigned vector);
    void mask_msix(unsigned vector, bool masked);
    [[nodiscard]] bool msix_pending(unsigned vector);
    void place_msix(unsigned vector, std::uint64_t address);

    void enable_msi();
    [[nodiscard]] bool take_msi();

private:
    void select(unsigned offset);

    Qemu& qemu_;
    std::uint32_t select_;
    std::uint64_t table_ = 0;
    std::uint64_t messages_ = 0;
    std::uint64_t msi_message_ = 0;
};

}  // namespace x550
