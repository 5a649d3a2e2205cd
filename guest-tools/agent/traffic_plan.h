// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <nlohmann/json.hpp>

#include "traffic.h"

namespace agent {

[[nodiscard]] traffic::TcpPlan tcp_plan(const nlohmann::json& args);
[[nodiscard]] traffic::UdpPlan udp_plan(const nlohmann::json& args);

}  // namespace agent
