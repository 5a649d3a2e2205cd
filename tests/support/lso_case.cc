// SPDX-License-Identifier: GPL-2.0-or-later
#include "lso_case.h"

#include <algorithm>
#include <sstream>

#include "descriptors.h"
#include "hex.h"
#include "matchers.h"

namespace x550 {

namespace {

constexpr std::uint8_t kTcp = 6, kUdp = 17, kGre = 47, kIpv4InIp = 4, kIpv6InIp = 41;
constexpr std::uint8_t kHopByHop = 0, kDestinationOptions = 60;

void append(Frame& frame, std::initializer_list<std::uint8_t> bytes) {
    frame.insert(frame.end(), bytes);
}
void append16(Frame& frame, std::size_t value) {
    append(frame, {static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)});
}
void append_random(Frame& frame, Random& random, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        frame.push_back(static_cast<std::uint8_t>(random.word()));
    }
}
std::uint32_t between(Random& random, std::uint32_t lowest, std::uint32_t highest) {
    return lowest + random.below(highest - lowest + 1);
}
std::uint32_t be32_at(std::span<const std::uint8_t> frame, std::size_t at) {
    return std::uint32_t{be16_at(frame, at)} << 16 | be16_at(frame, at + 2);
}

void append_ethernet(Frame& frame, Random& random, std::uint16_t type) {
    for (int address = 0; address < 2; ++address) {
        append(frame, {0x02});
        append_random(frame, random, 5);
    }
    append16(frame, type);
}

std::uint16_t ip_type(bool v4) {
    return v4 ? 0x0800 : 0x86DD;
}

// PadN options that fill an extension header of `bytes` bytes.
void append_extension(Frame& frame, std::uint8_t next, std::size_t bytes) {
    append(frame, {next, static_cast<std::uint8_t>(bytes / 8 - 1), 1,
                   static_cast<std::uint8_t>(bytes - 4)});
    frame.resize(frame.size() + bytes - 4);
}

testing::AssertionResult wrong(const char* what, std::size_t expected, std::size_t actual) {
    return testing::AssertionFailure()
           << what << " is " << actual << " instead of " << expected << ", ";
}

}  // namespace

bool LsoCase::is_partial(Wrapping wrapping) {
    return wrapping >= Wrapping::partial_vxlan && wrapping <= Wrapping::partial_ip_in_ip;
}
bool LsoCase::is_native(Wrapping wrapping) {
    return wrapping >= Wrapping::native_vxlan;
}

LsoCase::LsoCase(Random& random, std::span<const std::uint8_t> bytes) {
    wrapping_ = static_cast<Wrapping>(random.below(8));
    tcp_ = is_partial(wrapping_) || !random.one_in(3);
    inner_v4_ = random.one_in(2);
    outer_v4_ = random.one_in(2);
    const std::uint32_t length = choose_sizes(random);
    payload =
        bytes.subspan(random.below(static_cast<std::uint32_t>(bytes.size() - length)), length);
    wrap(random);
    append_ip(random, inner_v4_, tcp_ ? kTcp : kUdp, inner_);
    append_l4(random, tcp_);
    if (is_partial(wrapping_)) {
        describe_one_segment();
    }
    fill_context(random);
    cut_into_pieces(random);
}

// Small packets mostly, so that there can be many; every tenth or so is large.
std::uint32_t LsoCase::choose_sizes(Random& random) {
    std::uint32_t bytes = 0;
    switch (random.below(16)) {
        case 0:  // up to the longest payload
            mss = between(random, 500, 9216);
            bytes = between(random, 1, random.one_in(3) ? kMaxPayload : 65'000);
            break;
        case 1:
            mss = between(random, 1, 9216);
            bytes = between(random, 1, std::min(kMaxPayload, 8 * mss));
            break;
        case 2:  // many segments
            mss = between(random, 1, 4);
            bytes = between(random, 1, 100 * mss);
            break;
        case 3:  // one segment, or just more than one
            mss = between(random, 1, 3000);
            bytes = mss + random.below(2);
            break;
        default:
            mss = between(random, 1, 1500);
            bytes = between(random, 1, 5 * mss);
            break;
    }
    if (is_partial(wrapping_)) {
        bytes = std::max(1u, bytes / mss) * mss;  // the inner lengths are one segment's
    }
    return bytes;
}

void LsoCase::append_ip(Random& random, bool v4, std::uint8_t protocol, Ip& ip) {
    ip.at = headers.size();
    ip.v4 = v4;
    if (v4) {
        const std::uint32_t words = random.one_in(3) ? between(random, 1, 10) : 0;
        append(headers,
               {static_cast<std::uint8_t>(0x45 + words), static_cast<std::uint8_t>(random.word())});
        append16(headers, 0);  // total length
        append16(headers, random.one_in(4) ? 0xFFFF - random.below(3) : random.below(0x10000));
        append16(headers, random.one_in(2) ? 0x4000 : 0);  // DF
        append(headers, {static_cast<std::uint8_t>(between(random, 1, 255)), protocol});
        append16(headers, random.one_in(4) ? 0xFFFF : 0);  // minus zero counts like zero
        append_random(headers, random, 8);
        headers.resize(headers.size() + std::size_t{4} * words, 1);  // NOP options
    } else {
        const std::uint32_t extension = random.one_in(3) ? 8 * between(random, 1, 16) : 0;
        append(headers, {static_cast<std::uint8_t>(0x60 | random.below(16))});
        append_random(headers, random, 3);
        append16(headers, 0);  // payload length
        const std::uint8_t first = random.one_in(2) ? kHopByHop : kDestinationOptions;
        append(headers, {extension == 0 ? protocol : first,
                         static_cast<std::uint8_t>(between(random, 1, 255))});
        append_random(headers, random, 32);
        if (extension != 0) {
            append_extension(headers, protocol, extension);
        }
    }
    ip.length = headers.size() - ip.at;
}

void LsoCase::append_l4(Random& random, bool tcp) {
    l4_at_ = headers.size();
    append_random(headers, random, 4);  // ports
    if (tcp) {
        const std::uint32_t words = random.one_in(2) ? between(random, 1, 10) : 0;
        append_random(headers, random, 4);
        if (random.one_in(4)) {
            std::fill(headers.end() - 4, headers.end() - 1, std::uint8_t{0xFF});  // wraps soon
        }
        append_random(headers, random, 4);
        append(headers, {static_cast<std::uint8_t>((5 + words) << 4 | random.below(2)),
                         static_cast<std::uint8_t>(random.word())});
        append_random(headers, random, 2);
        append(headers, {0, 0, 0, 0});
        headers.resize(headers.size() + std::size_t{4} * words, 1);  // NOP options
    } else {
        append16(headers, random.below(0x10000));  // whatever length; the device sets it
        append16(headers, 0);
    }
    // Addresses and protocol, no length.
    const std::size_t from = inner_.at + (inner_.v4 ? 12 : 8);
    const auto addresses = std::span(headers).subspan(from, inner_.v4 ? 8 : 32);
    put_be16(headers, l4_at_ + (tcp ? 16 : 6), ones_sum(addresses, tcp ? kTcp : kUdp));
}

// Everything before the innermost IP header.
void LsoCase::wrap(Random& random) {
    const bool vxlan = wrapping_ == Wrapping::partial_vxlan || wrapping_ == Wrapping::native_vxlan;
    const bool nvgre = wrapping_ == Wrapping::partial_nvgre || wrapping_ == Wrapping::native_nvgre;
    if (wrapping_ == Wrapping::none || wrapping_ == Wrapping::tagged) {
        append_ethernet(headers, random, ip_type(inner_v4_));
        if (wrapping_ == Wrapping::tagged) {
            const auto tci = static_cast<std::uint8_t>(random.word());
            headers.insert(headers.begin() + 12, {0x81, 0x00, tci, 7});
        }
        return;
    }
    append_ethernet(headers, random, ip_type(outer_v4_));
    const std::uint8_t direct = inner_v4_ ? kIpv4InIp : kIpv6InIp;
    const std::uint8_t protocol = vxlan                                     ? kUdp
                                  : wrapping_ == Wrapping::partial_ip_in_ip ? direct
                                                                            : kGre;
    append_ip(random, outer_v4_, protocol, outer_);
    // IPv6 extensions hide the UDP header from a device that works by lengths.
    outer_udp_ = vxlan && (outer_v4_ || outer_.length == kIpv6Bytes);
    if (vxlan) {
        append_random(headers, random, 2);
        append16(headers, 4789);
        append(headers, {0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 42, 0});
    } else if (nvgre) {
        append(headers, {0x20, 0x00, 0x65, 0x58, 0x00, 0xAB, 0xCD, 0x12});
    } else if (wrapping_ == Wrapping::partial_gre) {
        append(headers, {0, 0});
        append16(headers, ip_type(inner_v4_));
    }
    inner_frame_at_ = headers.size();
    if (vxlan || nvgre) {
        append_ethernet(headers, random, ip_type(inner_v4_));
    }
}

// As GSO_PARTIAL templates are: lengths and sums inside are a segment's, and the outer checksum
// field cancels what lies between the outer IP header and the inner TCP header.
void LsoCase::describe_one_segment() {
    const std::size_t end = headers.size() + mss;
    const std::size_t behind = end - inner_.at;
    put_be16(headers, inner_.at + (inner_v4_ ? 2 : 4),
             static_cast<std::uint16_t>(inner_v4_ ? behind : behind - kIpv6Bytes));
    if (inner_v4_) {
        put_be16(headers, inner_.at + 10, 0);
        const auto header = std::span(headers).subspan(inner_.at, inner_.length);
        put_be16(headers, inner_.at + 10, static_cast<std::uint16_t>(~ones_sum(header)));
    }
    const std::size_t tunnel = outer_.at + outer_.length;
    if (wrapping_ == Wrapping::partial_vxlan) {
        put_be16(headers, tunnel + 4, static_cast<std::uint16_t>(end - tunnel));
    }
    if (outer_v4_) {
        const auto between = std::span(headers).subspan(tunnel, l4_at_ - tunnel);
        put_be16(headers, outer_.at + 10, static_cast<std::uint16_t>(~ones_sum(between)));
    }
}

void LsoCase::fill_context(Random& random) {
    const bool partial = is_partial(wrapping_);
    const Ip& ip = partial ? outer_ : inner_;
    context.maclen = static_cast<std::uint32_t>(is_native(wrapping_) ? outer_.at : ip.at);
    context.iplen = static_cast<std::uint32_t>(l4_at_ - ip.at);
    context.l4len = static_cast<std::uint32_t>(headers.size() - l4_at_);
    context.mss = mss;
    context.vlan = static_cast<std::uint16_t>(random.word());
    context.type = (tcp_ ? TxContext::l4_tcp : TxContext::l4_udp) | (ip.v4 ? TxContext::ipv4 : 0);
    context.slot = random.below(2);
    command = TxData::tse | (random.one_in(3) ? TxData::vle : 0);
    options = TxData::txsm | (ip.v4 ? TxData::ixsm : 0) | context.slot << TxData::idx_shift;
    if (is_native(wrapping_)) {
        context.outer_iplen = static_cast<std::uint32_t>(outer_.length);
        context.tunnellen = static_cast<std::uint32_t>(inner_.at - outer_.at - outer_.length);
        // One driver announces NVGRE as VXLAN.
        const bool says_nvgre = wrapping_ == Wrapping::native_nvgre && random.one_in(2);
        command |= TxData::outer_ip_cs | (says_nvgre ? TxData::tunnel_type_nvgre : 0);
    }
    if (random.one_in(4)) {
        first_mask = static_cast<std::uint16_t>(random.below(0x1000));
        middle_mask = static_cast<std::uint16_t>(random.below(0x1000));
        last_mask = static_cast<std::uint16_t>(random.below(0x1000));
    }
    later_word3 = random.one_in(2) ? 0 : random.word() & ~TxData::dd;
    later_command = random.one_in(2) ? command : random.word() & (TxData::tse | TxData::vle);
}

// Any byte may be the last of its buffer; buffers of a packet are 65,535 bytes at most.
void LsoCase::cut_into_pieces(Random& random) {
    const auto total = static_cast<std::uint32_t>(headers.size() + payload.size());
    const std::uint32_t style = random.below(5);
    const std::uint32_t tiny = style == 0 ? between(random, 100, 1500) : 0;
    const std::uint32_t most = style == 1 ? 2000 : style == 2 ? 16'384 : 65'535;
    std::uint32_t done = 0;
    while (done < total) {
        std::uint32_t length = between(random, 1, most);
        if (pieces.size() < tiny) {
            length = between(random, 1, 3);
        } else if (style == 3 && done == 0) {
            length = static_cast<std::uint32_t>(headers.size());
        } else if (style == 4 && done < headers.size()) {
            length = between(random, 1, 40);
        }
        length = std::min(length, total - done);
        pieces.push_back(length);
        done += length;
    }
}

void LsoCase::post(TxRing& ring, const GuestMemory& memory, std::uint64_t arena) const {
    Frame bytes = headers;
    bytes.insert(bytes.end(), payload.begin(), payload.end());
    std::uint64_t to = arena;
    std::size_t from = 0;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        const bool last = i + 1 == pieces.size();
        std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(from), pieces[i], memory.at(to));
        Descriptor descriptor = data_descriptor(to, pieces[i], i == 0 ? command : later_command);
        descriptor[2] |= last ? kLast : TxData::ifcs;
        descriptor[3] = i == 0 ? options | static_cast<std::uint32_t>(payload.size())
                                               << TxData::paylen_shift
                               : later_word3;
        ring.put(descriptor);
        from += pieces[i];
        to += pieces[i] + 1 + i % 7;  // never adjacent
    }
}

testing::AssertionResult LsoCase::check(const std::vector<SentFrame>& sent) const {
    if (sent.size() != count()) {
        return wrong("the number of segments", count(), sent.size());
    }
    for (std::size_t i = 0; i < sent.size(); ++i) {
        Frame frame = sent[i].bytes;
        if (!sent[i].finished()) {
            return testing::AssertionFailure() << "segment " << i << " is not finished, ";
        }
        if ((command & TxData::vle) != 0) {
            if (frame.size() < 18 || be16_at(frame, 12) != 0x8100 ||
                be16_at(frame, 14) != context.vlan) {
                return testing::AssertionFailure() << "segment " << i << " has no tag, ";
            }
            frame.erase(frame.begin() + 12, frame.begin() + 16);
        }
        if (const auto result = check_frame(frame, i); !result) {
            return testing::AssertionFailure()
                   << "segment " << i << ": " << result.message() << " in " << to_hex(frame);
        }
    }
    return testing::AssertionSuccess();
}

testing::AssertionResult LsoCase::check_frame(std::span<const std::uint8_t> frame,
                                              std::size_t index) const {
    const std::size_t start = index * mss;
    const auto expected =
        payload.subspan(start, std::min<std::size_t>(mss, payload.size() - start));
    const std::size_t end = headers.size() + expected.size();
    const std::size_t tag = (command & TxData::vle) != 0 ? kVlanBytes : 0;
    const std::size_t padded = std::max(end, 60 - tag);
    if (frame.size() != padded) {
        return wrong("the length", padded, frame.size());
    }
    if (std::any_of(frame.begin() + static_cast<std::ptrdiff_t>(end), frame.end(),
                    [](std::uint8_t byte) { return byte != 0; })) {
        return testing::AssertionFailure() << "padding is not zero";
    }
    if (const auto same = same_bytes(expected, frame.subspan(headers.size(), expected.size()));
        !same) {
        return testing::AssertionFailure() << "payload: " << same.message();
    }
    if (const auto same =
            same_bytes(constant_part(headers), constant_part(frame.first(headers.size())));
        !same) {
        return testing::AssertionFailure() << "header: " << same.message();
    }
    if (const auto outer = check_outer(frame, end, index); !outer) {
        return outer;
    }
    return check_l4(frame, end, index);
}

Frame LsoCase::constant_part(std::span<const std::uint8_t> header) const {
    Frame constant(header.begin(), header.end());
    const auto clear = [&](std::size_t at, std::size_t length) {
        std::fill_n(constant.begin() + static_cast<std::ptrdiff_t>(at), length, std::uint8_t{0});
    };
    const auto clear_ip = [&](const Ip& ip) {
        clear(ip.at + (ip.v4 ? 2 : 4), ip.v4 ? 4 : 2);  // lengths and identification
        clear(ip.at + 10, ip.v4 ? 2 : 0);
    };
    if (outer_.length != 0) {
        clear_ip(outer_);
    }
    if (!is_partial(wrapping_)) {
        clear_ip(inner_);
    }
    if (wrapping_ == Wrapping::native_vxlan && outer_udp_) {
        clear(outer_.at + outer_.length + 4, 2);
    }
    clear(l4_at_ + 4, 4);  // TCP sequence number; UDP length and checksum
    if (tcp_) {
        clear(l4_at_ + 12, 2);  // flags
        clear(l4_at_ + 16, 2);  // checksum
    }
    return constant;
}

// The outer headers of a tunnel; an inner one that must count its segments.
testing::AssertionResult LsoCase::check_outer(std::span<const std::uint8_t> frame, std::size_t end,
                                              std::size_t index) const {
    const auto id = [&](const Ip& ip) {
        return static_cast<std::uint16_t>(be16_at(headers, ip.at + 4) + index);
    };
    if (inner_.v4 && !is_partial(wrapping_) && be16_at(frame, inner_.at + 4) != id(inner_)) {
        return wrong("the identification", id(inner_), be16_at(frame, inner_.at + 4));
    }
    if (outer_.length == 0) {
        return testing::AssertionSuccess();
    }
    const std::size_t bytes = end - outer_.at - (outer_.v4 ? 0 : kIpv6Bytes);
    if (be16_at(frame, outer_.at + (outer_.v4 ? 2 : 4)) != bytes) {
        return wrong("the outer length", bytes, be16_at(frame, outer_.at + (outer_.v4 ? 2 : 4)));
    }
    if (outer_.v4 && be16_at(frame, outer_.at + 4) != id(outer_)) {
        return wrong("the outer identification", id(outer_), be16_at(frame, outer_.at + 4));
    }
    if (outer_.v4 && ones_sum(frame.subspan(outer_.at, outer_.length)) != 0xFFFF) {
        return testing::AssertionFailure() << "the outer checksum is wrong";
    }
    const std::size_t udp = outer_.at + outer_.length;
    if (outer_udp_ && be16_at(frame, udp + 4) != end - udp) {
        return wrong("the outer UDP length", end - udp, be16_at(frame, udp + 4));
    }
    return testing::AssertionSuccess();
}

testing::AssertionResult LsoCase::check_l4(std::span<const std::uint8_t> frame, std::size_t end,
                                           std::size_t index) const {
    // libtins reads the innermost packet and would have written the same lengths and checksums.
    Frame inner(12, 2);
    append16(inner, ip_type(inner_v4_));
    inner.insert(inner.end(), frame.begin() + static_cast<std::ptrdiff_t>(inner_.at),
                 frame.begin() + static_cast<std::ptrdiff_t>(end));
    const std::optional<Decoded> decoded = decode(inner);
    if (!decoded || !decoded->consistent) {
        return testing::AssertionFailure() << "libtins finds a wrong length or checksum";
    }
    if (!tcp_) {
        return testing::AssertionSuccess();
    }
    const auto sequence = static_cast<std::uint32_t>(be32_at(headers, l4_at_ + 4) + index * mss);
    if (be32_at(frame, l4_at_ + 4) != sequence) {
        return wrong("the sequence number", sequence, be32_at(frame, l4_at_ + 4));
    }
    const bool last = index + 1 == count();
    const unsigned mask = count() == 1 ? 0xFFFu
                          : index == 0 ? first_mask
                          : last       ? last_mask
                                       : middle_mask;
    const std::uint16_t before = be16_at(headers, l4_at_ + 12);
    const std::size_t word = before & (0xF000u | mask);
    if (be16_at(frame, l4_at_ + 12) != word) {
        return wrong("offset and flags", word, be16_at(frame, l4_at_ + 12));
    }
    return testing::AssertionSuccess();
}

std::string LsoCase::describe() const {
    std::ostringstream out;
    out << "wrapping " << static_cast<int>(wrapping_) << ", MSS " << mss << ", payload "
        << payload.size() << ", MACLEN " << context.maclen << ", OUTERIPLEN " << context.outer_iplen
        << ", TUNNELLEN " << context.tunnellen << ", IPLEN " << context.iplen << ", L4LEN "
        << context.l4len << std::hex << ", type 0x" << context.type << ", command 0x" << command
        << ", options 0x" << options << ", VLAN 0x" << context.vlan << ", masks 0x" << first_mask
        << " 0x" << middle_mask << " 0x" << last_mask << ", later words 0x" << later_command
        << " 0x" << later_word3 << std::dec << "\npieces";
    for (const std::uint32_t piece : pieces) {
        out << " " << piece;
    }
    out << "\nheaders " << to_hex(headers) << "\npayload "
        << to_hex(payload.first(std::min<std::size_t>(payload.size(), 4096)));
    return out.str();
}

}  // namespace x550
