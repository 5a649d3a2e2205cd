// SPDX-License-Identifier: GPL-2.0-or-later
#include "nic/rx_coalescing.h"

#include <algorithm>

#include "net/headers.h"
#include "nic/pools.h"
#include "nic/rx_describe.h"
#include "regs/interrupt.h"
#include "regs/link.h"
#include "regs/rx.h"

namespace ixgbe {

namespace {

constexpr std::size_t kMinBufferKilobytes = 2;
constexpr std::size_t kMinHeaderBuffer = 128;
constexpr std::size_t kMinFrame = 60;  // without FCS

RxBytes without_tag(ConstBytes header, std::size_t tag_offset, std::size_t tag_bytes) {
    RxBytes out;
    if (tag_bytes == 0) {
        out.add(header);
    } else {
        out.add(header.first(tag_offset));
        out.add(header.subspan(tag_offset + tag_bytes));
    }
    return out;
}

// IPv4 and TCP checked and right, as a coalesced segment must be (RSC-23).
bool is_good(ChecksumVerdict verdict) {
    return verdict.l4_checked && !verdict.l4_bad && !verdict.ip_bad;
}

bool is_bad(ChecksumVerdict verdict) {
    return verdict.ip_bad || (verdict.l4_checked && verdict.l4_bad);
}

}  // namespace

RxCoalescing::RxCoalescing(Host& host, RegisterFile& regs, RxQueues& queues, Interrupts& interrupts,
                           Tracer& trace, OffloadSwitches& offloads)
    : host_(host),
      regs_(regs),
      queues_(queues),
      interrupts_(interrupts),
      trace_(trace),
      offloads_(offloads) {}

bool RxCoalescing::enabled(unsigned queue) const {
    const auto buffers = regs_.get<SRRCTL>(queue);
    return regs_.get<RSCCTL>(queue).get(RSCCTL::rscen) && !regs_.get<RFCTL>().get(RFCTL::rsc_dis) &&
           regs_.get<HLREG0>().get(HLREG0::rxcrcstrp) &&
           buffers.get(SRRCTL::desctype) == RxDescriptorType::advanced_one_buffer &&
           buffers.get(SRRCTL::bsizepacket) >= kMinBufferKilobytes &&
           std::size_t{buffers.get(SRRCTL::bsizeheader)} * SRRCTL::header_unit >=
               kMinHeaderBuffer &&
           regs_.get<PSRTYPE>(rx_pool(regs_, queue)).get(PSRTYPE::tcp) &&
           interrupts_.rx_queue_coalesces(queue);
}

RscOptions RxCoalescing::options() const {
    const OffloadGates& gates = offloads_.gates();
    return {.ipv4 = gates.rsc4,
            .ipv6 = gates.rsc6,
            .timestamps = gates.rsc_timestamps,
            .max_segments = gates.rsc_max_segments,
            .window_updates = !regs_.get<RSCDBU>().get(RSCDBU::rscackdis),
            .close_on_push = !regs_.get<RDRXCTL>().get(RDRXCTL::rsc_push_dis)};
}

// MAXDESC: 1, 4, 8 or 16 descriptors.
std::size_t RxCoalescing::max_buffers(unsigned queue) const {
    constexpr std::array<std::size_t, 4> kDescriptors{1, 4, 8, kMaxBuffers};
    return kDescriptors.at(regs_.get<RSCCTL>(queue).get(RSCCTL::maxdesc));
}

// The list of steps: what the frame is, what is held of its connection, what becomes of both.
bool RxCoalescing::take(const Arrival& arrival) {
    const bool on = enabled(arrival.queue);
    if (!on && open_on_.at(arrival.queue) == 0) {
        return false;
    }
    const auto segment = on && is_good(arrival.verdict)
                             ? rsc_segment(arrival.frame, arrival.info, options())
                             : std::nullopt;
    const std::uint64_t connection =
        segment ? segment->connection : rsc_connection(arrival.frame, arrival.info);
    if (connection == 0 && arrival.info.outer.protocol == ipproto::kTcp) {
        close_queue(arrival.queue);  // a fragment or half a header: whose it is cannot be told
    }
    Unit* const unit = connection != 0 ? find(arrival.queue, connection) : nullptr;
    if (on && !segment) {
        count_exception(arrival);
    }
    if (unit == nullptr) {
        return segment && start(arrival, *segment);
    }
    const RscStep step = next_step(*unit, arrival, segment);
    if (step == RscStep::window_update) {
        unit->rsc.take_window(*segment);
        return true;
    }
    if (step == RscStep::append && append(*unit, arrival, *segment)) {
        return true;
    }
    if (step == RscStep::start) {
        count_split(*unit, arrival, *segment);
    }
    if (unit->used) {
        close(*unit);
    }
    return step != RscStep::alone && start(arrival, *segment);
}

void RxCoalescing::abort(OffloadCounter cause) {
    offloads_.count(OffloadCounter::rsc_aborts);
    offloads_.count(cause);
}

// RSC-S4. A bad checksum counts before whatever else is wrong with the segment.
void RxCoalescing::count_exception(const Arrival& arrival) {
    const Layer3& ip = arrival.info.outer;
    if (ip.protocol != ipproto::kTcp || arrival.metadata.info.get(RxInfo::etqf)) {
        return;
    }
    const RscOptions rules = options();
    const bool version = ip.kind == L3Kind::ipv4 ? rules.ipv4 : rules.ipv6;
    if (version && ip.l4.is(L4Kind::tcp) && !arrival.info.has_inner() && is_bad(arrival.verdict)) {
        return abort(OffloadCounter::rsc_bad_checksum);
    }
    switch (rsc_exception(arrival.frame, arrival.info, rules)) {
        case RscException::none:
            return;
        case RscException::flag:
            return abort(OffloadCounter::rsc_flag);
        case RscException::option:
            return abort(OffloadCounter::rsc_option);
        case RscException::ip_option:
            return abort(OffloadCounter::rsc_ip_option);
        case RscException::fragment:
            return abort(OffloadCounter::rsc_fragment);
        case RscException::ecn:
            return abort(OffloadCounter::rsc_ecn);
    }
}

void RxCoalescing::count_split(const Unit& unit, const Arrival& arrival,
                               const RscSegment& segment) {
    switch (unit.rsc.split(arrival.frame, segment, options())) {
        case RscSplit::other:
            return;
        case RscSplit::full:
            return offloads_.count(OffloadCounter::rsc_full);
        case RscSplit::ecn:
            return abort(OffloadCounter::rsc_ecn);
    }
}

RscStep RxCoalescing::next_step(const Unit& unit, const Arrival& arrival,
                                const std::optional<RscSegment>& segment) const {
    if (!segment) {
        return RscStep::alone;
    }
    return unit.rsc.same_connection(arrival.frame, *segment)
               ? unit.rsc.decide(arrival.frame, *segment, options())
               : RscStep::start;
}

RxCoalescing::Unit* RxCoalescing::find(unsigned queue, std::uint64_t connection) {
    if (open_on_.at(queue) == 0) {
        return nullptr;
    }
    const std::size_t context = index_.find({.connection = connection, .queue = queue});
    return context != Index::kNone ? &units_.at(context) : nullptr;
}

// Null: all contexts are busy (RSC-E1), or the write-back of a unit before switched this off.
RxCoalescing::Unit* RxCoalescing::open_unit(const Arrival& arrival, std::uint64_t connection) {
    if (!enabled(arrival.queue)) {
        return nullptr;
    }
    const std::size_t context =
        open_ < offloads_.gates().rsc_flows
            ? index_.take({.connection = connection, .queue = arrival.queue})
            : Index::kNone;
    if (context == Index::kNone) {
        abort(OffloadCounter::rsc_no_resources);
        return nullptr;
    }
    Unit* const unit = &units_.at(context);
    unit->used = true;
    unit->queue = arrival.queue;
    unit->serial = ++serial_;
    unit->buffer_bytes = std::size_t{regs_.get<SRRCTL>(arrival.queue).get(SRRCTL::bsizepacket)} *
                         SRRCTL::packet_unit;
    unit->first_bytes = unit->buffer_bytes;
    unit->bytes = 0;
    unit->tag_bytes = arrival.tag_bytes;
    unit->tag_offset = arrival.info.l2.vlan_offset;
    unit->buffers = 0;
    unit->starts.fill(0);
    unit->metadata = arrival.metadata;
    unit->verdict = arrival.verdict;
    ++open_;
    ++open_on_.at(arrival.queue);
    return unit;
}

// A pure acknowledgement starts nothing (RSC-29), nor does what would close at once, nor a frame
// with bytes behind the datagram: they have no place in a unit, and it would have descriptors
// without any byte.
bool RxCoalescing::may_start(const Arrival& arrival, const RscSegment& segment) const {
    const bool at_once = (segment.flags & TcpHeader::kPsh) != 0 && options().close_on_push;
    const std::size_t datagram = std::size_t{segment.header_len} + segment.payload_len;
    return !segment.pure_ack() && !at_once && arrival.frame.size() <= std::max(datagram, kMinFrame);
}

bool RxCoalescing::start(const Arrival& arrival, const RscSegment& segment) {
    if (!may_start(arrival, segment)) {
        return false;
    }
    Unit* const unit = open_unit(arrival, segment.connection);
    if (unit == nullptr) {
        return false;
    }
    const std::uint32_t serial = unit->serial;
    const bool placed = grow(*unit, arrival.bytes.size()) && write(*unit, 0, arrival.bytes);
    if (!unit->used || unit->serial != serial) {
        return true;  // a write to our own BAR took the ring away, and the frame with it
    }
    if (!placed) {
        queues_.take_back(unit->queue, unit->buffers);
        release(*unit);
        abort(OffloadCounter::rsc_no_resources);
        return false;
    }
    unit->rsc.begin(arrival.frame, segment);
    unit->alone_bytes = arrival.bytes.size();
    unit->bytes = segment.header_len - arrival.tag_bytes + segment.payload_len;
    unit->first_bytes = std::min(unit->bytes, unit->buffer_bytes);
    unit->starts.front() = 1;
    return true;
}

bool RxCoalescing::append(Unit& unit, const Arrival& arrival, const RscSegment& segment) {
    const std::size_t buffers = unit.buffers;
    const std::uint32_t serial = unit.serial;
    if (!has_room(unit, segment.payload_len)) {
        offloads_.count(OffloadCounter::rsc_full);
        return false;
    }
    if (!grow(unit, segment.payload_len)) {
        if (unit.used) {
            abort(OffloadCounter::rsc_no_resources);
        }
        return !unit.used;  // forgotten while its ring was read
    }
    RxBytes payload;
    payload.add(arrival.frame.subspan(segment.header_len, segment.payload_len));
    const bool written = write(unit, unit.bytes, payload);
    if (!unit.used || unit.serial != serial) {
        return true;
    }
    if (!written) {
        queues_.take_back(unit.queue, unit.buffers - buffers);
        unit.buffers = buffers;
        return false;
    }
    ++unit.starts.at(unit.place(unit.bytes).buffer);
    unit.bytes += segment.payload_len;
    unit.rsc.append(arrival.frame, segment);
    if (unit.rsc.pushed() && options().close_on_push) {
        close(unit);
    }
    return true;
}

RxCoalescing::Unit::Place RxCoalescing::Unit::place(std::size_t offset) const {
    if (offset < first_bytes) {
        return {.buffer = 0, .within = offset, .room = first_bytes - offset};
    }
    const std::size_t behind = offset - first_bytes;
    const std::size_t within = behind % buffer_bytes;
    return {.buffer = 1 + behind / buffer_bytes, .within = within, .room = buffer_bytes - within};
}

// Whether MAXDESC and RSCCNT allow another segment.
bool RxCoalescing::has_room(const Unit& unit, std::size_t length) const {
    return may_begin(unit, unit.bytes) &&
           unit.place(unit.bytes + length - 1).buffer < max_buffers(unit.queue);
}

bool RxCoalescing::may_begin(const Unit& unit, std::size_t offset) {
    const std::size_t buffer = unit.place(offset).buffer;
    return buffer < kMaxBuffers && unit.starts.at(buffer) < kMaxStarts;
}

// Buffers for `length` more bytes.
bool RxCoalescing::grow(Unit& unit, std::size_t length) {
    const std::size_t wanted = unit.place(unit.bytes + length - 1).buffer + 1;
    if (wanted <= unit.buffers) {
        return true;
    }
    if (wanted > max_buffers(unit.queue)) {
        return false;
    }
    const auto fresh = std::span(unit.buffer).subspan(unit.buffers, wanted - unit.buffers);
    if (!queues_.lend(unit.queue, fresh)) {
        return false;
    }
    unit.buffers = wanted;
    return true;
}

bool RxCoalescing::write(const Unit& unit, std::size_t offset, const RxBytes& bytes) {
    const std::size_t length = bytes.size();
    for (std::size_t done = 0; done < length;) {
        const auto place = unit.place(offset + done);
        const std::size_t part = std::min(length - done, place.room);
        if (!queues_.write(unit.buffer.at(place.buffer).address + place.within,
                           bytes.part(done, part))) {
            return false;
        }
        done += part;
    }
    return true;
}

void RxCoalescing::close_all() {
    for (Unit& unit : units_) {
        if (unit.used) {
            close(unit);
        }
    }
}

void RxCoalescing::close_queue(unsigned queue) {
    for (Unit& unit : units_) {
        if (unit.used && unit.queue == queue) {
            close(unit);
        }
    }
}

void RxCoalescing::close(Unit& unit) {
    const unsigned queue = unit.queue;
    const std::uint32_t serial = unit.serial;
    if (unit.rsc.changed()) {
        rewrite_headers(unit);
    }
    if (unit.rsc.count() == 1) {
        unit.bytes = std::max(unit.bytes, unit.alone_bytes);
        unit.first_bytes = std::min(unit.bytes, unit.buffer_bytes);
    }
    if (unit.used && unit.serial == serial) {
        write_back(unit);
        trace_(TraceEvent::rx_unit, queue, unit.rsc.count(), unit.bytes, unit.buffers);
    }
    if (unit.used && unit.serial == serial) {
        count_unit(unit);
        release(unit);
        interrupts_.raise_rx_queue(queue);
    }
}

// RSC-S1 to S3; of a single segment nothing (RSC-S5).
void RxCoalescing::count_unit(const Unit& unit) {
    if (unit.rsc.count() > 1) {
        offloads_.count(OffloadCounter::rsc_segments, unit.rsc.count());
        offloads_.count(OffloadCounter::rsc_octets, unit.rsc.payload_len());
        offloads_.count(OffloadCounter::rsc_units);
    }
}

// A header that cannot be written leaves that of the first segment, whose length tells the stack
// how much to believe.
void RxCoalescing::rewrite_headers(Unit& unit) {
    const RxBytes header = without_tag(unit.rsc.finish(), unit.tag_offset, unit.tag_bytes);
    if (!write(unit, 0, header)) {
        host_.guest_error("receive buffer is not in memory: headers of a coalesced unit lost");
    }
}

// DS 7.1.12: every descriptor but the last names the next one; RSCCNT is one more than the number
// of segments that begin in its buffer. A single segment is an ordinary packet, its RSCCNT 0
// (RSC-20).
void RxCoalescing::write_back(const Unit& unit) {
    const bool coalesced = unit.rsc.count() > 1;
    const std::uint32_t serial = unit.serial;
    for (std::size_t i = 0; i < unit.buffers && unit.used && unit.serial == serial; ++i) {
        const bool eop = i + 1 == unit.buffers;
        const std::size_t before = i == 0 ? 0 : unit.first_bytes + (i - 1) * unit.buffer_bytes;
        const std::size_t bytes = std::min(unit.bytes - before, unit.place(before).room);
        Value<RxInfo> info = eop ? unit.metadata.info : Value<RxInfo>();
        Value<RxStatus> status = eop ? unit.metadata.status : Value<RxStatus>();
        if (coalesced && eop) {
            status = Value<RxStatus>(status.raw() | checksum_status(unit.verdict).raw());
        }
        if (coalesced) {
            info = info.with(RxInfo::rsccnt, unit.starts.at(i) + 1U);
        }
        if (coalesced && !eop) {
            status = status.with(RxStatus::nextp, unit.buffer.at(i + 1).index);
        }
        const auto length = Value<RxLength>()
                                .with(RxLength::pkt_len, static_cast<std::uint32_t>(bytes))
                                .with(RxLength::vlan, eop ? unit.metadata.vlan : 0);
        queues_.write_back(
            unit.queue, unit.buffer.at(i).index,
            {.info = info.raw(),
             .rss = eop ? unit.metadata.hash : 0,
             .status = status.with(RxStatus::dd, true).with(RxStatus::eop, eop).raw(),
             .length = length.raw()});
    }
}

void RxCoalescing::forget(Unit& unit) {
    unit.used = false;
    index_.release(static_cast<std::size_t>(&unit - units_.data()));
    --open_;
}

void RxCoalescing::release(Unit& unit) {
    forget(unit);
    if (--open_on_.at(unit.queue) == 0) {
        queues_.settle(unit.queue);
    }
}

void RxCoalescing::forget_queue(unsigned queue) {
    for (Unit& unit : units_) {
        if (unit.used && unit.queue == queue) {
            forget(unit);
        }
    }
    open_on_.at(queue) = 0;
    queues_.forget_lent(queue);
}

void RxCoalescing::forget_all() {
    for (unsigned queue = 0; queue < IXGBE_QUEUES; ++queue) {
        forget_queue(queue);
    }
}

}  // namespace ixgbe
