// SPDX-License-Identifier: GPL-2.0-or-later
#include "net_namespace.h"

#include <cerrno>
#include <exception>
#include <fcntl.h>
#include <sched.h>
#include <system_error>
#include <thread>
#include <unistd.h>

#include "netlink.h"

namespace wire {
namespace {

void on_own_thread(const std::function<void()>& action) {
    std::exception_ptr failure;
    std::thread([&] {
        try {
            action();
        } catch (...) {
            failure = std::current_exception();
        }
    }).join();
    if (failure) {
        std::rethrow_exception(failure);
    }
}

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

NetNamespace::NetNamespace() {
    // Namespaces belong to threads: one that ends right after leaves only our descriptor behind.
    on_own_thread([this] {
        if (unshare(CLONE_NEWNET) != 0) {
            fail("create a network namespace");
        }
        fd_ = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
        if (fd_ < 0) {
            fail("open the network namespace");
        }
        netlink::set_link_up("lo", true);
    });
}

NetNamespace::~NetNamespace() {
    close(fd_);
}

void NetNamespace::run(const std::function<void()>& action) const {
    on_own_thread([&] {
        if (setns(fd_, CLONE_NEWNET) != 0) {
            fail("enter the network namespace");
        }
        action();
    });
}

void NetNamespace::enter() const {
    (void)setns(fd_, CLONE_NEWNET);
}

bool NetNamespace::available() {
    try {
        const NetNamespace probe;
        return access("/dev/net/tun", R_OK | W_OK) == 0;
    } catch (const std::system_error&) {
        return false;
    }
}

}  // namespace wire
