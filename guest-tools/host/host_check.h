// SPDX-License-Identifier: GPL-2.0-or-later
// What the host's own checks have in common: how their results look.
#pragma once

#include <chrono>
#include <exception>
#include <stdexcept>
#include <string_view>

#include "machine.h"

namespace host {

// The guest or its network lacks what a check needs; the text says what.
class NotOffered : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// Does it and gives a result in the form of the agent's: name, summary, outcome, seconds, and the
// detail that the action returns or the reason why not.
template <typename Action>
[[nodiscard]] Json run_host_check(std::string_view name, std::string_view summary,
                                  const Action& action) {
    Json out{{"name", name}, {"summary", summary}};
    const auto start = std::chrono::steady_clock::now();
    try {
        out["detail"] = action();
        out["outcome"] = "pass";
    } catch (const NotOffered& reason) {
        out["outcome"] = "skip";
        out["reason"] = reason.what();
    } catch (const std::exception& error) {
        out["outcome"] = "fail";
        out["reason"] = error.what();
    }
    out["seconds"] =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return out;
}

}  // namespace host
