// SPDX-License-Identifier: GPL-2.0-or-later
// Bit fields of 32-bit words, named once and checked by the compiler.
#pragma once

#include <concepts>
#include <cstdint>
#include <type_traits>

namespace ixgbe {

// Bits Hi..Lo of the register or descriptor word R, seen as a T (bool for a single bit). A field of
// one word cannot be used on another: R is part of the type.
template <typename R, unsigned Hi, unsigned Lo = Hi,
          typename T = std::conditional_t<Hi == Lo, bool, std::uint32_t>>
struct Field {
    static_assert(Hi < 32 && Lo <= Hi, "a field lies inside a 32-bit word");
    static_assert(Hi == Lo || !std::same_as<T, bool>, "bool names exactly one bit");
    using Word = R;
    using Type = T;
    static constexpr std::uint32_t max = Hi - Lo == 31 ? ~0u : (1u << (Hi - Lo + 1)) - 1;
    static constexpr std::uint32_t mask = max << Lo;
    static constexpr unsigned shift = Lo;
};

// A 32-bit word known to be an R.
template <typename R>
class Value {
public:
    constexpr Value() = default;
    constexpr explicit Value(std::uint32_t raw) : raw_(raw) {}

    template <unsigned Hi, unsigned Lo, typename T>
    [[nodiscard]] constexpr T get(Field<R, Hi, Lo, T> /*field*/) const {
        return static_cast<T>((raw_ & Field<R, Hi, Lo, T>::mask) >> Lo);
    }

    // A copy with the field replaced; bits of v that do not fit are cut off.
    template <unsigned Hi, unsigned Lo, typename T>
    [[nodiscard]] constexpr Value with(Field<R, Hi, Lo, T> /*field*/,
                                       std::type_identity_t<T> v) const {
        using F = Field<R, Hi, Lo, T>;
        return Value((raw_ & ~F::mask) | ((static_cast<std::uint32_t>(v) << Lo) & F::mask));
    }

    [[nodiscard]] constexpr std::uint32_t raw() const { return raw_; }

private:
    std::uint32_t raw_ = 0;
};

}  // namespace ixgbe
