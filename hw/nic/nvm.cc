// SPDX-License-Identifier: GPL-2.0-or-later
#include "nic/nvm.h"

#include <algorithm>
#include <string_view>

#include "nic/register_file.h"
#include "regs/nvm.h"

namespace ixgbe {

namespace {

// Word offsets of the map: X550 DS 6.1.
constexpr std::uint32_t kFirstPointer = 0x02;
constexpr std::uint32_t kPhyPointer = 0x04;
constexpr std::uint32_t kOptionRomPointer = 0x05;
constexpr std::uint32_t kPcieGeneralPointer = 0x06;
constexpr std::uint32_t kPcieConfig0Pointer = 0x07;
constexpr std::uint32_t kPcieConfig1Pointer = 0x08;
constexpr std::uint32_t kLanCorePointer = 0x09;  // one a port
constexpr std::uint32_t kLastPointer = 0x0E;
constexpr std::uint32_t kPbaFlag = 0x15;
constexpr std::uint32_t kPbaPointer = 0x16;
constexpr std::uint32_t kDeviceCaps = 0x2C;
constexpr std::uint32_t kEtrackLow = 0x2D;
constexpr std::uint32_t kEtrackHigh = 0x2E;
constexpr std::uint32_t kInitControl3 = 0x38;
constexpr std::uint32_t kChecksum = 0x3F;
constexpr std::uint32_t kLastSummed = 0x41;

constexpr std::uint32_t kPcieGeneralWords = 0x24;
constexpr std::uint32_t kPcieConfigWords = 8;

constexpr std::uint16_t kErased = 0xFFFF;
constexpr std::uint16_t kSumTarget = 0xBABA;
constexpr std::uint16_t kPbaIsString = 0xFAFA;
constexpr std::uint16_t kFcoeOff = 0x0002;

// Where the image puts its sections.
constexpr std::uint16_t kMacSection = 0x0100;
constexpr std::uint16_t kMacSectionWords = 3;
constexpr std::uint16_t kPbaSection = 0x0110;
constexpr std::string_view kPbaString = "X550T-0000";

constexpr bool names_a_block(std::uint16_t pointer) {
    return pointer != 0 && pointer != kErased && pointer < IXGBE_NVM_WORDS;
}

constexpr bool unicast(const std::array<std::uint8_t, 6>& mac) {
    return (mac[0] & 1) == 0 && std::any_of(mac.begin(), mac.end(), [](auto b) { return b != 0; });
}

}  // namespace

std::uint16_t Nvm::read(std::uint32_t word) const {
    return word < IXGBE_NVM_WORDS ? state_.nvm[word] : kErased;
}

bool Nvm::write(std::uint32_t word, std::uint16_t value) {
    if (word >= IXGBE_NVM_WORDS) {
        return false;
    }
    state_.nvm[word] = value;
    return true;
}

void Nvm::put_mac_section() {
    const std::uint8_t* mac = state_.mac;
    state_.nvm[kLanCorePointer + (port_ & 1)] = kMacSection;
    state_.nvm[kMacSection] = kMacSectionWords;
    for (std::size_t i = 0; i < kMacSectionWords; ++i) {
        state_.nvm[kMacSection + 1 + i] =
            static_cast<std::uint16_t>(mac[2 * i] | mac[2 * i + 1] << 8);
    }
}

// The section's first word counts itself; characters lie high byte first.
void Nvm::put_pba_section() {
    state_.nvm[kPbaFlag] = kPbaIsString;
    state_.nvm[kPbaPointer] = kPbaSection;
    state_.nvm[kPbaSection] = kPbaString.size() / 2 + 1;
    for (std::size_t i = 0; i < kPbaString.size(); i += 2) {
        state_.nvm[kPbaSection + 1 + i / 2] =
            static_cast<std::uint16_t>(kPbaString[i] << 8 | kPbaString[i + 1]);
    }
}

void Nvm::power_on() {
    std::fill_n(state_.nvm, IXGBE_NVM_WORDS, kErased);
    put_mac_section();
    put_pba_section();
    state_.nvm[kDeviceCaps] = kFcoeOff;
    state_.nvm[kEtrackLow] = 0x0001;
    state_.nvm[kEtrackHigh] = 0x8000;
    state_.nvm[kInitControl3] = 0;
    state_.nvm[kChecksum] = checksum();
}

std::array<std::uint8_t, 6> Nvm::mac() const {
    std::array<std::uint8_t, 6> permanent{};
    std::copy_n(state_.mac, permanent.size(), permanent.begin());
    const std::uint16_t section = read(kLanCorePointer + (port_ & 1));
    if (!names_a_block(section)) {
        return permanent;
    }
    std::array<std::uint8_t, 6> stored{};
    for (std::uint32_t i = 0; i < kMacSectionWords; ++i) {
        const std::uint16_t word = read(section + 1U + i);
        const std::size_t at = std::size_t{2} * i;
        stored[at] = static_cast<std::uint8_t>(word & 0xFF);
        stored[at + 1] = static_cast<std::uint8_t>(word >> 8);
    }
    return unicast(stored) ? stored : permanent;
}

std::uint16_t Nvm::block_sum(std::uint32_t pointer_word) const {
    const std::uint32_t pointer = read(pointer_word);
    if (!names_a_block(static_cast<std::uint16_t>(pointer))) {
        return 0;
    }
    std::uint32_t first = pointer;
    std::uint32_t length = 0;
    if (pointer_word == kPcieGeneralPointer) {
        length = kPcieGeneralWords;
    } else if (pointer_word == kPcieConfig0Pointer || pointer_word == kPcieConfig1Pointer) {
        length = kPcieConfigWords;
    } else {
        length = read(pointer);
        first = pointer + 1;
        if (length == kErased || pointer + length >= IXGBE_NVM_WORDS) {
            return 0;
        }
    }
    std::uint32_t sum = 0;
    for (std::uint32_t i = 0; i < length; ++i) {
        sum += read(first + i);
    }
    return static_cast<std::uint16_t>(sum);
}

std::uint16_t Nvm::checksum() const {
    std::uint32_t sum = 0;
    for (std::uint32_t word = 0; word <= kLastSummed; ++word) {
        sum += word == kChecksum ? 0U : state_.nvm[word];
    }
    for (std::uint32_t word = kFirstPointer; word <= kLastPointer; ++word) {
        if (word != kPhyPointer && word != kOptionRomPointer) {
            sum += block_sum(word);
        }
    }
    return static_cast<std::uint16_t>(kSumTarget - sum);
}

void Nvm::on_eerd_write() {
    const Value<EERD> request = regs_.get<EERD>();
    if (!request.get(EERD::start)) {
        return;
    }
    regs_.set<EERD>(request.with(EERD::start, false)
                        .with(EERD::done, true)
                        .with(EERD::data, read(request.get(EERD::addr))));
}

// The address field has 14 bits: every address it can name is a word.
void Nvm::on_eewr_write() {
    const Value<EEWR> request = regs_.get<EEWR>();
    if (!request.get(EEWR::start)) {
        return;
    }
    state_.nvm[request.get(EEWR::addr) % IXGBE_NVM_WORDS] =
        static_cast<std::uint16_t>(request.get(EEWR::data));
    regs_.set<EEWR>(request.with(EEWR::start, false).with(EEWR::done, true));
}

}  // namespace ixgbe
