// SPDX-License-Identifier: GPL-2.0-or-later
// Reproducible choices for tests.
#pragma once

#include <cstdint>
#include <random>

namespace x550 {

class Random {
public:
    explicit Random(std::uint32_t seed) : engine_(seed) {}
    [[nodiscard]] std::uint32_t word() { return static_cast<std::uint32_t>(engine_()); }
    [[nodiscard]] std::uint32_t below(std::uint32_t limit) { return word() % limit; }
    [[nodiscard]] bool one_in(std::uint32_t n) { return below(n) == 0; }

private:
    std::mt19937 engine_;
};

}  // namespace x550
