// SPDX-License-Identifier: GPL-2.0-or-later
// A driver for the X550 that speaks registers and memory only.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "datasheet.h"
#include "frame_builder.h"
#include "machine.h"

namespace x550 {

class GuestDriver {
public:
    explicit GuestDriver(Machine& machine) : machine_(machine) {}

    [[nodiscard]] Machine& machine() const { return machine_; }

    template <typename R>
    [[nodiscard]] std::uint32_t read(std::uint32_t index = 0) const {
        return machine_.read(R::at(index));
    }
    template <typename R>
    void write(std::uint32_t value) const {
        machine_.write(R::at(), value);
    }
    template <typename R>
    void write(std::uint32_t index, std::uint32_t value) const {
        machine_.write(R::at(index), value);
    }
    template <typename R>
    void set(std::uint32_t bits, std::uint32_t index = 0) const {
        machine_.write(R::at(index), read<R>(index) | bits);
    }
    template <typename R>
    void clear(std::uint32_t bits, std::uint32_t index = 0) const {
        machine_.write(R::at(index), read<R>(index) & ~bits);
    }

    // CTRL.RST, wait for the link, transmit and receive units on, broadcast accepted.
    void bring_up() const;
    void reset() const { set<CTRL>(CTRL::rst); }

    // GPIE, EIAC and EIAM as a driver with one vector a queue sets them.
    void use_msix() const;
    void use_legacy_interrupts() const;
    void map_rx_interrupt(unsigned queue, unsigned vector) const;
    void map_tx_interrupt(unsigned queue, unsigned vector) const;
    void map_other_interrupt(unsigned vector) const;
    void map_tcp_timer_interrupt(unsigned vector) const;
    void unmask_vectors() const;
    void unmask_vector(unsigned vector) const;

    // PHY registers through MDIO clause 45.
    [[nodiscard]] std::uint16_t mdio_read(unsigned port, unsigned device, std::uint16_t reg) const;
    void mdio_write(unsigned port, unsigned device, std::uint16_t reg, std::uint16_t value) const;

    // The host interface: the request's bytes go out, the same number of reply bytes come back;
    // nothing if the firmware gives no valid status.
    [[nodiscard]] std::optional<Frame> firmware(const Frame& request,
                                                std::size_t reply_bytes) const;
    [[nodiscard]] std::vector<std::uint16_t> nvm_read(unsigned word, unsigned count) const;
    void nvm_write(unsigned word, std::uint16_t value) const;

    // Turns MAC loopback on, the way the driver's self-test does.
    void enable_loopback() const;
    void set_mac_filter(unsigned index, const Mac& mac, bool valid = true) const;
    void set_vlan_filter(unsigned vid) const;
    void set_rss_key(std::span<const std::uint8_t> key) const;
    void set_reta(unsigned entry, unsigned queue) const;

private:
    void mdio_cycle(unsigned port, unsigned device, std::uint32_t rest) const;
    Machine& machine_;
};

using Descriptor = std::array<std::uint32_t, 4>;

// What a packet asks of the device, in the words of the context descriptor.
struct Context {
    std::uint32_t maclen = kEthBytes;
    std::uint32_t iplen = kIpv4Bytes;
    std::uint32_t l4len = 0;
    std::uint32_t mss = 0;
    std::uint16_t vlan = 0;
    std::uint32_t type = TxContext::l4_tcp;  // TUCMD: L4T and IPV4
    unsigned slot = 0;
    std::uint32_t outer_iplen = 0;  // native tunnels: OUTERIPCS in the data descriptor
    std::uint32_t tunnellen = 0;
};

struct TxOptions {
    std::uint32_t size = 64;
    std::uint32_t wthresh = 0;
    bool head_write_back = false;
    bool enable = true;
};

class TxRing {
public:
    explicit TxRing(const GuestDriver& driver, unsigned queue = 0, const TxOptions& options = {});

    // Puts a descriptor at the tail without telling the device; the index it got.
    std::uint32_t put(const Descriptor& descriptor);
    std::uint32_t put_context(const Context& context);
    void kick() const;  // TDT

    struct Flags {
        std::uint32_t command = TxData::eop | TxData::ifcs | TxData::rs;
        std::uint32_t options = 0;  // word 3 without PAYLEN
        std::optional<std::uint32_t> paylen{};
    };
    // One advanced packet in buffers of the given sizes (the rest in the last one); index of its
    // last descriptor.
    std::uint32_t put_packet(const Frame& bytes, const Flags& flags,
                             const std::vector<std::size_t>& pieces = {});
    std::uint32_t put_packet(const Frame& bytes) { return put_packet(bytes, Flags{}); }
    std::uint32_t put_legacy(const Frame& bytes, std::uint32_t command, std::uint32_t cso = 0,
                             std::uint32_t word3 = 0);
    // put_packet, kick and run.
    std::uint32_t send(const Frame& bytes);
    std::uint32_t send(const Frame& bytes, const Flags& flags,
                       const std::vector<std::size_t>& pieces = {});

    [[nodiscard]] bool done(std::uint32_t index) const;  // DD
    [[nodiscard]] Descriptor at(std::uint32_t index) const;
    [[nodiscard]] std::uint32_t head() const { return driver_.read<TDH>(queue_); }
    [[nodiscard]] std::uint32_t tail() const { return tail_; }
    [[nodiscard]] std::uint32_t size() const { return options_.size; }
    [[nodiscard]] std::uint64_t base() const { return base_; }
    [[nodiscard]] std::uint64_t head_write_back_address() const { return write_back_; }
    // After a reset: the same memory once more, from index 0.
    void program();

private:
    GuestDriver driver_;
    unsigned queue_;
    TxOptions options_;
    std::uint64_t base_;
    std::uint64_t write_back_ = 0;
    std::uint32_t tail_ = 0;
};

struct RxOptions {
    std::uint32_t size = 64;
    RxDescriptorType type = RxDescriptorType::one_buffer;
    std::uint32_t buffer_kb = 2;
    std::uint32_t header_bytes = 256;
    bool drop_en = false;
    std::uint32_t rxdctl = 0;  // RLPML, VME
    bool fill = true;
    bool enable = true;
};

struct RxPacket {
    Frame bytes;   // without what went to the header buffer
    Frame header;  // header split
    std::vector<Descriptor> descriptors;
    bool legacy = false;

    [[nodiscard]] const Descriptor& last() const { return descriptors.back(); }
    [[nodiscard]] std::uint32_t status() const { return legacy ? last()[3] & 0xFFFF : last()[2]; }
    [[nodiscard]] bool has(std::uint32_t bits) const { return (status() & bits) == bits; }
    [[nodiscard]] std::uint32_t type() const { return last()[0] & RxWriteBack::type_mask; }
    [[nodiscard]] std::uint32_t rss_type() const { return last()[0] & RxWriteBack::rss_type_mask; }
    [[nodiscard]] std::uint32_t hash() const { return last()[1]; }
    [[nodiscard]] std::uint16_t vlan() const { return static_cast<std::uint16_t>(last()[3] >> 16); }
};

// A packet of a ring that coalesces.
struct RxUnit {
    Frame bytes;
    std::vector<std::uint32_t> slots;
    std::vector<Descriptor> descriptors;
    unsigned segments = 0;  // what RSCCNT adds up to; 0: an ordinary packet

    [[nodiscard]] std::uint32_t status() const { return descriptors.back()[2]; }
};

class RxRing {
public:
    explicit RxRing(const GuestDriver& driver, unsigned queue = 0, const RxOptions& options = {});

    // Hands `count` more buffers to the device.
    void fill(std::uint32_t count);
    void fill_all();
    // The next packet, if it is complete; its descriptors are not given back.
    std::optional<RxPacket> take();
    std::vector<RxPacket> take_all();
    // All that are complete, by RSCCNT and NEXTP.
    std::vector<RxUnit> take_units();

    [[nodiscard]] std::uint32_t head() const { return driver_.read<RDH>(queue_); }
    [[nodiscard]] std::uint32_t next() const { return next_; }
    [[nodiscard]] std::uint64_t base() const { return base_; }
    [[nodiscard]] Descriptor at(std::uint32_t index) const;
    void put(std::uint32_t index, const Descriptor& descriptor) const;
    [[nodiscard]] std::uint32_t size() const { return options_.size; }
    void program();

private:
    [[nodiscard]] std::uint32_t done_mask() const;
    GuestDriver driver_;
    unsigned queue_;
    RxOptions options_;
    std::uint64_t base_;
    std::vector<std::uint64_t> buffers_;
    std::vector<std::uint64_t> headers_;
    std::uint32_t next_ = 0;
    std::uint32_t tail_ = 0;
    std::uint32_t posted_ = 0;
};

[[nodiscard]] constexpr std::uint32_t rlpml(std::uint32_t bytes) {
    return RXDCTL::rlpml_en | bytes;
}

}  // namespace x550
