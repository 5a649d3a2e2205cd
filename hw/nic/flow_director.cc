// SPDX-License-Identifier: GPL-2.0-or-later
#include "nic/flow_director.h"

#include <algorithm>
#include <limits>

#include "nic/flow_tuple.h"
#include "regs/descriptors.h"
#include "regs/interrupt.h"

namespace ixgbe {

namespace {

constexpr std::size_t kLengthUnit = 2;        // FDIRCTRL.MAX_LENGTH
constexpr std::uint32_t kThresholdUnit = 16;  // FDIRCTRL.FULL_THRESH
constexpr std::uint16_t kSignatureMask = 0x7FFF;
constexpr std::uint16_t kIndexMask = 0x1FFF;  // as reported in a descriptor

// What two filters for the same flow may differ in: DS 7.1.3.6.7, "action parameters".
std::uint32_t action(Value<FDIRCMD> command) {
    return Value<FDIRCMD>()
        .with(FDIRCMD::drop, command.get(FDIRCMD::drop))
        .with(FDIRCMD::queue_en, command.get(FDIRCMD::queue_en))
        .with(FDIRCMD::rx_queue, command.get(FDIRCMD::rx_queue))
        .with(FDIRCMD::pool, command.get(FDIRCMD::pool))
        .raw();
}

// One more, up to the largest value of the field.
template <typename R, typename F>
void count_up(RegisterFile& regs, F field) {
    const auto value = regs.get<R>();
    regs.set<R>(value.with(field, std::min(value.get(field) + 1, F::max)));
}

template <typename R>
void count_up(RegisterFile& regs) {
    const std::uint32_t value = regs.get<R>().raw();
    regs.set<R>(Value<R>(value + (value != std::numeric_limits<std::uint32_t>::max() ? 1 : 0)));
}

}  // namespace

FlowDirector::FlowDirector(ixgbe_flow_state& state, RegisterFile& regs, Interrupts& interrupts,
                           Tracer& trace)
    : state_(state), regs_(regs), interrupts_(interrupts), trace_(trace), filters_(state) {}

bool FlowDirector::active() const {
    return regs_.get<FDIRCTRL>().get(FDIRCTRL::init_done);
}

bool FlowDirector::perfect() const {
    return regs_.get<FDIRCTRL>().get(FDIRCTRL::perfect_match);
}

// Table 7-8: 8, 16 or 32 K less one signatures, or a quarter of that in perfect filters.
std::size_t FlowDirector::capacity() const {
    const unsigned size = regs_.get<FDIRCTRL>().get(FDIRCTRL::pballoc);
    return size == 0 ? 0 : (std::size_t{perfect() ? 1024U : 4096U} << size) - 1;
}

unsigned FlowDirector::bucket_of(std::uint32_t hash) const {
    return hash & static_cast<std::uint32_t>(capacity());
}

void FlowDirector::reset() {
    filters_.clear();
}

// DS 7.1.3.6.11: a write without INIT_DONE begins anew; so does another size or kind of table.
void FlowDirector::write_control(std::uint32_t old) {
    constexpr std::uint32_t kTable = FDIRCTRL::F<23, 21>::mask | FDIRCTRL::F<4>::mask |
                                     FDIRCTRL::F<3>::mask | FDIRCTRL::F<1, 0>::mask;
    const auto control = regs_.get<FDIRCTRL>();
    if (control.get(FDIRCTRL::init_done) && ((old ^ control.raw()) & kTable) == 0) {
        return;
    }
    filters_.clear();
    regs_.set<FDIRCTRL>(control.with(FDIRCTRL::init_done, control.get(FDIRCTRL::pballoc) != 0));
    set_free();
}

void FlowDirector::set_free() {
    const auto free =
        static_cast<std::uint32_t>(capacity() - std::min(capacity(), filters_.size()));
    regs_.set<FDIRFREE>(Value<FDIRFREE>().with(FDIRFREE::free, free));
}

void FlowDirector::write_command() {
    const auto command = regs_.get<FDIRCMD>();
    if (command.get(FDIRCMD::clearht)) {
        filters_.clear();
    }
    const FlowCommand what = command.get(FDIRCMD::cmd);
    regs_.set<FDIRCMD>(command.with(FDIRCMD::cmd, FlowCommand::none));
    switch (what) {
        case FlowCommand::none:
            return;
        case FlowCommand::add:
            add(command);
            break;
        case FlowCommand::remove:
            remove();
            break;
        case FlowCommand::query:
            query();
            break;
    }
    trace_(TraceEvent::flow_command, static_cast<std::uint64_t>(what), regs_.get<FDIRHASH>().raw(),
           regs_.get<FDIRCMD>().raw(), filters_.size());
}

// ---- commands: DS 7.1.3.6.7 to 12 ----

FlowFilters::Search FlowDirector::find_id() {
    const auto hash = regs_.get<FDIRHASH>();
    return filters_.find(bucket_of(hash.get(FDIRHASH::hash)),
                         hash.get(FDIRHASH::signature_sw_index));
}

void FlowDirector::add(Value<FDIRCMD> command) {
    const auto hash = regs_.get<FDIRHASH>();
    const bool update = command.get(FDIRCMD::filter_update);
    const ixgbe_flow_filter filter{
        .command = command.with(FDIRCMD::cmd, FlowCommand::none)
                       .with(FDIRCMD::collision, false)
                       .with(FDIRCMD::filter_update, false)
                       .raw(),
        .bucket = static_cast<std::uint16_t>(bucket_of(hash.get(FDIRHASH::hash))),
        .id = static_cast<std::uint16_t>(hash.get(FDIRHASH::signature_sw_index))};
    const FlowTuple tuple = perfect() ? register_tuple(regs_, command) : FlowTuple();
    if (!active()) {
        return fail(FDIRFSTAT::fadd);
    }
    const auto found = perfect() ? filters_.find(filter.bucket, tuple) : find_id();
    if (!found.filter) {
        return add_new(filter, perfect() ? &tuple : nullptr, found.position);
    }
    ixgbe_flow_filter kept = filters_.filter(*found.filter);
    const Value<FDIRCMD> before(kept.command);
    if (update) {
        kept = filter;
        kept.command = Value<FDIRCMD>(filter.command)
                           .with(FDIRCMD::collision, before.get(FDIRCMD::collision))
                           .raw();
    } else if (action(before) != action(command)) {
        kept.command = before.with(FDIRCMD::collision, true).raw();
    }
    filters_.replace(*found.filter, kept);
}

// `before`: filters of its list that it comes behind.
void FlowDirector::add_new(const ixgbe_flow_filter& filter, const FlowTuple* tuple,
                           std::size_t before) {
    if (filters_.size() >= capacity() || !filters_.add(filter, tuple)) {
        return fail(FDIRFSTAT::fadd);
    }
    count_up<FDIRUSTAT>(regs_, FDIRUSTAT::add);
    set_free();
    const auto longest = regs_.get<FDIRLEN>();
    if (before > longest.get(FDIRLEN::maxlen)) {
        const auto length = std::min<std::size_t>(before, FDIRLEN::F<5, 0>::max);
        regs_.set<FDIRLEN>(longest.with(FDIRLEN::maxlen, static_cast<std::uint32_t>(length))
                               .with(FDIRLEN::maxhash, filter.bucket));
    }
    const std::uint32_t threshold =
        regs_.get<FDIRCTRL>().get(FDIRCTRL::full_thresh) * kThresholdUnit;
    if (regs_.get<FDIRFREE>().get(FDIRFREE::free) + 1 == threshold) {
        interrupts_.raise_cause(Value<EICR>().with(EICR::flow_director, true));
    }
}

void FlowDirector::remove() {
    const auto found = find_id();
    if (!found.filter) {
        return fail(FDIRFSTAT::fremove);
    }
    filters_.remove(*found.filter);
    count_up<FDIRUSTAT>(regs_, FDIRUSTAT::remove);
    set_free();
}

template <typename F>
void FlowDirector::fail(F counter) {
    count_up<FDIRFSTAT>(regs_, counter);
    regs_.set<FDIRCMD>(regs_.get<FDIRCMD>().with(FDIRCMD::fd_exception, true));
    interrupts_.raise_cause(Value<EICR>().with(EICR::flow_director, true));
}

// Table 7-9.
void FlowDirector::query() {
    const auto found = find_id();
    regs_.set<FDIRHASH>(
        regs_.get<FDIRHASH>().with(FDIRHASH::bucket_valid, found.filter || found.position != 0));
    regs_.set<FDIRLEN>(regs_.get<FDIRLEN>().with(
        FDIRLEN::bucket_length,
        static_cast<std::uint32_t>(std::min<std::size_t>(found.position, FDIRLEN::F<13, 8>::max))));
    auto answer = regs_.get<FDIRCMD>();
    if (found.filter) {
        answer = Value<FDIRCMD>(filters_.filter(*found.filter).command);
        if (perfect()) {
            load_registers(regs_, filters_.tuple(*found.filter));
        } else {
            answer = answer.with(FDIRCMD::pool, 0);
        }
    }
    regs_.set<FDIRCMD>(answer.with(FDIRCMD::filter_valid, found.filter.has_value()));
}

// ---- packets: DS 7.1.3.6.6 ----

FlowDirector::Verdict FlowDirector::match(ConstBytes frame, const PacketInfo& info, unsigned pool) {
    Verdict verdict;
    if (!active()) {
        return verdict;
    }
    const auto tuple = packet_tuple(regs_, frame, info, pool);
    if (!tuple) {
        return verdict;
    }
    verdict.candidate = true;
    const auto found = find_packet(*tuple, verdict);
    if (found.filter) {
        matched(found, verdict);
        return verdict;
    }
    verdict.too_long = too_long(found.position);
    const auto control = regs_.get<FDIRCTRL>();
    if (control.get(FDIRCTRL::drop_no_match)) {
        verdict.queue = control.get(FDIRCTRL::drop_queue);
    }
    return verdict;
}

// The filter, and what the descriptor reports: table 7-7. An empty bucket needs no signature.
FlowFilters::Search FlowDirector::find_packet(const FlowTuple& tuple, Verdict& verdict) {
    const auto control = regs_.get<FDIRCTRL>();
    const bool reports = control.get(FDIRCTRL::report_status);
    const bool always = reports && control.get(FDIRCTRL::report_status_always);
    const unsigned bucket = bucket_of(flow_hash(tuple, regs_.get<FDIRHKEY>().raw()));
    if (!always && !filters_.used(bucket)) {
        return {};
    }
    FlowFilters::Search found;
    std::uint32_t id = 0;
    if (perfect()) {
        found = filters_.find(bucket, tuple);
        id = found.filter ? filters_.filter(*found.filter).id & kIndexMask : 0U;
    } else {
        id = flow_hash(tuple, regs_.get<FDIRSKEY>().raw()) & kSignatureMask;
        found = filters_.find(bucket, id);
    }
    verdict.id = Value<RxFilterMatch>()
                     .with(RxFilterMatch::hash, bucket)
                     .with(RxFilterMatch::filter_id, id)
                     .raw();
    verdict.report = always || (reports && found.filter);
    return found;
}

// DS 7.1.3.6.3: a drop filter far down its list does not drop.
void FlowDirector::matched(const FlowFilters::Search& found, Verdict& verdict) const {
    const Value<FDIRCMD> command(filters_.filter(*found.filter).command);
    verdict.matched = true;
    verdict.collided = command.get(FDIRCMD::collision);
    verdict.too_long = too_long(found.position + 1);
    if (command.get(FDIRCMD::drop)) {
        verdict.drop_too_long = verdict.too_long;
        verdict.queue = verdict.too_long ? command.get(FDIRCMD::rx_queue)
                                         : regs_.get<FDIRCTRL>().get(FDIRCTRL::drop_queue);
    } else if (command.get(FDIRCMD::queue_en)) {
        verdict.queue = command.get(FDIRCMD::rx_queue);
    }
}

bool FlowDirector::too_long(std::size_t length) const {
    return length > kLengthUnit * regs_.get<FDIRCTRL>().get(FDIRCTRL::max_length);
}

void FlowDirector::count(const Verdict& verdict) {
    if (verdict.matched) {
        count_up<FDIRMATCH>(regs_);
    } else if (verdict.candidate) {
        count_up<FDIRMISS>(regs_);
    }
}

const char* FlowDirector::implausible() const {
    if (state_.filters > capacity() || state_.tuples != (perfect() ? state_.filters : 0)) {
        return "flow: FDIRCTRL does not allow that many filters";
    }
    for (std::uint32_t i = 0; i < state_.filters; ++i) {
        if (state_.filter[i].bucket > capacity()) {
            return "flow: FDIRCTRL does not allow that many buckets";
        }
    }
    return nullptr;
}

}  // namespace ixgbe
