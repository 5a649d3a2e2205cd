// SPDX-License-Identifier: GPL-2.0-or-later
#include "nic/tx_packet.h"

#include <algorithm>
#include <cstring>

namespace ixgbe {

TxPacket::TxPacket(Host& host) : host_(host), copied_(kMaxBytes) {}

TxPacket::Append TxPacket::append(std::uint64_t addr, std::size_t len) {
    if (len > kMaxBytes - size_) {
        return Append::too_long;
    }
    if (len == 0) {
        return Append::done;
    }
    if (len <= kCopyBytes || !map(addr, len)) {
        if (!copy(addr, len)) {
            return Append::dma_failed;
        }
    }
    size_ += len;
    return Append::done;
}

bool TxPacket::map(std::uint64_t addr, std::size_t len) {
    // The last piece is kept free: copied bytes can always be appended to it.
    if (count_ >= kMaxPieces - 1) {
        return false;
    }
    std::byte* const mapped = host_.dma_map(addr, len, Direction::to_device);
    if (mapped == nullptr) {
        return false;
    }
    mapping_.at(mappings_++) = Bytes(mapped, len);
    piece_.at(count_++) = {mapped, len};
    return true;
}

bool TxPacket::copy(std::uint64_t addr, std::size_t len) {
    std::byte* const to = copied_.data() + copied_bytes_;
    if (!host_.dma_read(addr, Bytes(to, len))) {
        return false;
    }
    copied_bytes_ += len;
    // Copies that follow each other are one piece, so hundreds of tiny fragments cost one slot.
    if (count_ != 0) {
        iovec& last = piece_.at(count_ - 1);
        if (static_cast<std::byte*>(last.iov_base) + last.iov_len == to) {
            last.iov_len += len;
            return true;
        }
    }
    piece_.at(count_++) = {to, len};
    return true;
}

void TxPacket::trim(std::size_t bytes) {
    size_ -= bytes;
    while (bytes != 0) {
        iovec& last = piece_.at(count_ - 1);
        const std::size_t cut = std::min(bytes, last.iov_len);
        last.iov_len -= cut;
        bytes -= cut;
        count_ -= last.iov_len == 0 ? 1 : 0;
    }
}

bool TxPacket::front(Bytes to) const {
    if (to.size() > size_) {
        return false;
    }
    PieceCursor cursor(pieces());
    for (std::size_t done = 0; done < to.size();) {
        const ConstBytes slice = cursor.take(to.size() - done);
        std::memcpy(to.data() + done, slice.data(), slice.size());
        done += slice.size();
    }
    return true;
}

void TxPacket::release() {
    for (std::size_t i = 0; i < mappings_; ++i) {
        host_.dma_unmap(mapping_.at(i), Direction::to_device, 0);
    }
    count_ = mappings_ = copied_bytes_ = size_ = 0;
}

ConstBytes PieceCursor::take(std::size_t len) {
    while (index_ < pieces_.size() && offset_ == pieces_[index_].iov_len) {
        ++index_;
        offset_ = 0;
    }
    if (index_ == pieces_.size()) {
        return {};
    }
    const iovec& piece = pieces_[index_];
    const std::size_t count = std::min(len, piece.iov_len - offset_);
    const ConstBytes slice(static_cast<const std::byte*>(piece.iov_base) + offset_, count);
    offset_ += count;
    return slice;
}

void PieceCursor::skip(std::size_t len) {
    while (len != 0) {
        const ConstBytes slice = take(len);
        if (slice.empty()) {
            return;
        }
        len -= slice.size();
    }
}

}  // namespace ixgbe
