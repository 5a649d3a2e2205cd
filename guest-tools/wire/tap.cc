// SPDX-License-Identifier: GPL-2.0-or-later
#include "tap.h"

#include <cerrno>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace wire {

Tap::Tap(const NetNamespace& space, std::string name, Header header) : name_(std::move(name)) {
    space.run([&] {
        fd_ = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
        ifreq request{};
        name_.copy(&request.ifr_name[0], IFNAMSIZ - 1);
        request.ifr_flags =
            static_cast<short>(IFF_TAP | IFF_NO_PI | (header == Header::vnet ? IFF_VNET_HDR : 0));
        if (fd_ < 0 || ioctl(fd_, TUNSETIFF, &request) != 0) {
            throw std::system_error(errno, std::generic_category(), "tap interface " + name_);
        }
    });
}

Tap::~Tap() {
    close(fd_);
}

}  // namespace wire
