// SPDX-License-Identifier: GPL-2.0-or-later
// The two halves of a TCP pattern, shared by client and server.
#pragma once

#include "socket_io.h"
#include "traffic.h"
#include "traffic_wire.h"

namespace traffic {

inline constexpr std::uint64_t kNothingBad = ~std::uint64_t{0};

[[nodiscard]] Verdict stream_out(int fd, const Hello& hello, Clock::time_point deadline,
                                 const Stop& stop);
[[nodiscard]] Verdict stream_in(int fd, const Hello& hello, Clock::time_point deadline,
                                const Stop& stop);
// The server's side of one connection.
void answer_stream(int fd, Clock::time_point deadline, const Stop& stop);

}  // namespace traffic
