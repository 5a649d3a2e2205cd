// SPDX-License-Identifier: GPL-2.0-or-later
// A random large send as a driver may ask for it, and what must be on the wire for it.
#pragma once

#include <cstdint>
#include <gtest/gtest.h>
#include <span>
#include <string>
#include <vector>

#include "guest_driver.h"
#include "random.h"

namespace x550 {

// One request: header bytes as a driver prepares them, payload, descriptor fields, and how the
// bytes are cut into buffers. Built byte by byte from the RFCs; neither this nor check() shares
// code with the device.
class LsoCase {
public:
    enum class Wrapping : std::uint8_t {
        none,
        tagged,  // 802.1Q in the packet's bytes
        // IPLEN spans outer IP to inner L4, the inner headers describe one segment already
        partial_vxlan,
        partial_nvgre,
        partial_gre,
        partial_ip_in_ip,
        // OUTERIPCS
        native_vxlan,
        native_nvgre,
    };

    // `bytes` is where payloads come from; the largest is kMaxPayload long.
    LsoCase(Random& random, std::span<const std::uint8_t> bytes);

    static constexpr std::uint32_t kMaxPayload = 261'120;

    Frame headers;
    std::span<const std::uint8_t> payload;
    std::uint32_t mss = 0;
    Context context;
    std::uint32_t command = 0;  // TSE, VLE, OUTERIPCS, TUNNEL_TYPE
    std::uint32_t options = 0;  // POPTS and IDX
    std::vector<std::uint32_t> pieces;
    std::uint32_t later_word3 = 0;  // in every descriptor but the first: must not count
    std::uint32_t later_command = 0;
    std::uint16_t first_mask = 0xFF6, middle_mask = 0xFF6, last_mask = 0xF7F;  // TCP flags

    // Posts the descriptors; the packet's bytes lie scattered over `arena`.
    void post(TxRing& ring, const GuestMemory& memory, std::uint64_t arena) const;
    static constexpr std::size_t kArena = 2 * (kMaxPayload + 1024) + 16 * 4096;

    // Every frame and all of them together are right.
    [[nodiscard]] testing::AssertionResult check(const std::vector<SentFrame>& sent) const;
    [[nodiscard]] std::string describe() const;

private:
    struct Ip {
        std::size_t at = 0, length = 0;
        bool v4 = true;
    };
    [[nodiscard]] static bool is_partial(Wrapping wrapping);
    [[nodiscard]] static bool is_native(Wrapping wrapping);
    [[nodiscard]] std::uint32_t choose_sizes(Random& random);  // of the payload
    void append_ip(Random& random, bool v4, std::uint8_t protocol, Ip& ip);
    void append_l4(Random& random, bool tcp);
    void wrap(Random& random);
    void describe_one_segment();
    void fill_context(Random& random);
    void cut_into_pieces(Random& random);

    [[nodiscard]] std::size_t count() const { return (payload.size() - 1) / mss + 1; }
    [[nodiscard]] testing::AssertionResult check_frame(std::span<const std::uint8_t> frame,
                                                       std::size_t index) const;
    [[nodiscard]] testing::AssertionResult check_outer(std::span<const std::uint8_t> frame,
                                                       std::size_t end, std::size_t index) const;
    [[nodiscard]] testing::AssertionResult check_l4(std::span<const std::uint8_t> frame,
                                                    std::size_t end, std::size_t index) const;
    // The header with everything cleared that a segment may change.
    [[nodiscard]] Frame constant_part(std::span<const std::uint8_t> header) const;

    Wrapping wrapping_ = Wrapping::none;
    bool tcp_ = true;
    bool inner_v4_ = true, outer_v4_ = true;
    bool outer_udp_ = false;
    Ip outer_, inner_;
    std::size_t l4_at_ = 0;
    std::size_t inner_frame_at_ = 0;  // the innermost Ethernet header
};

}  // namespace x550
