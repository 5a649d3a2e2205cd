// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest_driver.h"

#include <algorithm>

namespace x550 {

namespace {

constexpr std::uint32_t low(std::uint64_t address) {
    return static_cast<std::uint32_t>(address);
}
constexpr std::uint32_t high(std::uint64_t address) {
    return static_cast<std::uint32_t>(address >> 32);
}

void replace_byte(const GuestDriver& driver, std::uint32_t offset, unsigned byte,
                  std::uint32_t value) {
    const std::uint32_t old = driver.machine().read(offset);
    driver.machine().write(offset, (old & ~(0xFFu << (8 * byte))) | value << (8 * byte));
}

}  // namespace

void GuestDriver::bring_up() const {
    reset();
    machine_.run_for(kSecond);
    (void)read<EICR>();
    set<DMATXCTL>(DMATXCTL::te);
    set<FCTRL>(FCTRL::bam);
    set<RXCTRL>(RXCTRL::rxen);
}

void GuestDriver::use_msix() const {
    write<GPIE>(GPIE::msix_mode | GPIE::pba | GPIE::ocd | GPIE::eiame);
    write<EIAC>(EICR::queues);
    write<EIAM>(EICR::queues);
    write<EIAM_EX>(0, ~0u);
    write<EIAM_EX>(1, ~0u);
}

void GuestDriver::use_legacy_interrupts() const {
    write<GPIE>(0);
    write<EIAC>(0);
    write<EIAM>(EICR::queues);
}

void GuestDriver::map_rx_interrupt(unsigned queue, unsigned vector) const {
    replace_byte(*this, IVAR::at(queue / 2), queue % 2 * 2, vector | IVAR::valid);
}

void GuestDriver::map_tx_interrupt(unsigned queue, unsigned vector) const {
    replace_byte(*this, IVAR::at(queue / 2), queue % 2 * 2 + 1, vector | IVAR::valid);
}

void GuestDriver::map_other_interrupt(unsigned vector) const {
    replace_byte(*this, IVAR_MISC::at(), 1, vector | IVAR::valid);
}

void GuestDriver::map_tcp_timer_interrupt(unsigned vector) const {
    replace_byte(*this, IVAR_MISC::at(), 0, vector | IVAR::valid);
}

void GuestDriver::unmask_vectors() const {
    write<EIMS_EX>(0, ~0u);
    write<EIMS_EX>(1, ~0u);
}

void GuestDriver::unmask_vector(unsigned vector) const {
    write<EIMS_EX>(vector / 32, bit(vector % 32));
}

void GuestDriver::mdio_cycle(unsigned port, unsigned device, std::uint32_t rest) const {
    write<MSCA>(rest | MSCA::command | device << MSCA::device_shift | port << MSCA::port_shift);
    for (int i = 0; i < 100 && (read<MSCA>() & MSCA::command) != 0; ++i) {
        machine_.run_for(10 * kMicrosecond);
    }
}

std::uint16_t GuestDriver::mdio_read(unsigned port, unsigned device, std::uint16_t reg) const {
    mdio_cycle(port, device, MSCA::op_address | reg);
    mdio_cycle(port, device, MSCA::op_read | reg);
    return static_cast<std::uint16_t>(read<MSRWD>() >> 16);
}

void GuestDriver::mdio_write(unsigned port, unsigned device, std::uint16_t reg,
                             std::uint16_t value) const {
    write<MSRWD>(value);
    mdio_cycle(port, device, MSCA::op_address | reg);
    mdio_cycle(port, device, MSCA::op_write | reg);
}

std::optional<Frame> GuestDriver::firmware(const Frame& request, std::size_t reply_bytes) const {
    set<FWSTS>(FWSTS::fwri);
    const std::uint32_t control = read<HICR>();
    if ((control & HICR::en) == 0) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i < request.size(); i += 4) {
        std::uint32_t word = 0;
        for (std::size_t k = 0; k < 4 && i + k < request.size(); ++k) {
            word |= std::uint32_t{request[i + k]} << (8 * k);
        }
        write<FLEX_MNG>(static_cast<std::uint32_t>(i / 4), word);
    }
    write<HICR>(control | HICR::c);
    for (int i = 0; i < 500 && (read<HICR>() & HICR::c) != 0; ++i) {
        machine_.run_for(kMillisecond);
    }
    if ((read<HICR>() & (HICR::c | HICR::sv)) != HICR::sv) {
        return std::nullopt;
    }
    Frame reply(reply_bytes);
    for (std::size_t i = 0; i < reply_bytes; ++i) {
        reply[i] = static_cast<std::uint8_t>(read<FLEX_MNG>(static_cast<std::uint32_t>(i / 4)) >>
                                             (8 * (i % 4)));
    }
    return reply;
}

std::vector<std::uint16_t> GuestDriver::nvm_read(unsigned word, unsigned count) const {
    const std::uint32_t address = word * 2;
    const std::uint32_t bytes = count * 2;
    Frame request = {FirmwareCommand::read_shadow_ram, 0, 6, 0xFF};
    for (unsigned i = 0; i < 4; ++i) {
        request.push_back(static_cast<std::uint8_t>(address >> (24 - 8 * i)));
    }
    request.push_back(static_cast<std::uint8_t>(bytes >> 8));
    request.push_back(static_cast<std::uint8_t>(bytes));
    request.resize(16);
    const std::optional<Frame> reply = firmware(request, 12 + bytes);
    std::vector<std::uint16_t> words;
    for (std::size_t i = 12; reply && i + 1 < reply->size(); i += 2) {
        words.push_back(static_cast<std::uint16_t>((*reply)[i] | (*reply)[i + 1] << 8));
    }
    return words;
}

void GuestDriver::nvm_write(unsigned word, std::uint16_t value) const {
    const std::uint32_t address = word * 2;
    Frame request = {FirmwareCommand::write_shadow_ram, 0, 0x0A, 0xFF};
    for (unsigned i = 0; i < 4; ++i) {
        request.push_back(static_cast<std::uint8_t>(address >> (24 - 8 * i)));
    }
    request.insert(request.end(), {0, 2, 0, 0, static_cast<std::uint8_t>(value),
                                   static_cast<std::uint8_t>(value >> 8), 0, 0});
    (void)firmware(request, 4);
}

void GuestDriver::enable_loopback() const {
    set<HLREG0>(HLREG0::lpbk);
    set<FCTRL>(FCTRL::bam | FCTRL::sbp | FCTRL::mpe);
    set<MACC>(MACC::flu);
    machine_.run_for(20 * kMillisecond);
}

void GuestDriver::set_mac_filter(unsigned index, const Mac& mac, bool valid) const {
    const std::uint32_t first = mac[0] | std::uint32_t{mac[1]} << 8 | std::uint32_t{mac[2]} << 16 |
                                std::uint32_t{mac[3]} << 24;
    const std::uint32_t second = mac[4] | std::uint32_t{mac[5]} << 8;
    write<RAL>(index, first);
    write<RAH>(index, second | (valid ? RAH::av : 0));
}

void GuestDriver::set_vlan_filter(unsigned vid) const {
    set<VFTA>(bit(vid % 32), vid / 32);
}

void GuestDriver::set_rss_key(std::span<const std::uint8_t> key) const {
    for (std::uint32_t i = 0; i < RSSRK::count; ++i) {
        const auto four = key.subspan(std::size_t{4} * i, 4);
        write<RSSRK>(i, four[0] | std::uint32_t{four[1]} << 8 | std::uint32_t{four[2]} << 16 |
                            std::uint32_t{four[3]} << 24);
    }
}

void GuestDriver::set_reta(unsigned entry, unsigned queue) const {
    const std::uint32_t offset = entry < 128 ? RETA::at(entry / 4) : ERETA::at((entry - 128) / 4);
    replace_byte(*this, offset, entry % 4, queue);
}

TxRing::TxRing(const GuestDriver& driver, unsigned queue, const TxOptions& options)
    : driver_(driver), queue_(queue), options_(options) {
    GuestMemory& memory = driver_.machine().memory;
    base_ = memory.allocate(std::size_t{options_.size} * kDescriptorBytes, 128);
    if (options_.head_write_back) {
        write_back_ = memory.allocate(4, 4);
    }
    program();
}

void TxRing::program() {
    tail_ = 0;
    driver_.write<TXDCTL>(queue_, 0);
    driver_.write<TDBAL>(queue_, low(base_));
    driver_.write<TDBAH>(queue_, high(base_));
    driver_.write<TDLEN>(queue_, options_.size * kDescriptorBytes);
    driver_.write<TDH>(queue_, 0);
    driver_.write<TDT>(queue_, 0);
    driver_.write<TDWBAH>(queue_, high(write_back_));
    driver_.write<TDWBAL>(queue_,
                          low(write_back_) | (options_.head_write_back ? TDWBAL::head_wb_en : 0));
    if (options_.enable) {
        driver_.write<TXDCTL>(
            queue_, TXDCTL::enable | options_.wthresh << TXDCTL::wthresh_shift | 32 | 1u << 8);
    }
}

std::uint32_t TxRing::put(const Descriptor& descriptor) {
    const std::uint32_t index = tail_;
    driver_.machine().memory.put(base_ + std::uint64_t{index} * kDescriptorBytes, descriptor);
    tail_ = (tail_ + 1) % options_.size;
    return index;
}

std::uint32_t TxRing::put_context(const Context& context) {
    return put({context.iplen | context.maclen << TxContext::maclen_shift |
                    std::uint32_t{context.vlan} << TxContext::vlan_shift,
                context.outer_iplen << TxContext::outer_iplen_shift |
                    context.tunnellen << TxContext::tunnellen_shift,
                context.type | TxContext::dtyp | TxContext::dext,
                context.slot << TxContext::idx_shift | context.l4len << TxContext::l4len_shift |
                    context.mss << TxContext::mss_shift});
}

void TxRing::kick() const {
    driver_.write<TDT>(queue_, tail_);
}

std::uint32_t TxRing::put_packet(const Frame& bytes, const Flags& flags,
                                 const std::vector<std::size_t>& pieces) {
    GuestMemory& memory = driver_.machine().memory;
    const std::uint32_t paylen = flags.paylen.value_or(static_cast<std::uint32_t>(bytes.size()));
    const std::uint32_t end = TxData::eop | TxData::rs;
    std::size_t at = 0;
    std::uint32_t word3 = flags.options | paylen << TxData::paylen_shift;
    std::uint32_t index = tail_;
    for (std::size_t i = 0; i <= pieces.size(); ++i) {
        const bool last = i == pieces.size();
        const std::size_t length = last ? bytes.size() - at : pieces[i];
        const std::uint64_t buffer = memory.store(std::span(bytes).subspan(at, length));
        const std::uint32_t command = last ? flags.command : flags.command & ~end;
        index = put({low(buffer), high(buffer),
                     static_cast<std::uint32_t>(length) | TxData::dtyp | TxData::dext | command,
                     word3});
        word3 = 0;  // Linux leaves it empty after the first descriptor
        at += length;
    }
    return index;
}

std::uint32_t TxRing::put_legacy(const Frame& bytes, std::uint32_t command, std::uint32_t cso,
                                 std::uint32_t word3) {
    const std::uint64_t buffer = driver_.machine().memory.store(bytes);
    return put({low(buffer), high(buffer),
                static_cast<std::uint32_t>(bytes.size()) | cso << TxLegacy::cso_shift | command,
                word3});
}

std::uint32_t TxRing::send(const Frame& bytes) {
    return send(bytes, Flags{});
}

std::uint32_t TxRing::send(const Frame& bytes, const Flags& flags,
                           const std::vector<std::size_t>& pieces) {
    const std::uint32_t index = put_packet(bytes, flags, pieces);
    kick();
    driver_.machine().run();
    return index;
}

bool TxRing::done(std::uint32_t index) const {
    return (at(index)[3] & TxData::dd) != 0;
}

Descriptor TxRing::at(std::uint32_t index) const {
    return driver_.machine().memory.load<Descriptor>(base_ +
                                                     std::uint64_t{index} * kDescriptorBytes);
}

RxRing::RxRing(const GuestDriver& driver, unsigned queue, const RxOptions& options)
    : driver_(driver), queue_(queue), options_(options) {
    GuestMemory& memory = driver_.machine().memory;
    base_ = memory.allocate(std::size_t{options_.size} * kDescriptorBytes, 128);
    for (std::uint32_t i = 0; i < options_.size; ++i) {
        buffers_.push_back(memory.allocate(std::size_t{options_.buffer_kb} * 1024, 2));
        headers_.push_back(memory.allocate(options_.header_bytes, 2));
    }
    program();
}

void RxRing::program() {
    next_ = 0;
    tail_ = 0;
    posted_ = 0;
    driver_.write<RXDCTL>(queue_, 0);
    driver_.write<RDBAL>(queue_, low(base_));
    driver_.write<RDBAH>(queue_, high(base_));
    driver_.write<RDLEN>(queue_, options_.size * kDescriptorBytes);
    driver_.write<RDH>(queue_, 0);
    driver_.write<RDT>(queue_, 0);
    driver_.write<SRRCTL>(
        queue_, options_.buffer_kb | options_.header_bytes / 64 << SRRCTL::bsizeheader_shift |
                    static_cast<std::uint32_t>(options_.type) << SRRCTL::desctype_shift |
                    (options_.drop_en ? SRRCTL::drop_en : 0));
    driver_.write<RXDCTL>(queue_, options_.rxdctl | (options_.enable ? RXDCTL::enable : 0));
    if (options_.fill) {
        fill_all();
    }
}

void RxRing::put(std::uint32_t index, const Descriptor& descriptor) const {
    driver_.machine().memory.put(base_ + std::uint64_t{index} * kDescriptorBytes, descriptor);
}

Descriptor RxRing::at(std::uint32_t index) const {
    return driver_.machine().memory.load<Descriptor>(base_ +
                                                     std::uint64_t{index} * kDescriptorBytes);
}

void RxRing::fill(std::uint32_t count) {
    const bool split =
        options_.type != RxDescriptorType::one_buffer && options_.type != RxDescriptorType::legacy;
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::uint64_t header = split ? headers_[tail_] : 0;
        put(tail_, {low(buffers_[tail_]), high(buffers_[tail_]), low(header), high(header)});
        tail_ = (tail_ + 1) % options_.size;
    }
    posted_ += count;
    driver_.write<RDT>(queue_, tail_);
}

void RxRing::fill_all() {
    fill(options_.size - 1 - posted_);
}

std::uint32_t RxRing::done_mask() const {
    return options_.type == RxDescriptorType::legacy ? 3u : 2u;
}

std::optional<RxPacket> RxRing::take() {
    GuestMemory& memory = driver_.machine().memory;
    RxPacket packet;
    packet.legacy = options_.type == RxDescriptorType::legacy;
    std::uint32_t index = next_;
    for (std::uint32_t n = 0; n < posted_; ++n) {
        const Descriptor d = at(index);
        const std::uint32_t status = d[done_mask()];
        if ((status & RxWriteBack::dd) == 0) {
            return std::nullopt;
        }
        const std::size_t length = packet.legacy ? d[2] & 0xFFFF : d[3] & 0xFFFF;
        if (length > std::size_t{options_.buffer_kb} * 1024) {
            return std::nullopt;
        }
        if (n == 0 && !packet.legacy && (d[0] & RxWriteBack::sph) != 0 &&
            (d[2] & RxWriteBack::hbo) == 0 && options_.type != RxDescriptorType::one_buffer) {
            packet.header = memory.bytes(
                headers_[index], (d[0] >> RxWriteBack::hdr_len_shift) & RxWriteBack::hdr_len_mask);
        }
        const Frame piece = memory.bytes(buffers_[index], length);
        packet.bytes.insert(packet.bytes.end(), piece.begin(), piece.end());
        packet.descriptors.push_back(d);
        index = (index + 1) % options_.size;
        if ((status & RxWriteBack::eop) != 0) {
            posted_ -= n + 1;
            next_ = index;
            return packet;
        }
    }
    return std::nullopt;
}

std::vector<RxPacket> RxRing::take_all() {
    std::vector<RxPacket> packets;
    while (std::optional<RxPacket> packet = take()) {
        packets.push_back(std::move(*packet));
    }
    return packets;
}

}  // namespace x550
