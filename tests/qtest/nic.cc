// SPDX-License-Identifier: GPL-2.0-or-later
#include "nic.h"

#include <stdexcept>

namespace x550 {

namespace {

constexpr std::size_t kFrameBytesMax = 2048;
constexpr std::int64_t kTraining = 200 * kMillisecond;

Bytes bytes_of(const Descriptor& descriptor) {
    Bytes bytes;
    for (const std::uint32_t word : descriptor) {
        for (unsigned shift = 0; shift < 32; shift += 8) {
            bytes.push_back(static_cast<std::uint8_t>(word >> shift));
        }
    }
    return bytes;
}

}  // namespace

Descriptor data_descriptor(std::uint64_t address, std::uint32_t bytes, std::uint32_t frame_bytes,
                           std::uint32_t flags) {
    return {low(address), high(address), bytes | TxData::dtyp | TxData::dext | TxData::ifcs | flags,
            frame_bytes << TxData::paylen_shift};
}

// ---- Transmit ----

TxRing::TxRing(Nic& nic, unsigned queue_number, unsigned count)
    : base(nic.qemu().allocate(std::size_t{count} * kDescriptorBytes)),
      queue(queue_number),
      entries(count),
      nic_(nic),
      buffers_(nic.qemu().allocate(count * kFrameBytesMax)) {}

void TxRing::enable() {
    tail = 0;
    nic_.qemu().write_memory(base, Bytes(std::size_t{entries} * kDescriptorBytes));
    nic_.write(TXDCTL::at(queue), 0);
    nic_.write(TDBAL::at(queue), low(base));
    nic_.write(TDBAH::at(queue), high(base));
    nic_.write(TDLEN::at(queue), entries * kDescriptorBytes);
    nic_.write(TDH::at(queue), 0);
    nic_.write(TDT::at(queue), 0);
    nic_.write(TXDCTL::at(queue), TXDCTL::enable);
}

void TxRing::push(const Descriptor& descriptor) {
    nic_.qemu().write_memory(base + std::uint64_t{tail} * kDescriptorBytes, bytes_of(descriptor));
    tail = (tail + 1) % entries;
}

void TxRing::push_frame(const Frame& frame, bool report) {
    const std::uint64_t buffer = buffers_ + tail * kFrameBytesMax;
    nic_.qemu().write_memory(buffer, frame);
    const auto bytes = static_cast<std::uint32_t>(frame.size());
    push(data_descriptor(buffer, bytes, bytes, TxData::eop | (report ? TxData::rs : 0)));
}

void TxRing::kick() {
    nic_.write(TDT::at(queue), tail);
}

bool TxRing::done(unsigned index) {
    const std::uint64_t status = base + std::uint64_t{index} * kDescriptorBytes + 12;
    return (nic_.qemu().read(32, status) & TxData::dd) != 0;
}

bool TxRing::send(const Frame& frame) {
    const unsigned index = tail;
    push_frame(frame);
    kick();
    return nic_.qemu().wait_until([&] { return done(index); });
}

bool TxRing::idle() {
    return nic_.read(TDH::at(queue)) == nic_.read(TDT::at(queue));
}

// ---- Receive ----

RxRing::RxRing(Nic& nic, unsigned queue_number, unsigned count)
    : base(nic.qemu().allocate(std::size_t{count} * kDescriptorBytes)),
      buffers(nic.qemu().allocate(std::size_t{count} * kBufferBytes)),
      queue(queue_number),
      entries(count),
      nic_(nic) {}

void RxRing::enable() {
    next = 0;
    tail = 0;
    nic_.write(RXDCTL::at(queue), 0);
    nic_.write(RDBAL::at(queue), low(base));
    nic_.write(RDBAH::at(queue), high(base));
    nic_.write(RDLEN::at(queue), entries * kDescriptorBytes);
    nic_.write(SRRCTL::at(queue),
               kBufferBytes / 1024 | static_cast<std::uint32_t>(RxDescriptorType::one_buffer)
                                         << SRRCTL::desctype_shift);
    nic_.write(RDH::at(queue), 0);
    nic_.write(RDT::at(queue), 0);
    nic_.write(RXDCTL::at(queue), RXDCTL::enable);
}

void RxRing::post(unsigned count) {
    for (unsigned i = 0; i < count; ++i) {
        const std::uint64_t buffer = buffers + std::uint64_t{tail} * kBufferBytes;
        nic_.qemu().write_memory(base + std::uint64_t{tail} * kDescriptorBytes,
                                 bytes_of({low(buffer), high(buffer), 0, 0}));
        tail = (tail + 1) % entries;
    }
    nic_.write(RDT::at(queue), tail);
}

std::uint32_t RxRing::status(unsigned index) {
    return static_cast<std::uint32_t>(
        nic_.qemu().read(32, base + std::uint64_t{index} * kDescriptorBytes + 8));
}

bool RxRing::ready() {
    return (status(next) & RxWriteBack::dd) != 0;
}

std::optional<Frame> RxRing::receive(bool repost) {
    Frame frame;
    for (unsigned used = 0; used < entries; ++used) {
        if (!nic_.qemu().wait_until([this] { return ready(); })) {
            return std::nullopt;
        }
        const std::uint64_t lengths = base + std::uint64_t{next} * kDescriptorBytes + 12;
        const auto bytes = static_cast<std::size_t>(nic_.qemu().read(16, lengths));
        const Bytes piece =
            nic_.qemu().read_memory(buffers + std::uint64_t{next} * kBufferBytes, bytes);
        frame.insert(frame.end(), piece.begin(), piece.end());
        const bool last = (status(next) & RxWriteBack::eop) != 0;
        next = (next + 1) % entries;
        if (repost) {
            post(1);
        }
        if (last) {
            return frame;
        }
    }
    return std::nullopt;
}

// ---- The device ----

void Nic::attach() {
    registers = pci_.map_bar(0);
    msix = pci_.map_bar(4);
    pci_.enable();
}

void Nic::reset() {
    write(CTRL::at(), CTRL::rst);
}

void Nic::start() {
    write(FCTRL::at(), FCTRL::bam | FCTRL::mpe | FCTRL::upe);
    write(DMATXCTL::at(), DMATXCTL::te);
    write(RXCTRL::at(), RXCTRL::rxen);
}

bool Nic::wait_link(Milliseconds patience) {
    if (!link_up()) {
        qemu_.clock_step(kTraining);
    }
    return qemu_.wait_until([this] { return link_up(); }, patience);
}

testing::AssertionResult Nic::still_works(Wire& wire) {
    pci_.set_power_state(0);
    pci_.write(32, pci::kBar0, low(registers.address));
    pci_.write(32, pci::kBar0 + 4, high(registers.address));
    pci_.enable();
    reset();
    write(CTRL::at(), CTRL::rst | CTRL::lnk_rst);
    if (!wait_link()) {
        return testing::AssertionFailure() << "the link does not come up";
    }
    start();
    TxRing tx(*this, 0, 32);
    RxRing rx(*this, 0, 32);
    tx.enable();
    rx.enable();
    rx.post(31);
    static unsigned number = 0x5000'0000;
    const Frame out = make_frame(200, ++number, kPeerMac, kDeviceMac);
    const Frame in = make_frame(300, ++number);
    tx.push_frame(out);
    tx.kick();
    // What the test made the device send before may still be on the wire, and what it was sent in
    // the ring.
    for (std::optional<Frame> frame = wire.receive(); frame != out; frame = wire.receive()) {
        if (!frame) {
            return testing::AssertionFailure() << "a frame sent does not come to the wire";
        }
    }
    if (!qemu_.wait_until([&] { return tx.done(0); })) {
        return testing::AssertionFailure() << "the descriptor of a frame is not reported";
    }
    wire.send(in);
    for (std::optional<Frame> frame = rx.receive(); frame != in; frame = rx.receive()) {
        if (!frame) {
            return testing::AssertionFailure() << "a frame from the wire does not come to the ring";
        }
    }
    return testing::AssertionSuccess();
}

void place_behind_root_port(PciFunction& port, Nic& nic) {
    constexpr unsigned kSecondaryBus = 0x19;
    constexpr unsigned kLastBusBehind = 0x1A;
    constexpr unsigned kPrefetchableBase = 0x24;
    constexpr unsigned kPrefetchableLimit = 0x26;
    port.write(8, kSecondaryBus, 1);
    port.write(8, kLastBusBehind, 1);
    nic.attach();
    port.write(16, kPrefetchableBase, static_cast<std::uint32_t>(nic.registers.address >> 16));
    port.write(16, kPrefetchableLimit, static_cast<std::uint32_t>((nic.msix.address >> 16) + 0xF));
    port.set_command_bits(pci::kCommandMemory | pci::kCommandMaster, true);
}

// ---- The machine ----

// Until then the backend throws frames away. The event that tells may have come before QMP was
// ready for it.
void wait_connected(Qemu& qemu) {
    if (!qemu.wait_until([&] {
            return qemu.hmp("info network").find("type=stream,unix:") != std::string::npos;
        })) {
        throw std::runtime_error("the stream backend does not connect");
    }
}

Launch Machine::launch(const Options& options) {
    Launch launch;
    launch.add({"-machine", options.machine});
    const std::string fd = launch.pass(wire.take_qemu_end());
    launch.add({"-netdev", "stream,id=wire,server=off,addr.type=fd,addr.str=" + fd});
    launch.add({"-device", "x550,id=nic,netdev=wire,mac=52:54:00:12:34:56,addr=" +
                               std::to_string(kSlot) + options.device});
    launch.arguments.insert(launch.arguments.end(), options.extra.begin(), options.extra.end());
    return launch;
}

Machine::Machine(const Options& options) : qemu(launch(options)) {
    wait_connected(qemu);
    if (options.attach) {
        nic.attach();
        if (!nic.wait_link()) {
            throw std::runtime_error("the link does not come up");
        }
        nic.start();
    }
}

}  // namespace x550
