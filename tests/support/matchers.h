// SPDX-License-Identifier: GPL-2.0-or-later
// What tests say about frames, with a message that shows where they differ.
#pragma once

#include <algorithm>
#include <gtest/gtest.h>
#include <span>

#include "frame_builder.h"
#include "hex.h"

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
        failure << "; byte " << left - expected.begin() << " is 0x" << to_hex({right, 1})
                << " instead of 0x" << to_hex({left, 1});
    }
    return failure;
}

// Lengths and checksums of every header are what an independent stack writes.
[[nodiscard]] inline testing::AssertionResult is_consistent(std::span<const std::uint8_t> frame) {
    const std::optional<Decoded> decoded = decode(frame);
    if (decoded && decoded->consistent) {
        return testing::AssertionSuccess();
    }
    return testing::AssertionFailure()
           << "wrong length or checksum in "
           << to_hex(frame.first(std::min<std::size_t>(frame.size(), 80)));
}

}  // namespace x550
