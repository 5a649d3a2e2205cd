// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

#include "net_namespace.h"

namespace wire {

// A tap interface inside a namespace. Its descriptor goes to QEMU or to a Wire's relay.
class Tap {
public:
    enum class Header { none, vnet };

    Tap(const NetNamespace& space, std::string name, Header header);
    Tap(const Tap&) = delete;
    Tap& operator=(const Tap&) = delete;
    ~Tap();

    [[nodiscard]] int fd() const { return fd_; }
    [[nodiscard]] const std::string& name() const { return name_; }

private:
    std::string name_;
    int fd_ = -1;
};

}  // namespace wire
