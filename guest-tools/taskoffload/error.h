// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <stdexcept>

namespace taskoffload {

// What the caller asked for makes no sense, or there is no device to ask: exit status 2. The text
// names the thing and what to do.
class UsageError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

}  // namespace taskoffload
