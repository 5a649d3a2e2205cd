// SPDX-License-Identifier: GPL-2.0-or-later
// Bounded access to untrusted bytes: every read and write can say no.
#pragma once

#include <cstddef>
#include <cstring>
#include <optional>
#include <span>
#include <type_traits>

namespace ixgbe {

using Bytes = std::span<std::byte>;
using ConstBytes = std::span<const std::byte>;

[[nodiscard]] constexpr bool holds(ConstBytes bytes, std::size_t offset, std::size_t length) {
    return offset <= bytes.size() && length <= bytes.size() - offset;
}

template <typename T>
requires std::is_trivially_copyable_v<T>
[[nodiscard]] std::optional<T> read_at(ConstBytes bytes, std::size_t offset) {
    if (!holds(bytes, offset, sizeof(T))) {
        return std::nullopt;
    }
    T value;
    std::memcpy(&value, bytes.data() + offset, sizeof(T));
    return value;
}

// A header where it lies, or null: what is loaded from it has not been through a copy on the stack,
// which would cost each member that is narrower than the copy's words a wait. The frame of a peer
// may be a guest's memory: what is checked and then used is loaded once, into a variable.
template <typename T>
requires std::is_trivially_copyable_v<T>
[[nodiscard]] const T* view_at(ConstBytes bytes, std::size_t offset) {
    static_assert(alignof(T) == 1);
    return holds(bytes, offset, sizeof(T))
               ? static_cast<const T*>(static_cast<const void*>(bytes.data() + offset))
               : nullptr;
}

template <typename T>
requires std::is_trivially_copyable_v<T>
[[nodiscard]] bool write_at(Bytes bytes, std::size_t offset, const T& value) {
    if (!holds(bytes, offset, sizeof(T))) {
        return false;
    }
    std::memcpy(bytes.data() + offset, &value, sizeof(T));
    return true;
}

}  // namespace ixgbe
