// SPDX-License-Identifier: GPL-2.0-or-later
#include "frame_builder.h"

#include <algorithm>
#include <tins/tins.h>

namespace x550 {

namespace {

constexpr std::uint8_t kTcp = 6, kUdp = 17, kSctp = 132;

Frame sctp_packet(std::uint16_t source, std::uint16_t destination, const Frame& payload) {
    Frame packet(12);
    put_be16(packet, 0, source);
    put_be16(packet, 2, destination);
    put_be16(packet, 6, 0x77);  // verification tag, any
    packet.insert(packet.end(), payload.begin(), payload.end());
    const std::uint32_t crc = crc32c(packet);
    for (unsigned i = 0; i < 4; ++i) {
        packet[8 + i] = static_cast<std::uint8_t>(crc >> (8 * i));
    }
    return packet;
}

// Network-order bytes of the addresses, protocol and, if wanted, length that L4 checksums cover.
Frame pseudo_header(std::span<const std::uint8_t> l3, std::uint8_t protocol, std::size_t length) {
    const bool v6 = l3[0] >> 4 == 6;
    const std::size_t first = v6 ? 8 : 12;
    const std::size_t last = v6 ? 40 : 20;
    Frame pseudo(l3.begin() + static_cast<std::ptrdiff_t>(first),
                 l3.begin() + static_cast<std::ptrdiff_t>(last));
    pseudo.insert(pseudo.end(), {0, protocol, static_cast<std::uint8_t>(length >> 8),
                                 static_cast<std::uint8_t>(length)});
    return pseudo;
}

std::uint8_t l4_protocol(std::span<const std::uint8_t> l3) {
    return l3[0] >> 4 == 6 ? l3[6] : l3[9];
}

std::size_t checksum_offset(std::uint8_t protocol) {
    return protocol == kTcp ? 16 : 6;
}

}  // namespace

Frame pattern(std::size_t bytes, std::uint32_t seed) {
    std::minstd_rand random(seed);
    Frame frame(bytes);
    std::generate(frame.begin(), frame.end(),
                  [&] { return static_cast<std::uint8_t>(random() >> 8); });
    return frame;
}

Frame plain_frame(std::size_t bytes, const Mac& to, std::uint32_t seed) {
    Frame frame = pattern(std::max<std::size_t>(bytes, kEthBytes), seed);
    std::copy(to.begin(), to.end(), frame.begin());
    std::copy(kPeerMac.begin(), kPeerMac.end(), frame.begin() + 6);
    put_be16(frame, 12, 0x88B5);  // local experimental EtherType
    frame.resize(bytes);
    return frame;
}

FrameBuilder& FrameBuilder::to(const Mac& mac) {
    to_ = mac;
    return *this;
}
FrameBuilder& FrameBuilder::from(const Mac& mac) {
    from_ = mac;
    return *this;
}
FrameBuilder& FrameBuilder::vlan(std::uint16_t tci, std::uint16_t type) {
    tags_.push_back({tci, type});
    return *this;
}
FrameBuilder& FrameBuilder::ipv4(const std::string& source, const std::string& destination) {
    ip_ = Ip::v4;
    source_ = source;
    destination_ = destination;
    return *this;
}
FrameBuilder& FrameBuilder::ipv6(const std::string& source, const std::string& destination) {
    ip_ = Ip::v6;
    source_ = source;
    destination_ = destination;
    return *this;
}
FrameBuilder& FrameBuilder::ip_id(std::uint16_t id) {
    id_ = id;
    return *this;
}
FrameBuilder& FrameBuilder::fragment(std::uint16_t offset, bool more) {
    fragment_offset_ = offset;
    more_fragments_ = more;
    return *this;
}
FrameBuilder& FrameBuilder::ip_options() {
    options_ = true;
    return *this;
}
FrameBuilder& FrameBuilder::extension(std::uint8_t type, Frame body) {
    extensions_.push_back({type, std::move(body)});
    return *this;
}
FrameBuilder& FrameBuilder::tcp(std::uint16_t source, std::uint16_t destination,
                                std::uint32_t sequence, std::uint16_t flags) {
    l4_ = L4::tcp;
    source_port_ = source;
    destination_port_ = destination;
    sequence_ = sequence;
    flags_ = flags;
    return *this;
}
FrameBuilder& FrameBuilder::tcp_timestamps() {
    timestamps_ = true;
    return *this;
}
FrameBuilder& FrameBuilder::acknowledge(std::uint32_t number, std::uint16_t window) {
    acknowledge_ = number;
    window_ = window;
    return *this;
}
FrameBuilder& FrameBuilder::udp(std::uint16_t source, std::uint16_t destination) {
    l4_ = L4::udp;
    source_port_ = source;
    destination_port_ = destination;
    return *this;
}
FrameBuilder& FrameBuilder::sctp(std::uint16_t source, std::uint16_t destination) {
    l4_ = L4::sctp;
    source_port_ = source;
    destination_port_ = destination;
    return *this;
}
FrameBuilder& FrameBuilder::protocol(std::uint8_t number) {
    l4_ = L4::other;
    protocol_ = number;
    return *this;
}
FrameBuilder& FrameBuilder::payload(Frame bytes) {
    payload_ = std::move(bytes);
    return *this;
}
FrameBuilder& FrameBuilder::payload(std::size_t bytes, std::uint32_t seed) {
    payload_ = pattern(bytes, seed);
    return *this;
}

std::size_t FrameBuilder::l4_offset() const {
    std::size_t offset = l3_offset() + (ip_ == Ip::v6 ? kIpv6Bytes : kIpv4Bytes);
    for (const Extension& extension : extensions_) {
        offset += 2 + extension.body.size();
    }
    return offset + (options_ ? 4 : 0);
}

std::uint8_t FrameBuilder::l4_number() const {
    switch (l4_) {
        case L4::tcp:
            return kTcp;
        case L4::udp:
            return kUdp;
        case L4::sctp:
            return kSctp;
        case L4::none:
        case L4::other:
            break;
    }
    return protocol_;
}

// libtins owns what it is given: these pointers go into a PDU at once.
Tins::PDU* FrameBuilder::upper_layer() const {
    if (fragment_offset_ != 0 || more_fragments_) {
        return nullptr;
    }
    if (l4_ == L4::udp) {
        return new Tins::UDP(destination_port_, source_port_);
    }
    if (l4_ != L4::tcp) {
        return nullptr;
    }
    auto* tcp = new Tins::TCP(destination_port_, source_port_);
    tcp->seq(sequence_);
    tcp->ack_seq(acknowledge_);
    tcp->window(window_);
    tcp->flags(Tins::small_uint<12>(flags_));
    if (timestamps_) {
        tcp->add_option(Tins::TCP::option(Tins::TCP::NOP));
        tcp->add_option(Tins::TCP::option(Tins::TCP::NOP));
        tcp->timestamp(0x01020304, 0x05060708);
    }
    return tcp;
}

Tins::PDU* FrameBuilder::network_layer() const {
    if (ip_ == Ip::v6) {
        auto* ip = new Tins::IPv6(destination_, source_);
        ip->hop_limit(64);
        ip->next_header(l4_number());
        return ip;
    }
    auto* ip = new Tins::IP(destination_, source_);
    ip->id(id_);
    ip->ttl(64);
    ip->fragment_offset(Tins::small_uint<13>(fragment_offset_ / 8));
    ip->flags(more_fragments_ ? Tins::IP::MORE_FRAGMENTS : Tins::IP::Flags(0));
    ip->protocol(l4_number());
    if (options_) {
        ip->add_option(
            Tins::IP::option(Tins::IP::option_identifier(Tins::IP::NOOP, Tins::IP::CONTROL, 0)));
    }
    return ip;
}

Frame FrameBuilder::layer3() const {
    const Frame body =
        l4_ == L4::sctp ? sctp_packet(source_port_, destination_port_, payload_) : payload_;
    // The Ethernet layer keeps libtins from looking for a source address of its own.
    Tins::EthernetII ethernet;
    Tins::PDU* network = network_layer();
    ethernet.inner_pdu(network);
    Tins::PDU* last = network;
    if (Tins::PDU* upper = upper_layer()) {
        network->inner_pdu(upper);
        last = upper;
    }
    if (last == network || !body.empty()) {
        last->inner_pdu(new Tins::RawPDU(body));
    }
    const std::size_t bytes = network->size();
    Frame frame = ethernet.serialize();
    frame.erase(frame.begin(), frame.begin() + kEthBytes);
    frame.resize(bytes);
    if (ip_ == Ip::v6) {
        frame[6] = l4_number();
    }
    return frame;
}

Frame FrameBuilder::build() const {
    Frame frame(to_.begin(), to_.end());
    frame.insert(frame.end(), from_.begin(), from_.end());
    for (const Tag& tag : tags_) {
        frame.resize(frame.size() + kVlanBytes);
        put_be16(frame, frame.size() - 4, tag.type);
        put_be16(frame, frame.size() - 2, tag.tci);
    }
    frame.resize(frame.size() + 2);
    if (ip_ == Ip::none) {
        put_be16(frame, frame.size() - 2, 0x88B5);
        frame.insert(frame.end(), payload_.begin(), payload_.end());
        return frame;
    }
    put_be16(frame, frame.size() - 2, ip_ == Ip::v4 ? 0x0800 : 0x86DD);
    Frame l3 = layer3();
    // Extension headers go in by hand: libtins has opinions about them, and the tests want odd
    // ones.
    std::size_t link = 6;
    std::size_t at = kIpv6Bytes;
    for (const Extension& extension : extensions_) {
        Frame header = {l3[link], static_cast<std::uint8_t>((extension.body.size() + 2) / 8 - 1)};
        header.insert(header.end(), extension.body.begin(), extension.body.end());
        l3.insert(l3.begin() + static_cast<std::ptrdiff_t>(at), header.begin(), header.end());
        l3[link] = extension.type;
        link = at;
        at += header.size();
        put_be16(l3, 4, static_cast<std::uint16_t>(l3.size() - kIpv6Bytes));
    }
    frame.insert(frame.end(), l3.begin(), l3.end());
    return frame;
}

std::optional<Decoded> decode(std::span<const std::uint8_t> frame) {
    if (frame.size() < kEthBytes) {
        return std::nullopt;
    }
    Decoded decoded;
    std::copy_n(frame.begin(), 6, decoded.to.begin());
    std::copy_n(frame.begin() + 6, 6, decoded.from.begin());
    std::size_t at = 12;
    while (at + 6 <= frame.size() &&
           (be16_at(frame, at) == 0x8100 || be16_at(frame, at) == 0x88A8)) {
        decoded.vlan_tcis.push_back(be16_at(frame, at + 2));
        at += kVlanBytes;
    }
    const std::uint16_t type = be16_at(frame, at);
    at += 2;
    Frame untagged(frame.begin(), frame.begin() + 12);
    untagged.push_back(static_cast<std::uint8_t>(type >> 8));
    untagged.push_back(static_cast<std::uint8_t>(type));
    untagged.insert(untagged.end(), frame.begin() + static_cast<std::ptrdiff_t>(at), frame.end());
    try {
        Tins::EthernetII ethernet(untagged.data(), static_cast<std::uint32_t>(untagged.size()));
        const auto* ip4 = ethernet.find_pdu<Tins::IP>();
        const auto* ip6 = ethernet.find_pdu<Tins::IPv6>();
        if (ip4 != nullptr) {
            decoded.ip_version = 4;
            decoded.ip_id = ip4->id();
            decoded.ip_bytes = ip4->tot_len();
        } else if (ip6 != nullptr) {
            decoded.ip_version = 6;
            decoded.ip_bytes = ip6->payload_length() + kIpv6Bytes;
        }
        if (const auto* tcp = ethernet.find_pdu<Tins::TCP>()) {
            decoded.tcp = true;
            decoded.source_port = tcp->sport();
            decoded.destination_port = tcp->dport();
            decoded.tcp_flags = tcp->flags();
            decoded.sequence = tcp->seq();
            decoded.acknowledge = tcp->ack_seq();
        } else if (const auto* udp = ethernet.find_pdu<Tins::UDP>()) {
            decoded.udp = true;
            decoded.source_port = udp->sport();
            decoded.destination_port = udp->dport();
        }
        if (const auto* raw = ethernet.find_pdu<Tins::RawPDU>()) {
            decoded.payload = raw->payload();
        }
        const Frame again = ethernet.serialize();
        const std::size_t known = std::min(kEthBytes + decoded.ip_bytes, untagged.size());
        decoded.consistent =
            decoded.ip_version != 0 && kEthBytes + decoded.ip_bytes <= untagged.size() &&
            again.size() >= known &&
            std::equal(again.begin(), again.begin() + static_cast<std::ptrdiff_t>(known),
                       untagged.begin());
    } catch (const Tins::malformed_packet&) {
        return std::nullopt;
    }
    return decoded;
}

std::uint16_t ones_sum(std::span<const std::uint8_t> bytes, std::uint32_t start) {
    std::uint64_t sum = start;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        sum += i % 2 == 0 ? std::uint64_t{bytes[i]} << 8 : bytes[i];
    }
    while (sum >> 16 != 0) {
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    return static_cast<std::uint16_t>(sum);
}

namespace {
std::uint32_t reflected_crc(std::span<const std::uint8_t> bytes, std::uint32_t polynomial) {
    std::uint32_t crc = ~0u;
    for (const std::uint8_t byte : bytes) {
        crc ^= byte;
        for (int i = 0; i < 8; ++i) {
            crc = (crc >> 1) ^ ((crc & 1) != 0 ? polynomial : 0);
        }
    }
    return ~crc;
}
}  // namespace

std::uint32_t crc32_ethernet(std::span<const std::uint8_t> bytes) {
    return reflected_crc(bytes, 0xEDB88320);
}

std::uint32_t crc32c(std::span<const std::uint8_t> bytes) {
    return reflected_crc(bytes, 0x82F63B78);
}

void seed_l4_checksum(Frame& frame, std::size_t l3_offset, std::size_t l4_offset,
                      bool with_length) {
    const auto l3 = std::span(frame).subspan(l3_offset);
    const std::uint8_t protocol = l4_protocol(l3);
    const std::size_t length = with_length ? frame.size() - l4_offset : 0;
    const Frame pseudo = pseudo_header(l3, protocol, length);
    put_be16(frame, l4_offset + checksum_offset(protocol), ones_sum(pseudo));
}

void put_be16(Frame& frame, std::size_t offset, std::uint16_t value) {
    frame.at(offset) = static_cast<std::uint8_t>(value >> 8);
    frame.at(offset + 1) = static_cast<std::uint8_t>(value);
}

std::uint16_t be16_at(std::span<const std::uint8_t> frame, std::size_t offset) {
    return static_cast<std::uint16_t>(frame[offset] << 8 | frame[offset + 1]);
}

namespace {

std::uint32_t be32_at(std::span<const std::uint8_t> frame, std::size_t offset) {
    return std::uint32_t{be16_at(frame, offset)} << 16 | be16_at(frame, offset + 2);
}

// One segment of a super-frame, as a peer that takes a virtio-net header would cut it.
Frame cut_segment(const SentFrame& big, std::size_t l3, std::size_t index, std::size_t start,
                  std::size_t length) {
    const ixgbe_frame_offload& offload = big.offload;
    const std::size_t l4 = offload.csum_start;
    const bool tcp = offload.gso != IXGBE_GSO_UDP;
    const auto first = big.bytes.begin();
    Frame frame(first, first + offload.hdr_len);
    frame.insert(frame.end(), first + static_cast<std::ptrdiff_t>(start),
                 first + static_cast<std::ptrdiff_t>(start + length));
    const bool last = start + length == big.bytes.size();
    if (frame[l3] >> 4 == 4) {
        put_be16(frame, l3 + 2, static_cast<std::uint16_t>(frame.size() - l3));
        put_be16(frame, l3 + 4, static_cast<std::uint16_t>(be16_at(frame, l3 + 4) + index));
        put_be16(frame, l3 + 10, 0);
        const auto header = std::span(frame).subspan(l3, std::size_t{frame[l3] & 0xFu} * 4);
        put_be16(frame, l3 + 10, static_cast<std::uint16_t>(~ones_sum(header)));
    } else {
        put_be16(frame, l3 + 4, static_cast<std::uint16_t>(frame.size() - l3 - kIpv6Bytes));
    }
    if (tcp) {
        const auto sequence =
            static_cast<std::uint32_t>(be32_at(frame, l4 + 4) + start - offload.hdr_len);
        put_be16(frame, l4 + 4, static_cast<std::uint16_t>(sequence >> 16));
        put_be16(frame, l4 + 6, static_cast<std::uint16_t>(sequence));
        if (!last) {
            frame[l4 + 13] &= static_cast<std::uint8_t>(~(TcpFlag::fin | TcpFlag::psh));
        }
    } else {
        put_be16(frame, l4 + 4, static_cast<std::uint16_t>(frame.size() - l4));
    }
    seed_l4_checksum(frame, l3, l4);
    return frame;
}

void finish_checksum(Frame& frame, std::size_t start, std::size_t offset, bool udp) {
    auto sum = static_cast<std::uint16_t>(~ones_sum(std::span(frame).subspan(start)));
    if (udp && sum == 0) {
        sum = 0xFFFF;
    }
    put_be16(frame, start + offset, sum);
}

}  // namespace

std::vector<Frame> finish_offload(const SentFrame& frame) {
    const ixgbe_frame_offload& offload = frame.offload;
    std::vector<Frame> frames;
    if (offload.gso == IXGBE_GSO_NONE) {
        frames.push_back(frame.bytes);
    } else {
        std::size_t l3 = 12;
        while (be16_at(frame.bytes, l3) == 0x8100) {
            l3 += kVlanBytes;
        }
        l3 += 2;
        std::size_t index = 0;
        for (std::size_t at = offload.hdr_len; at < frame.bytes.size(); at += offload.gso_size) {
            const std::size_t length =
                std::min<std::size_t>(offload.gso_size, frame.bytes.size() - at);
            frames.push_back(cut_segment(frame, l3, index++, at, length));
        }
    }
    if (offload.needs_csum != 0) {
        for (Frame& one : frames) {
            finish_checksum(one, offload.csum_start, offload.csum_offset, offload.csum_offset == 6);
        }
    }
    return frames;
}

}  // namespace x550
