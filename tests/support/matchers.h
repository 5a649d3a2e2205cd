// SPDX-License-Identifier: GPL-2.0-or-later
// What tests say about frames, with a message that shows where they differ.
#pragma once

#include <algorithm>
#include <gtest/gtest.h>
#include <iomanip>
#include <span>

#include "frame_builder.h"

namespace x550 {

[[nodiscard]] inline testing::AssertionResult same_bytes(std::span<const std::uint8_t> expected,
                                                         std::span<const std::uint8_t> actual) {
    const std::size_t common = std::min(expected.size(), actual.size());
    const auto [left, right] = std::mismatch(
        expected.begin(), expected.begin() + static_cast<std::ptrdiff_t>(common), actual.begin());
    if (expected.size() == actual.size() && left == expected.end()) {
        return testing::AssertionSuccess();
    }
    auto failure = testing::AssertionFailure();
    failure << expected.size() << " bytes expected, " << actual.size() << " found";
    if (left != expected.begin() + static_cast<std::ptrdiff_t>(common)) {
        failure << "; byte " << left - expected.begin() << " is 0x" << std::hex
                << static_cast<unsigned>(*right) << " instead of 0x"
                << static_cast<unsigned>(*left);
    }
    return failure;
}

// Lengths and checksums of every header are what an independent stack writes.
[[nodiscard]] inline testing::AssertionResult is_consistent(std::span<const std::uint8_t> frame) {
    const std::optional<Decoded> decoded = decode(frame);
    if (decoded && decoded->consistent) {
        return testing::AssertionSuccess();
    }
    auto failure = testing::AssertionFailure() << "wrong length or checksum in" << std::hex;
    for (std::size_t i = 0; i < std::min<std::size_t>(frame.size(), 80); ++i) {
        failure << (i % 16 == 0 ? "\n " : " ") << std::setw(2) << std::setfill('0')
                << static_cast<unsigned>(frame[i]);
    }
    return failure;
}

}  // namespace x550
