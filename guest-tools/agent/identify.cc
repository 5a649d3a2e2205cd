// SPDX-License-Identifier: GPL-2.0-or-later
#include "identify.h"

#include <algorithm>
#include <array>
#include <dirent.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <stdexcept>
#include <sys/utsname.h>
#include <unistd.h>
#include <vector>

#include "command.h"
#include "encode.h"
#include "ethtool.h"
#include "file_text.h"
#include "netlink.h"

namespace agent {
namespace {

namespace fs = std::filesystem;

// virtio network devices have the virtio device between the interface and the PCI function.
fs::path pci_folder(const std::string& ifname) {
    std::error_code error;
    const fs::path device = fs::canonical("/sys/class/net/" + ifname + "/device", error);
    if (error) {
        return {};
    }
    const bool behind =
        !fs::exists(device / "vendor") && fs::exists(device.parent_path() / "vendor");
    const bool is_virtio = device.filename().string().compare(0, 6, "virtio") == 0;
    return behind || is_virtio ? device.parent_path() : device;
}

bool on_pci(const std::string& ifname) {
    const fs::path device = pci_folder(ifname);
    return !device.empty() && link_name((device / "subsystem").string()) == "pci";
}

std::vector<std::string> nics() {
    std::vector<std::string> out;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator("/sys/class/net", error)) {
        if (on_pci(entry.path().filename().string())) {
            out.push_back(entry.path().filename().string());
        }
    }
    std::sort(out.begin(), out.end());
    return out;
}

std::uint64_t interrupts_taken(const std::set<std::string>& lines) {
    std::ifstream file("/proc/interrupts");
    std::string text;
    std::uint64_t total = 0;
    while (std::getline(file, text)) {
        std::istringstream words(text);
        std::string line;
        words >> line;
        if (line.empty() || !lines.contains(line.substr(0, line.size() - 1))) {
            continue;
        }
        std::uint64_t count = 0;
        while (words >> count) {
            total += count;
        }
    }
    return total;
}

std::string pci_id(const fs::path& device, const char* vendor, const char* id) {
    const std::string left = read_file((device / vendor).string());
    const std::string right = read_file((device / id).string());
    return (left.size() > 2 ? left.substr(2) : left) + ":" +
           (right.size() > 2 ? right.substr(2) : right);
}

Json identify(Job& job) {
    utsname kernel{};
    uname(&kernel);
    return {{"kernel", kernel.release},
            {"cpus", sysconf(_SC_NPROCESSORS_ONLN)},
            {"nics", nics()},
            {"nic", identify_nic(job.ifname())}};
}

Json interrupts(Job& job) {
    return interrupt_facts(job.ifname());
}

Json pci_config(Job& job) {
    std::ifstream file(pci_folder(job.ifname()) / "config", std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    return {{"hex", to_hex(std::as_bytes(std::span(bytes.data(), bytes.size())))}};
}

constexpr std::array kCommands{
    Command{"identify", "kernel, CPUs, the NIC, its driver, PCI ids and interrupt mode", identify},
    Command{"interrupts", "interrupt mode, vectors and counts", interrupts},
    Command{"pci.config", "the NIC's PCI configuration space as hex", pci_config},
};

}  // namespace

std::string first_nic() {
    const auto found = nics();
    if (found.empty()) {
        throw std::runtime_error("the guest has no PCI network interface");
    }
    return found.front();
}

nlohmann::json interrupt_facts(const std::string& ifname) {
    const fs::path device = pci_folder(ifname);
    std::set<std::string> lines;
    std::string mode = "intx";
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(device / "msi_irqs", error)) {
        lines.insert(entry.path().filename().string());
        mode = read_file(entry.path().string());
    }
    if (lines.empty()) {
        lines.insert(read_file((device / "irq").string()));
    }
    return {{"mode", mode}, {"vectors", lines.size()}, {"taken", interrupts_taken(lines)}};
}

nlohmann::json identify_nic(const std::string& ifname) {
    const fs::path device = pci_folder(ifname);
    const auto link = netlink::find_link(ifname);
    Json out{{"ifname", ifname},
             {"pci_address", device.filename().string()},
             {"pci_id", pci_id(device, "vendor", "device")},
             {"subsystem_id", pci_id(device, "subsystem_vendor", "subsystem_device")},
             {"interrupts", interrupt_facts(ifname)},
             {"driver", driver_info(ifname)}};
    if (link) {
        out["mac"] = link->mac;
        out["mtu"] = link->mtu;
        out["up"] = link->up;
        out["carrier"] = link->carrier;
    }
    return out;
}

CommandTable identify_commands() {
    return kCommands;
}

}  // namespace agent
