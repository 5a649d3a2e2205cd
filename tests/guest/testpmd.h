// SPDX-License-Identifier: GPL-2.0-or-later
// DPDK's testpmd in a guest, as a person would use it: a prompt, commands, text for answers.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "machine.h"

namespace host {

// Names of lines in a block that testpmd prints, with their numbers: "RX-packets: 12".
using Counts = std::map<std::string, std::uint64_t>;

class Testpmd {
public:
    // Gives every X550 to `driver` (uio_pci_generic, vfio-pci) and starts testpmd with `options`,
    // its threads on `cores` (as DPDK's --lcores has it). Throws with what the program said.
    Testpmd(Machine& machine, const std::string& driver, const std::vector<std::string>& options,
            const std::string& cores = "0,1");
    Testpmd(const Testpmd&) = delete;
    Testpmd& operator=(const Testpmd&) = delete;
    ~Testpmd() = default;

    // What the program prints until it asks for the next command.
    std::string run(const std::string& command);
    // Commands without an answer worth reading.
    void run_all(const std::vector<std::string>& commands);
    // Waits for the link of every port, without which frames are lost, and starts to forward;
    // throws what a port says of itself when it has none.
    void start();
    [[nodiscard]] const std::string& greeting() const { return greeting_; }

    [[nodiscard]] Counts statistics();  // show port stats 0
    [[nodiscard]] Counts extended_statistics();
    // Ends the program; its last words.
    std::string quit();

private:
    void await_link(const std::string& port);

    Machine& machine_;
    std::size_t ports_ = 0;
    std::string greeting_;
};

// All "name: number" of a text.
[[nodiscard]] Counts counts_in(const std::string& text);

}  // namespace host
