// SPDX-License-Identifier: GPL-2.0-or-later
#include "pci_function.h"

namespace x550 {

namespace {

constexpr std::uint16_t kAddressPort = 0xCF8;
constexpr std::uint16_t kDataPort = 0xCFC;
constexpr unsigned kVectors = 64;
constexpr unsigned kVectorBytes = 16;
constexpr unsigned kPbaOffset = 0x2000;
constexpr std::uint32_t kMsixData = 0x1234'0000;
constexpr std::uint32_t kMsiData = 0x5678;
constexpr unsigned kMsixEnable = 1u << 15;
constexpr unsigned kMsiEnable = 1u << 0;

}  // namespace

void PciFunction::select(unsigned offset) {
    qemu_.out(32, kAddressPort, select_ | (offset & 0xFC));
}

std::uint32_t PciFunction::read(unsigned bits, unsigned offset) {
    select(offset);
    return qemu_.in(bits, static_cast<std::uint16_t>(kDataPort + offset % 4));
}

void PciFunction::write(unsigned bits, unsigned offset, std::uint32_t value) {
    select(offset);
    qemu_.out(bits, static_cast<std::uint16_t>(kDataPort + offset % 4), value);
}

Bar PciFunction::probe_bar(unsigned number) {
    const unsigned offset = pci::kBar0 + 4 * number;
    const std::uint32_t low = read(32, offset);
    const std::uint32_t high = read(32, offset + 4);
    Bar bar;
    bar.is_64_bit = (low & 6) == 4;
    bar.prefetchable = (low & 8) != 0;
    write(32, offset, ~0u);
    const std::uint32_t mask = read(32, offset) & ~0xFu;
    write(32, offset, low);
    std::uint64_t size = mask;
    if (bar.is_64_bit) {
        write(32, offset + 4, ~0u);
        size |= std::uint64_t{read(32, offset + 4)} << 32;
        write(32, offset + 4, high);
    } else if (mask != 0) {
        size |= 0xFFFF'FFFF'0000'0000;
    }
    bar.bytes = ~size + 1;
    return bar;
}

Bar PciFunction::map_bar(unsigned number) {
    Bar bar = probe_bar(number);
    if (bar.bytes != 0) {
        const unsigned offset = pci::kBar0 + 4 * number;
        bar.address = qemu_.allocate_bar(bar.bytes);
        write(32, offset, static_cast<std::uint32_t>(bar.address));
        if (bar.is_64_bit) {
            write(32, offset + 4, static_cast<std::uint32_t>(bar.address >> 32));
        }
    }
    return bar;
}

void PciFunction::set_command_bits(unsigned bits, bool on) {
    const std::uint32_t command = read(16, pci::kCommand);
    write(16, pci::kCommand, on ? command | bits : command & ~bits);
}

void PciFunction::enable(bool dma) {
    set_command_bits(pci::kCommandMemory | (dma ? pci::kCommandMaster : 0), true);
}

std::optional<unsigned> PciFunction::find_capability(unsigned id) {
    unsigned offset = read(8, pci::kCapabilities) & 0xFC;
    for (unsigned steps = 0; offset != 0 && steps < 48; ++steps) {
        if (read(8, offset) == id) {
            return offset;
        }
        offset = read(8, offset + 1) & 0xFC;
    }
    return std::nullopt;
}

void PciFunction::function_level_reset() {
    const std::uint32_t control = read(16, pci::kDeviceControl);
    write(16, pci::kDeviceControl, control | pci::kFunctionLevelReset);
}

void PciFunction::set_power_state(unsigned d) {
    const std::uint32_t control = read(16, pci::kPowerManagement + 4);
    write(16, pci::kPowerManagement + 4, (control & ~3u) | d);
}

bool PciFunction::intx_asserted() {
    return (read(16, pci::kStatus) & pci::kStatusInterrupt) != 0;
}

void PciFunction::place_msix(unsigned vector, std::uint64_t address) {
    const std::uint64_t entry = table_ + std::uint64_t{vector} * kVectorBytes;
    qemu_.write(32, entry, static_cast<std::uint32_t>(address));
    qemu_.write(32, entry + 4, static_cast<std::uint32_t>(address >> 32));
}

void PciFunction::enable_msix(const Bar& table_bar) {
    table_ = table_bar.address;
    messages_ = messages_ != 0 ? messages_ : qemu_.allocate(kVectors * 4);
    for (unsigned vector = 0; vector < kVectors; ++vector) {
        const std::uint64_t entry = table_ + std::uint64_t{vector} * kVectorBytes;
        qemu_.write(32, messages_ + 4 * vector, 0);
        place_msix(vector, messages_ + 4 * vector);
        qemu_.write(32, entry + 8, kMsixData | vector);
        qemu_.write(32, entry + 12, 0);
    }
    write(16, pci::kMsix + 2, read(16, pci::kMsix + 2) | kMsixEnable);
}

void PciFunction::disable_msix() {
    write(16, pci::kMsix + 2, read(16, pci::kMsix + 2) & ~kMsixEnable);
}

bool PciFunction::take_msix(unsigned vector) {
    const std::uint64_t message = qemu_.read(32, messages_ + 4 * vector);
    if (message == 0) {
        return false;
    }
    qemu_.write(32, messages_ + 4 * vector, 0);
    return message == (kMsixData | vector);
}

void PciFunction::mask_msix(unsigned vector, bool masked) {
    qemu_.write(32, table_ + std::uint64_t{vector} * kVectorBytes + 12, masked ? 1 : 0);
}

bool PciFunction::msix_pending(unsigned vector) {
    const std::uint64_t word = qemu_.read(32, table_ + kPbaOffset + vector / 32 * 4);
    return (word >> vector % 32 & 1) != 0;
}

void PciFunction::enable_msi() {
    msi_message_ = msi_message_ != 0 ? msi_message_ : qemu_.allocate(4);
    qemu_.write(32, msi_message_, 0);
    write(32, pci::kMsi + 4, static_cast<std::uint32_t>(msi_message_));
    write(32, pci::kMsi + 8, static_cast<std::uint32_t>(msi_message_ >> 32));
    write(16, pci::kMsi + 12, kMsiData);
    write(16, pci::kMsi + 2, read(16, pci::kMsi + 2) | kMsiEnable);
}

bool PciFunction::take_msi() {
    const std::uint64_t message = qemu_.read(32, msi_message_);
    if (message == 0) {
        return false;
    }
    qemu_.write(32, msi_message_, 0);
    return message == kMsiData;
}

}  // namespace x550
