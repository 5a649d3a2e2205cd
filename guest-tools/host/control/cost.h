// SPDX-License-Identifier: GPL-2.0-or-later
// What a megabyte costs the guest with a feature of its driver on and off.
#pragma once

#include "control_trial.h"

namespace host {

struct CostPlan {
    std::string offload;  // what the report calls it
    std::string feature;  // of the driver
    bool six = false;
    std::string mode;  // of the TCP transfer, from the guest: send or receive
};

// Adds {offload: {on, off, unit}} to detail["cost"], or nothing where the driver has no such
// switch, the network no peer, or the machine writes every frame to a file. Says nothing about
// right or wrong. The driver may reset the NIC.
void add_cost(ControlTrial& trial, const CostPlan& plan, Json& detail);

}  // namespace host
