// SPDX-License-Identifier: GPL-2.0-or-later
// From what is known of a frame to the words of its write-back descriptor: X550 DS 7.1.6.2.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "net/checksum.h"
#include "net/parse.h"
#include "regs/descriptors.h"
#include "regs/rx.h"

namespace ixgbe {

// Packet type; of a tunnel, the inner headers. With an ethertype filter only its index is told.
[[nodiscard]] Value<RxInfo> packet_info_word(const PacketInfo& info,
                                             std::optional<unsigned> ethertype_filter);
[[nodiscard]] Value<RxStatus> checksum_status(const ChecksumVerdict& verdict);
// dw1 while RXCSUM.PCSD is 0.
[[nodiscard]] std::uint32_t ip_identification(ConstBytes frame, const PacketInfo& info);
// Bytes of header that PSRTYPE would split off; 0: no header it names.
[[nodiscard]] std::size_t header_split_point(const PacketInfo& info, Value<PSRTYPE> wanted);

}  // namespace ixgbe
