// SPDX-License-Identifier: GPL-2.0-or-later
// The ioctl behind every question to ethtool.
#pragma once

#include <string>

namespace agent {

// `request` begins with its command; throws with `what` in the text when the driver refuses.
void ethtool_call(const std::string& ifname, void* request, const char* what);

}  // namespace agent
