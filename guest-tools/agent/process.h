// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace agent {

struct ProcessResult {
    int status = 0;  // exit status, or 128 + signal
    bool timed_out = false;
    std::string out;
    std::string err;
};

// Runs a program with its standard streams captured; kills it at the timeout or when `stop` says
// so.
[[nodiscard]] ProcessResult run_process(const std::vector<std::string>& words,
                                        const std::string& input, std::chrono::milliseconds timeout,
                                        const std::function<bool()>& stop = {});

// Runs and throws with the program's own complaint when it fails.
void run_or_throw(const std::vector<std::string>& words);

// Runs a login shell on a terminal; returns its status when it ends.
int run_shell(const std::string& terminal);

}  // namespace agent
