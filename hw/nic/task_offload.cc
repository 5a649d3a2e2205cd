// SPDX-License-Identifier: GPL-2.0-or-later
#include "nic/task_offload.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/bytes.h"
#include "base/endian.h"

namespace ixgbe {

namespace {

constexpr std::uint32_t kWordBytes = 4;
constexpr std::uint32_t kTableBytes = block::kCapWords * kWordBytes;
constexpr std::uint32_t kCounterBytes = 8;
constexpr std::uint32_t kStatisticsBytes =
    static_cast<std::uint32_t>(OffloadCounter::count) * kCounterBytes;

constexpr bool inside(std::uint32_t offset, std::uint32_t start, std::uint32_t bytes) {
    return offset >= start && offset - start < bytes;
}

std::uint32_t sections() {
    using S = block::Sections;
    return Value<S>()
        .with(S::hardware, true)
        .with(S::current, true)
        .with(S::request, true)
        .with(S::encapsulation, true)
        .with(S::statistics, true)
        .with(S::events, true)
        .with(S::effective, true)
        .raw();
}

std::uint32_t word_of(const OffloadResult& result) {
    return Value<block::Result>()
        .with(block::Result::code, result.code)
        .with(block::Result::offset, result.offset)
        .raw();
}

std::uint32_t word_at(const std::uint8_t* area, std::uint32_t byte) {
    le32 word;
    std::memcpy(&word, area + byte, sizeof word);
    return word;
}

void put_word(std::uint8_t* area, std::uint32_t byte, std::uint32_t value) {
    const le32 word = value;
    std::memcpy(area + byte, &word, sizeof word);
}

// What the tables show of the current configuration; that a request said on for RSC is not in it.
bool same(const ixgbe_offload_settings& a, const ixgbe_offload_settings& b) {
    return a.csum_tx == b.csum_tx && a.csum_rx == b.csum_rx && a.segmentation == b.segmentation &&
           a.rsc == b.rsc && a.encap_types == b.encap_types && a.encap_active == b.encap_active &&
           a.active == b.active && a.engaged == b.engaged && a.vxlan_port == b.vxlan_port;
}

using RequestArea = std::span<const std::uint8_t, block::kRequestBytes>;

// Whether a request has a say in which tunnels are active, or in VXLAN's port.
bool names_tunnels(RequestArea request) {
    const auto byte = [&](block::Member member, std::size_t more = 0) {
        return request[static_cast<std::size_t>(member) + more];
    };
    return byte(block::Member::encapsulated) != 0 || byte(block::Member::vxlan_port) != 0 ||
           byte(block::Member::vxlan_port, 1) != 0;
}

// What the host's switches start from where no guest has rung: everything goes on as it is.
ixgbe_offload_settings kept_by_host(ixgbe_offload_settings settings) {
    if (settings.engaged == 0) {
        settings.engaged = kEngagedByHost;
        settings.active = 3;
        settings.encap_active = 1;
    }
    return settings;
}

}  // namespace

TaskOffload::TaskOffload(Host& host, ixgbe_task_offload_state& state, OffloadSwitches& switches,
                         Interrupts& interrupts, Tracer& trace)
    : host_(host), state_(state), switches_(switches), interrupts_(interrupts), trace_(trace) {}

std::uint32_t TaskOffload::peek(std::uint32_t offset, const OffloadObserved& observed) const {
    if (inside(offset, block::kRequest, block::kRequestBytes)) {
        return word_at(state_.request, offset - block::kRequest);
    }
    if (inside(offset, block::kEncapsulation, block::kEncapsulationBytes)) {
        return word_at(state_.encapsulation, offset - block::kEncapsulation);
    }
    if (inside(offset, block::kStatistics, kStatisticsBytes)) {
        return counter_half(offset - block::kStatistics);
    }
    switch (offset) {
        case 0x0:
            return block::kMagic;
        case 0x4:
            return block::kVersion;
        case 0x8:
            return block::kLength;
        case 0xC:
            return sections();
        case block::kEventVector:
            return state_.event_vector;
        case block::kResult:
            return state_.result;
        case block::kGeneration:
            return state_.generation;
        case block::kEvent:
            return state_.event;
        default:
            return table_word(offset, observed);
    }
}

std::uint32_t TaskOffload::table_word(std::uint32_t offset, const OffloadObserved& observed) const {
    const ixgbe_offload_config& config = switches_.config();
    if (inside(offset, block::kHardware, kTableBytes)) {
        return hardware_words(config).at((offset - block::kHardware) / kWordBytes);
    }
    if (inside(offset, block::kCurrent, kTableBytes)) {
        return current_words(config, state_.settings).at((offset - block::kCurrent) / kWordBytes);
    }
    if (inside(offset, block::kEffective, kTableBytes)) {
        return effective_words(config, state_.settings, observed)
            .at((offset - block::kEffective) / kWordBytes);
    }
    return 0;
}

std::uint32_t TaskOffload::counter_half(std::uint32_t offset) const {
    const std::uint64_t counter = state_.counter[offset / kCounterBytes];
    return static_cast<std::uint32_t>(offset % kCounterBytes == 0 ? counter : counter >> 32);
}

// The low half of a counter latches its high half, which is what is read next.
std::uint32_t TaskOffload::read(std::uint32_t offset, const OffloadObserved& observed) {
    if (inside(offset, block::kStatistics, kStatisticsBytes)) {
        const std::uint32_t at = offset - block::kStatistics;
        if (at % kCounterBytes != 0) {
            return state_.latch_high;
        }
        state_.latch_high = counter_half(at + kWordBytes);
    }
    return peek(offset, observed);
}

bool TaskOffload::write(std::uint32_t offset, std::uint32_t value) {
    if (inside(offset, block::kRequest, block::kRequestBytes)) {
        put_word(state_.request, offset - block::kRequest, value);
    } else if (inside(offset, block::kEncapsulation, block::kEncapsulationBytes)) {
        put_word(state_.encapsulation, offset - block::kEncapsulation, value);
    } else if (offset == block::kEventVector) {
        using V = block::EventVector;
        const Value<V> written(value);
        state_.event_vector = Value<V>()
                                  .with(V::vector, written.get(V::vector))
                                  .with(V::enable, written.get(V::enable))
                                  .raw();
    } else if (offset == block::kEvent) {
        state_.event &= ~value;
    } else if (offset == block::kDoorbell) {
        if (pending()) {
            host_.guest_error("doorbell of the task-offload block while RESULT is busy: ignored");
            return false;
        }
        if (value == 0) {
            state_.result = word_of({block::ResultCode::invalid_data, block::kDoorbell});
            return false;
        }
        state_.pending_doorbell = value;
        state_.result = kBusy;
        return true;
    }
    return false;
}

// All of it or nothing: `settings` is the caller's only if the answer is done.
OffloadResult TaskOffload::apply(Value<block::Doorbell> doorbell,
                                 ixgbe_offload_settings& settings) const {
    using D = block::Doorbell;
    if (doorbell.get(D::unknown) != 0) {
        return {.code = block::ResultCode::invalid_data, .offset = block::kDoorbell};
    }
    if (doorbell.get(D::defaults)) {
        settings = switches_.defaults();
    }
    const bool engages = doorbell.get(D::parameters) || doorbell.get(D::encapsulation);
    if (engages && settings.engaged == kEngagedByHost) {
        settings.active = 0;  // what the host kept going is the guest's to say from here on
        settings.encap_active = 0;
    }
    OffloadResult result;
    if (doorbell.get(D::parameters)) {
        result = apply_parameters(state_.request, switches_.config(), settings);
    }
    if (result.done() && doorbell.get(D::encapsulation)) {
        result = apply_encapsulation(state_.encapsulation, settings);
    }
    settings.engaged = engages ? kEngagedByGuest : settings.engaged;
    return result;
}

void TaskOffload::ring() {
    using D = block::Doorbell;
    const Value<D> doorbell(state_.pending_doorbell);
    ixgbe_offload_settings settings = state_.settings;
    const OffloadResult result = apply(doorbell, settings);
    const bool about_tunnels = doorbell.get(D::parameters) && names_tunnels(state_.request);
    if (doorbell.get(D::parameters)) {
        std::fill(std::begin(state_.request), std::end(state_.request), std::uint8_t{0});
    }
    if (doorbell.get(D::encapsulation)) {
        std::fill(std::begin(state_.encapsulation), std::end(state_.encapsulation),
                  std::uint8_t{0});
    }
    state_.pending_doorbell = 0;
    if (result.done()) {
        if (doorbell.get(D::clear_statistics)) {
            std::fill(std::begin(state_.counter), std::end(state_.counter), std::uint64_t{0});
        }
        adopt(settings, true);
        note_port(about_tunnels);
    }
    state_.result = word_of(result);
    trace_(TraceEvent::task_offload, doorbell.raw(), state_.result, state_.generation);
}

OffloadResult TaskOffload::set(std::uint32_t offset, std::uint16_t value) {
    std::array<std::uint8_t, block::kRequestBytes> request{};
    if (!inside(offset, block::kRequest, block::kRequestBytes - 1)) {
        return {.code = block::ResultCode::invalid_data, .offset = offset};
    }
    const std::uint32_t byte = offset - block::kRequest;
    const bool wide = byte == static_cast<std::uint32_t>(block::Member::vxlan_port);
    request.at(byte) = static_cast<std::uint8_t>(value);
    if (wide) {
        request.at(byte + 1) = static_cast<std::uint8_t>(value >> 8);
    } else if (value > UINT8_MAX) {
        return {.code = block::ResultCode::invalid_data, .offset = offset};
    }
    if (byte == static_cast<std::uint32_t>(block::Member::encapsulation_types)) {
        request.at(static_cast<std::size_t>(block::Member::encapsulated)) = value != 0 ? 1 : 2;
    }
    ixgbe_offload_settings settings = kept_by_host(state_.settings);
    const ixgbe_offload_settings before = settings;
    const OffloadResult result = apply_parameters(request, switches_.config(), settings);
    if (result.done()) {
        if ((settings.encap_types & ~before.encap_types) == 0) {
            settings.encap_active = settings.encap_types != 0 ? before.encap_active : 0;
        }
        adopt(settings, true);
        note_port(names_tunnels(request));
    }
    trace_(TraceEvent::task_offload, 1, static_cast<std::uint64_t>(result.code), state_.generation);
    return result;
}

void TaskOffload::adopt(const ixgbe_offload_settings& settings, bool notify) {
    const bool changed = !same(settings, state_.settings);
    state_.settings = settings;
    switches_.settings_changed();
    if (!changed) {
        return;
    }
    ++state_.generation;
    trace_(TraceEvent::task_offload_changed, state_.generation);
    if (notify) {
        raise(Value<block::Event>().with(block::Event::configuration, true));
    }
    host_.offload_changed(state_.generation);
}

void TaskOffload::raise(Value<block::Event> event) {
    state_.event |= event.raw();
    const Value<block::EventVector> vector(state_.event_vector);
    if (vector.get(block::EventVector::enable)) {
        interrupts_.send_event(vector.get(block::EventVector::vector));
    }
}

void TaskOffload::port_written(std::uint16_t port) {
    const ixgbe_offload_config& config = switches_.config();
    if (port == 0 || !switches_.block() || config.vxlan_port_fixed || !config.vxlan) {
        return;
    }
    ixgbe_offload_settings settings = state_.settings;
    settings.vxlan_port = port;
    adopt(settings, true);
}

// VXLANCTRL follows a request that is about tunnels and leaves VXLAN active.
void TaskOffload::note_port(bool about_tunnels) {
    const ixgbe_offload_settings& s = state_.settings;
    if (about_tunnels && s.encap_active != 0 && has(s.encap_types, Encapsulation::vxlan)) {
        new_port_ = s.vxlan_port;
    }
}

void TaskOffload::reset(bool power_on) {
    const std::uint32_t generation = power_on ? 0 : state_.generation;
    const ixgbe_offload_settings before = state_.settings;
    state_ = {};
    state_.generation = generation;
    state_.settings = before;
    if (power_on) {
        state_.settings = switches_.defaults();
        switches_.settings_changed();
    } else {
        adopt(switches_.defaults(), false);
    }
}

const char* TaskOffload::implausible(bool present) const {
    const ixgbe_offload_settings offered = switches_.defaults();
    const ixgbe_offload_settings& s = state_.settings;
    if (!present && (s.engaged != 0 || state_.generation != 0 || state_.event_vector != 0)) {
        return "task-offload: the saved machine had the block, this one has task-offload-cap=off";
    }
    if (s.engaged > kEngagedByHost || s.encap_active > 1 || s.active > 3 || s.vxlan_port == 0) {
        return "task-offload: engaged is 0 to 2, encap_active 0 or 1, active has two bits, "
               "vxlan_port is not 0";
    }
    if ((s.csum_tx & ~offered.csum_tx) != 0 || (s.csum_rx & ~offered.csum_rx) != 0) {
        return "task-offload: a checksum is on that csum-... leaves out here";
    }
    if ((s.segmentation & ~offered.segmentation) != 0) {
        return "task-offload: segmentation is on that lso1, lso2-... or uso-... leaves out here";
    }
    if (((s.rsc | s.rsc_asked) & ~offered.rsc) != 0) {
        return "task-offload: coalescing is on that rsc-ip4 or rsc-ip6 leaves out here";
    }
    if ((s.encap_types & ~offered.encap_types) != 0) {
        return "task-offload: a tunnel is on that nvgre or vxlan leaves out here";
    }
    if (state_.event > 3 || (state_.event_vector & 0x7fffffc0) != 0) {
        return "task-offload: event has two bits, event_vector bits 31 and 5:0";
    }
    using R = block::Result;
    const Value<R> result(state_.result);
    const auto code = static_cast<std::uint8_t>(result.get(R::code));
    if (result.with(R::code, {}).with(R::offset, 0).raw() != 0 ||
        code > static_cast<std::uint8_t>(block::ResultCode::invalid_parameter) ||
        result.get(R::offset) > block::kDoorbell || (pending() && state_.result != kBusy)) {
        return "task-offload: result has a code of 0 to 4 and the offset of a member";
    }
    if (pending() != (state_.pending_doorbell != 0)) {
        return "task-offload: result is busy while a doorbell is pending, and only then";
    }
    return nullptr;
}

}  // namespace ixgbe
