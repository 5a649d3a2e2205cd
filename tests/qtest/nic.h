// SPDX-License-Identifier: GPL-2.0-or-later
// The smallest driver that can use the device, and a machine to use it in.
#pragma once

#include <gtest/gtest.h>
#include <memory>

#include "datasheet.h"
#include "pci_function.h"
#include "wire.h"

namespace x550 {

inline constexpr std::int64_t kMillisecond = 1'000'000;

// A descriptor as four words.
using Descriptor = std::array<std::uint32_t, 4>;

class Nic;

class TxRing {
public:
    TxRing(Nic& nic, unsigned queue_number, unsigned count);
    void enable();
    // Writes one descriptor at the tail; kick() tells the device.
    void push(const Descriptor& descriptor);
    void push_frame(const Frame& frame, bool report = true);
    void kick();
    [[nodiscard]] bool done(unsigned index);
    // The frame alone, until the device has reported it.
    [[nodiscard]] bool send(const Frame& frame);
    [[nodiscard]] bool idle();  // head has come to the tail

    std::uint64_t base = 0;
    unsigned queue;
    unsigned entries;
    unsigned tail = 0;

private:
    Nic& nic_;
    std::uint64_t buffers_;
};

class RxRing {
public:
    static constexpr unsigned kBufferBytes = 2048;

    RxRing(Nic& nic, unsigned queue_number, unsigned count);
    void enable();
    // Hands `count` more descriptors to the device.
    void post(unsigned count);
    [[nodiscard]] bool ready();
    // The next frame, all its descriptors together; its descriptors are posted again.
    [[nodiscard]] std::optional<Frame> receive(bool repost = true);

    std::uint64_t base = 0;
    std::uint64_t buffers = 0;
    unsigned queue;
    unsigned entries;
    unsigned next = 0;
    unsigned tail = 0;

private:
    [[nodiscard]] std::uint32_t status(unsigned index);
    Nic& nic_;
};

class Nic {
public:
    Nic(Qemu& qemu, PciFunction& pci) : qemu_(qemu), pci_(pci) {}

    // Maps the BARs and enables memory and DMA.
    void attach();
    [[nodiscard]] std::uint32_t read(std::uint32_t offset) {
        return static_cast<std::uint32_t>(qemu_.read(32, registers.address + offset));
    }
    void write(std::uint32_t offset, std::uint32_t value) {
        qemu_.write(32, registers.address + offset, value);
    }
    void reset();
    // Both units on, everything accepted.
    void start();
    // Lets the link train; false if it does not come up.
    bool wait_link(Milliseconds patience = Milliseconds(5000));
    [[nodiscard]] bool link_up() { return (read(LINKS::at()) & LINKS::up) != 0; }
    // Reset, new rings, one frame each way: whatever was done to the device, it must still work.
    [[nodiscard]] testing::AssertionResult still_works(Wire& wire);

    [[nodiscard]] Qemu& qemu() { return qemu_; }
    [[nodiscard]] PciFunction& pci() { return pci_; }

    Bar registers;
    Bar msix;

private:
    Qemu& qemu_;
    PciFunction& pci_;
};

// Places a device that is alone behind a root port, as firmware would: numbers of the buses, BARs
// and the port's window to them.
void place_behind_root_port(PciFunction& port, Nic& nic);

// A PC with one X550 on a wire.
class Machine {
public:
    static constexpr unsigned kSlot = 4;

    struct Options {
        std::string machine = "pc";
        std::string device{};              // more properties, ",name=value"
        std::vector<std::string> extra{};  // more of the command line
        bool attach = true;                // map and start the device
    };

    Machine() : Machine(Options{}) {}
    explicit Machine(const Options& options);

    Wire wire;
    Qemu qemu;
    PciFunction pci{qemu, 0, kSlot};
    Nic nic{qemu, pci};

private:
    [[nodiscard]] Launch launch(const Options& options);
};

// A stream backend is ready some time after QEMU has started.
void wait_connected(Qemu& qemu);

// Two x550 words of a buffer address.
[[nodiscard]] constexpr std::uint32_t low(std::uint64_t address) {
    return static_cast<std::uint32_t>(address);
}
[[nodiscard]] constexpr std::uint32_t high(std::uint64_t address) {
    return static_cast<std::uint32_t>(address >> 32);
}

// An advanced data descriptor for a whole frame.
[[nodiscard]] Descriptor data_descriptor(std::uint64_t address, std::uint32_t bytes,
                                         std::uint32_t frame_bytes, std::uint32_t flags);

}  // namespace x550
