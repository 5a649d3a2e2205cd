// SPDX-License-Identifier: GPL-2.0-or-later
#include "window.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <x550/task_offload.h>

#include "error.h"

namespace taskoffload {
namespace {

constexpr std::size_t kConfigBytes = 256;
constexpr std::chrono::milliseconds kLockInterval{2};

std::string reason(int error) {
    return std::generic_category().message(error);
}

std::string how_to_get_in(int error) {
    if (error == EACCES) {
        return ": run as root";
    }
    if (error == EPERM) {
        return ": run as root, on a kernel that is not locked down (dmesg says so)";
    }
    return "";
}

std::string hex(std::uint32_t value) {
    std::array<char, 16> text{};
    (void)std::snprintf(text.data(), text.size(), "%08xh", value);
    return text.data();
}

class WindowBlock final : public Block {
public:
    explicit WindowBlock(std::unique_ptr<ConfigFile> config)
        : config_(std::move(config)), position_(config_->capability().position) {}

    std::uint32_t read(std::uint32_t offset) override {
        const Turn turn(*this);
        config_->write(position_ + X550_CAP_OFF_WINDOW, offset);
        return config_->read(position_ + X550_CAP_OFF_WINDOW_DATA);
    }
    void write(std::uint32_t offset, std::uint32_t value) override {
        const Turn turn(*this);
        config_->write(position_ + X550_CAP_OFF_WINDOW, offset);
        config_->write(position_ + X550_CAP_OFF_WINDOW_DATA, value);
    }
    void acquire() override { config_->acquire(); }
    void release() override { config_->release(); }

private:
    std::unique_ptr<ConfigFile> config_;
    std::uint32_t position_;
};

// A block in memory that is mapped; needs no window, and takes turns all the same.
class BarBlock final : public Block {
public:
    BarBlock(std::unique_ptr<ConfigFile> config, const std::string& folder)
        : config_(std::move(config)) {
        const Capability at = config_->capability();
        const std::string path = folder + "/resource" + std::to_string(at.bar);
        const int fd = open(path.c_str(), O_RDWR | O_SYNC | O_CLOEXEC);
        if (fd < 0) {
            throw UsageError(path + ": " + reason(errno) + how_to_get_in(errno));
        }
        struct stat facts {};
        const bool fits = fstat(fd, &facts) == 0 && at.block_length >= X550_LENGTH_VALUE &&
                          std::uint64_t{at.block_offset} + at.block_length <=
                              static_cast<std::uint64_t>(facts.st_size);
        length_ = std::size_t{at.block_offset} + at.block_length;
        map_ =
            fits ? mmap(nullptr, length_, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;
        const int error = errno;
        close(fd);
        if (!fits) {
            throw UsageError(path + ": the block does not lie in it: use the window (no --bar)");
        }
        if (map_ == MAP_FAILED) {
            throw UsageError(path + ": " + reason(error) +
                             ": a driver has claimed it; use the window (no --bar)");
        }
        words_ = static_cast<volatile std::uint32_t*>(map_) + at.block_offset / sizeof(*words_);
    }
    BarBlock(const BarBlock&) = delete;
    BarBlock& operator=(const BarBlock&) = delete;
    ~BarBlock() override { munmap(map_, length_); }

    // PCI is little-endian and so is every machine that has this device.
    std::uint32_t read(std::uint32_t offset) override {
        return offset < X550_LENGTH_VALUE ? words_[offset / sizeof(*words_)] : 0;
    }
    void write(std::uint32_t offset, std::uint32_t value) override {
        if (offset < X550_LENGTH_VALUE) {
            words_[offset / sizeof(*words_)] = value;
        }
    }
    void acquire() override { config_->acquire(); }
    void release() override { config_->release(); }

private:
    std::unique_ptr<ConfigFile> config_;
    void* map_ = MAP_FAILED;
    std::size_t length_ = 0;
    volatile std::uint32_t* words_ = nullptr;
};

}  // namespace

ConfigFile::ConfigFile(const std::string& folder, std::chrono::milliseconds patience)
    : path_(folder + "/config"), patience_(patience), fd_(open(path_.c_str(), O_RDWR | O_CLOEXEC)) {
    if (fd_ < 0) {
        throw UsageError(path_ + ": " + reason(errno) + how_to_get_in(errno));
    }
}

ConfigFile::~ConfigFile() {
    close(fd_);
}

Capability ConfigFile::capability() const {
    std::array<std::uint8_t, kConfigBytes> bytes{};
    const ssize_t got = pread(fd_, bytes.data(), bytes.size(), 0);
    const auto known = got < 0 ? std::size_t{0} : static_cast<std::size_t>(got);
    const auto found = find_capability(std::span(bytes).first(known));
    if (found) {
        return *found;
    }
    if (known < bytes.size()) {
        throw UsageError(path_ + ": only " + std::to_string(known) +
                         " bytes can be read: run as root");
    }
    throw UsageError(path_ +
                     ": no task-offload block: the device is older, or was started with "
                     "task-offload-cap=off");
}

std::uint32_t ConfigFile::read(std::uint32_t position) const {
    std::array<std::uint8_t, 4> bytes{};
    if (pread(fd_, bytes.data(), bytes.size(), position) != std::ssize(bytes)) {
        throw UsageError(path_ + ": reading at " + hex(position) + " failed: " + reason(errno) +
                         ": is the device still there?");
    }
    return x550_pack_bytes(bytes[0], bytes[1], bytes[2], bytes[3]);
}

void ConfigFile::write(std::uint32_t position, std::uint32_t value) const {
    const std::array<std::uint8_t, 4> bytes{x550_byte(value, 0), x550_byte(value, 1),
                                            x550_byte(value, 2), x550_byte(value, 3)};
    if (pwrite(fd_, bytes.data(), bytes.size(), position) != std::ssize(bytes)) {
        throw UsageError(path_ + ": writing at " + hex(position) + " failed: " + reason(errno) +
                         how_to_get_in(errno));
    }
}

void ConfigFile::acquire() {
    if (depth_++ > 0) {
        return;
    }
    const auto deadline = std::chrono::steady_clock::now() + patience_;
    while (flock(fd_, LOCK_EX | LOCK_NB) != 0) {
        if ((errno != EWOULDBLOCK && errno != EINTR) ||
            std::chrono::steady_clock::now() > deadline) {
            depth_ = 0;
            throw UsageError(path_ + ": another program keeps it locked: stop it (fuser " + path_ +
                             " names it)");
        }
        std::this_thread::sleep_for(kLockInterval);
    }
}

void ConfigFile::release() {
    if (--depth_ == 0) {
        (void)flock(fd_, LOCK_UN);
    }
}

std::unique_ptr<Block> open_block(const std::string& folder, Path path) {
    auto config = std::make_unique<ConfigFile>(folder);
    std::unique_ptr<Block> block;
    if (path == Path::Window) {
        block = std::make_unique<WindowBlock>(std::move(config));
    } else {
        block = std::make_unique<BarBlock>(std::move(config), folder);
    }
    check_identity(*block);
    return block;
}

void check_identity(Block& block) {
    const std::uint32_t magic = block.read(X550_MAGIC);
    if (magic != X550_MAGIC_VALUE) {
        throw UsageError("the block's first word reads " + hex(magic) + " instead of " +
                         hex(X550_MAGIC_VALUE) +
                         ": the device is asleep, its memory is disabled, or it is gone");
    }
    const std::uint16_t major = x550_half(block.read(X550_VERSION), 1);
    if (major != X550_VERSION_MAJOR) {
        throw UsageError("the block has layout " + std::to_string(major) + ", this program knows " +
                         std::to_string(X550_VERSION_MAJOR) + ": use the one of the same release");
    }
}

}  // namespace taskoffload
