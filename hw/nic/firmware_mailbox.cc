// SPDX-License-Identifier: GPL-2.0-or-later
#include "nic/firmware_mailbox.h"

#include "nic/nvm.h"
#include "nic/register_file.h"
#include "nic/trace.h"
#include "regs/nvm.h"

namespace ixgbe {

namespace {

enum Command : std::uint8_t {
    kReadShadowRam = 0x31,
    kWriteShadowRam = 0x33,
    kShadowRamToFlash = 0x36,
    kDriverInfo = 0xDD,
    kDisableReceive = 0xDE,
};

// Byte positions in FLEX_MNG.
constexpr std::uint32_t kCommandByte = 0;
constexpr std::uint32_t kLengthByte = 1;
constexpr std::uint32_t kStatusByte = 2;
constexpr std::uint32_t kChecksumByte = 3;
constexpr std::uint32_t kPortByte = 4;
constexpr std::uint32_t kAddressByte = 4;
constexpr std::uint32_t kCountByte = 8;
constexpr std::uint32_t kDataByte = 12;

constexpr std::uint8_t kSuccess = 1;
constexpr std::uint8_t kFailure = 2;
constexpr std::uint8_t kNoChecksum = 0xFF;
constexpr std::uint32_t kMaxTransferBytes = 1024;
static_assert(kDataByte + kMaxTransferBytes <= 4 * count_of<FLEX_MNG>());

}  // namespace

std::uint8_t FirmwareMailbox::byte(std::uint32_t index) const {
    return static_cast<std::uint8_t>(regs_.get<FLEX_MNG>(index / 4).raw() >> (index % 4 * 8));
}

void FirmwareMailbox::set_byte(std::uint32_t index, std::uint8_t value) {
    const std::uint32_t shift = index % 4 * 8;
    const std::uint32_t others = regs_.get<FLEX_MNG>(index / 4).raw() & ~(0xFFU << shift);
    regs_.set<FLEX_MNG>(index / 4, Value<FLEX_MNG>(others | std::uint32_t{value} << shift));
}

std::uint32_t FirmwareMailbox::be16_at(std::uint32_t index) const {
    return std::uint32_t{byte(index)} << 8 | byte(index + 1);
}

std::uint32_t FirmwareMailbox::be32_at(std::uint32_t index) const {
    return be16_at(index) << 16 | be16_at(index + 2);
}

void FirmwareMailbox::reply(std::uint8_t length, std::uint8_t status) {
    set_byte(kLengthByte, length);
    set_byte(kStatusByte, status);
    set_byte(kChecksumByte, kNoChecksum);
}

// A length of 0 in the reply: a driver that reads replies must never see more bytes than it asked
// with.
void FirmwareMailbox::read_shadow_ram() {
    const std::uint32_t first = be32_at(kAddressByte) / 2;
    const std::uint32_t count = be16_at(kCountByte);
    if (count > kMaxTransferBytes) {
        reply(0, kFailure);
        return;
    }
    for (std::uint32_t i = 0; i < (count + 1) / 2; ++i) {
        const std::uint16_t word = nvm_.read(first + i);
        set_byte(kDataByte + 2 * i, static_cast<std::uint8_t>(word & 0xFF));
        set_byte(kDataByte + 2 * i + 1, static_cast<std::uint8_t>(word >> 8));
    }
    reply(0, kSuccess);
}

void FirmwareMailbox::write_shadow_ram() {
    const std::uint32_t first = be32_at(kAddressByte) / 2;
    const std::uint32_t count = be16_at(kCountByte);
    bool written = count <= kMaxTransferBytes;
    for (std::uint32_t i = 0; written && i < (count + 1) / 2; ++i) {
        const std::uint32_t at = kDataByte + 2 * i;
        written = nvm_.write(first + i, static_cast<std::uint16_t>(byte(at) | byte(at + 1) << 8));
    }
    reply(0, written ? kSuccess : kFailure);
}

FirmwareMailbox::Effect FirmwareMailbox::disable_receive() {
    const bool own_port = byte(kPortByte) == port_;
    reply(byte(kLengthByte), own_port ? kSuccess : kFailure);
    return own_port ? Effect::disable_receive : Effect::none;
}

FirmwareMailbox::Effect FirmwareMailbox::execute() {
    switch (byte(kCommandByte)) {
        case kReadShadowRam:
            read_shadow_ram();
            return Effect::none;
        case kWriteShadowRam:
            write_shadow_ram();
            return Effect::none;
        case kShadowRamToFlash:
            // Deviation: shadow RAM and flash are one array, which lives until power-off.
            reply(0, kSuccess);
            return Effect::none;
        case kDriverInfo:
            reply(byte(kLengthByte), kSuccess);
            return Effect::none;
        case kDisableReceive:
            return disable_receive();
        default:
            set_byte(kStatusByte, kFailure);
            return Effect::none;
    }
}

FirmwareMailbox::Effect FirmwareMailbox::on_hicr_write() {
    const Value<HICR> written = regs_.get<HICR>();
    const bool command = written.get(HICR::c);
    const std::uint8_t code = byte(kCommandByte);
    const Effect effect = command ? execute() : Effect::none;
    regs_.set<HICR>(
        Value<HICR>().with(HICR::en, true).with(HICR::sv, command || written.get(HICR::sv)));
    if (command) {
        trace_(TraceEvent::firmware_command, code, byte(kLengthByte), byte(kStatusByte));
    }
    return effect;
}

}  // namespace ixgbe
