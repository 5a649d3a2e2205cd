// SPDX-License-Identifier: GPL-2.0-or-later
#include "environment.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <sstream>

namespace host {
namespace {

std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> out;
    std::istringstream stream(text);
    std::string piece;
    while (std::getline(stream, piece, ':')) {
        out.push_back(piece);
    }
    return out;
}

// A kernel folder names its release in lib/modules.
std::string release_of(const std::filesystem::path& folder) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder / "lib/modules", error)) {
        return entry.path().filename().string();
    }
    return folder.filename().string();
}

}  // namespace

std::string environment(const char* name, const std::string& otherwise) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != 0 ? value : otherwise;
}

std::vector<Qemu> qemus_at_hand() {
    std::vector<Qemu> out;
    const std::string first = environment("X550_QEMU_72");
    if (!first.empty()) {
        out.push_back(
            {"7.2", first, environment("X550_PLUGIN_72"), environment("X550_FIRMWARE_72")});
    }
    const std::string second = environment("X550_QEMU_100");
    if (!second.empty()) {
        out.push_back(
            {"10.0", second, environment("X550_PLUGIN_100"), environment("X550_FIRMWARE_100")});
    }
    return out;
}

std::vector<Kernel> kernels_at_hand() {
    const auto folders = split(environment("X550_KERNELS"));
    const auto initrds = split(environment("X550_INITRDS"));
    auto dpdk_initrds = split(environment("X550_DPDK_INITRDS"));
    dpdk_initrds.resize(folders.size());
    std::vector<Kernel> out;
    for (std::size_t i = 0; i < std::min(folders.size(), initrds.size()); ++i) {
        out.push_back(
            {release_of(folders[i]), folders[i] + "/vmlinuz", initrds[i], dpdk_initrds[i]});
    }
    return out;
}

std::string device_at_hand() {
    return environment("X550_DEVICE", "x550");
}

bool needs_plugin(const std::string& device) {
    return device_model(device) == "x550";
}

}  // namespace host
