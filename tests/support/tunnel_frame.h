// SPDX-License-Identifier: GPL-2.0-or-later
// Frames in NVGRE and VXLAN, and the context that describes them to the device as native tunnels.
#pragma once

#include <cstdint>
#include <span>

#include "descriptors.h"
#include "frame_builder.h"
#include "guest_driver.h"

namespace x550 {

enum class TunnelKind : std::uint8_t { nvgre, vxlan };

inline constexpr std::size_t kNvgreBytes = 8;
inline constexpr std::size_t kVxlanBytes = 8;

// All lengths and checksums right; the outer UDP has no checksum (RFC 7348).
struct TunnelFrame {
    TunnelFrame(TunnelKind which, FrameBuilder outer, const FrameBuilder& inner)
        : kind(which), outer_l3(outer.l3_offset()) {
        const Frame inside = inner.build();
        Frame shim = kind == TunnelKind::nvgre ? Frame{0x20, 0, 0x65, 0x58, 0, 0xAB, 0xCD, 0x12}
                                               : Frame{8, 0, 0, 0, 0, 0, 42, 0};
        shim.insert(shim.end(), inside.begin(), inside.end());
        if (kind == TunnelKind::nvgre) {
            outer.protocol(47);
        } else {
            outer.udp(5555, 4789);
        }
        frame = outer.payload(shim).build();
        outer_l4 = outer.l4_offset();
        inner_frame =
            outer_l4 + (kind == TunnelKind::nvgre ? kNvgreBytes : kUdpBytes + kVxlanBytes);
        inner_l3 = inner_frame + inner.l3_offset();
        inner_l4 = inner_frame + inner.l4_offset();
        outer_v4 = frame[outer_l3] >> 4 == 4;
        inner_v4 = frame[inner_l3] >> 4 == 4;
        if (kind == TunnelKind::vxlan) {
            put_be16(frame, outer_l4 + 6, 0);
        }
    }

    // MACLEN to IPLEN as they describe this frame.
    [[nodiscard]] Context context(std::uint32_t l4_type) const {
        return {.maclen = static_cast<std::uint32_t>(outer_l3),
                .iplen = static_cast<std::uint32_t>(inner_l4 - inner_l3),
                .type = l4_type | (inner_v4 ? TxContext::ipv4 : 0),
                .outer_iplen = static_cast<std::uint32_t>(outer_l4 - outer_l3),
                .tunnellen = static_cast<std::uint32_t>(inner_l3 - outer_l4)};
    }
    [[nodiscard]] std::uint32_t command() const {
        return TxData::outer_ip_cs | (kind == TunnelKind::nvgre ? TxData::tunnel_type_nvgre : 0);
    }
    // IXSM is for an inner IPv4 header; OUTERIPCS asks for the outer one.
    [[nodiscard]] std::uint32_t options() const {
        return TxData::txsm | (inner_v4 ? TxData::ixsm : 0);
    }

    // What the device has to insert is missing.
    [[nodiscard]] Frame request() const {
        Frame out = frame;
        clear_ip_checksums(out);
        seed_l4_checksum(out, inner_l3, inner_l4);
        return out;
    }
    // For a large send: no lengths either, and a seed without one.
    [[nodiscard]] Frame lso_request() const {
        Frame out = frame;
        clear_ip_checksums(out);
        put_be16(out, outer_l3 + (outer_v4 ? 2 : 4), 0);
        put_be16(out, inner_l3 + (inner_v4 ? 2 : 4), 0);
        if (kind == TunnelKind::vxlan) {
            put_be16(out, outer_l4 + 4, 0);
        }
        seed_l4_checksum(out, inner_l3, inner_l4, false);
        return out;
    }

    TunnelKind kind;
    Frame frame;
    std::size_t outer_l3, outer_l4 = 0, inner_frame = 0, inner_l3 = 0, inner_l4 = 0;
    bool outer_v4 = true, inner_v4 = true;

private:
    void clear_ip_checksums(Frame& out) const {
        if (outer_v4) {
            put_be16(out, outer_l3 + 10, 0);
        }
        if (inner_v4) {
            put_be16(out, inner_l3 + 10, 0);
        }
    }
};

}  // namespace x550
