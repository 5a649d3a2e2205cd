// SPDX-License-Identifier: GPL-2.0-or-later
#include "pci.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <x550/task_offload.h>

#include "error.h"

namespace taskoffload {
namespace {

namespace fs = std::filesystem;

constexpr const char* kVendor = "0x8086";
constexpr const char* kDevice = "0x1563";
constexpr std::size_t kStatus = 0x06;
constexpr unsigned kHasCapabilities = 0x10;
constexpr std::size_t kFirstCapability = 0x34;
constexpr std::size_t kCapabilityArea = 0x40;  // the header ends here
constexpr int kMostCapabilities = 48;          // as many as fit: a longer list is a loop

std::string first_word(const fs::path& path) {
    std::ifstream file(path);
    std::string word;
    file >> word;
    return word;
}

std::uint32_t le32(std::span<const std::uint8_t> bytes, std::size_t at) {
    return x550_pack_bytes(bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]);
}

bool is_ours(std::span<const std::uint8_t> capability) {
    return capability[X550_CAP_OFF_ID] == X550_CAP_ID &&
           capability[X550_CAP_OFF_LENGTH] >= X550_CAP_LENGTH &&
           le32(capability, X550_CAP_OFF_SIGNATURE) == X550_CAP_SIGNATURE &&
           capability[X550_CAP_OFF_VERSION] == X550_CAP_VERSION_1;
}

std::string listed(const std::vector<std::string>& found) {
    std::string out;
    for (const std::string& address : found) {
        out += (out.empty() ? "" : ", ") + address;
    }
    return out;
}

}  // namespace

std::vector<std::string> x550_functions(const std::string& folder) {
    std::vector<std::string> out;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        if (first_word(entry.path() / "vendor") == kVendor &&
            first_word(entry.path() / "device") == kDevice) {
            out.push_back(entry.path().filename().string());
        }
    }
    std::sort(out.begin(), out.end());
    return out;
}

std::string choose_function(const std::vector<std::string>& found, const std::string& wanted) {
    if (found.empty()) {
        throw UsageError(
            "no X550 (8086:1563) in this machine: start QEMU with -device x550 "
            "(lspci -d 8086:1563 shows it)");
    }
    if (wanted.empty()) {
        if (found.size() > 1) {
            throw UsageError("several X550 functions: choose one with --device: " + listed(found));
        }
        return found.front();
    }
    for (const std::string& address : found) {
        if (address == wanted || address == "0000:" + wanted) {
            return address;
        }
    }
    throw UsageError("--device " + wanted + " is no X550 function; there is: " + listed(found));
}

std::optional<Capability> find_capability(std::span<const std::uint8_t> config) {
    if (config.size() < kCapabilityArea || (config[kStatus] & kHasCapabilities) == 0) {
        return std::nullopt;
    }
    std::size_t at = config[kFirstCapability] & ~std::size_t{3};
    for (int i = 0; i < kMostCapabilities && at >= kCapabilityArea; ++i) {
        if (at + 2 > config.size()) {
            break;
        }
        if (at + X550_CAP_LENGTH <= config.size()) {
            const auto bytes = config.subspan(at, X550_CAP_LENGTH);
            if (is_ours(bytes)) {
                return Capability{static_cast<std::uint32_t>(at), bytes[X550_CAP_OFF_BAR],
                                  le32(bytes, X550_CAP_OFF_BLOCK),
                                  le32(bytes, X550_CAP_OFF_BLOCK_LENGTH)};
            }
        }
        at = config[at + X550_CAP_OFF_NEXT] & ~std::size_t{3};
    }
    return std::nullopt;
}

}  // namespace taskoffload
