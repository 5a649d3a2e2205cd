// SPDX-License-Identifier: GPL-2.0-or-later
#include "control_trial.h"

#include <algorithm>

#include "encode.h"

namespace host {
namespace {

constexpr auto kPatience = std::chrono::milliseconds(10000);
constexpr std::size_t kAddress = 6;

Bytes station() {
    std::string digits = ControlTrial::kStation;
    digits.erase(std::remove(digits.begin(), digits.end(), ':'), digits.end());
    return agent::from_hex(digits);
}

bool is_for(std::span<const std::byte> frame, const Bytes& address) {
    return frame.size() >= kAddress && std::equal(address.begin(), address.end(), frame.begin());
}

Json described(const Outgoing& packet) {
    return {{"hex", agent::to_hex(packet.given)},
            {"checksum_start", packet.offload.checksum_start},
            {"checksum_offset", packet.offload.checksum_offset},
            {"segment_type", packet.offload.segment_type},
            {"segment_size", packet.offload.segment_size},
            {"header_length", packet.offload.header_length}};
}

}  // namespace

ControlTrial::ControlTrial(Machine& machine, std::size_t nic)
    : ReceiveTrial(machine, nic),
      machine_(machine),
      network_(*machine.network(nic)),
      mac_(machine.nics().at(nic).mac),
      device_(machine.nics().at(nic).device),
      path_("/machine/peripheral/nic" + std::to_string(nic)) {}

ControlTrial::~ControlTrial() {
    try {
        if (present_) {
            reset();
        }
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): the next check will tell
    }
}

void ControlTrial::begin() {
    try {
        (void)property("offload-hardware");
    } catch (const std::exception& reason) {
        throw NotOffered(std::string("no task-offload block: ") + reason.what());
    }
    prepare();
    present_ = true;
    if (wire::Capture* const seen = capture()) {
        seen->set_exempt([address = station()](std::span<const std::byte> frame) {
            return is_for(frame, address);
        });
    }
    reset();
}

void ControlTrial::want_frames() const {
    if (!network_.takes_frames() || capture() == nullptr) {
        throw NotOffered("no frame can be put on this network");
    }
}

Json ControlTrial::tables() const {
    return agent().call("offload.tables", {{"ifname", ifname()}});
}

std::string ControlTrial::hardware(const std::string& name) const {
    return tables().at("hardware").at(name).get<std::string>();
}

Json ControlTrial::request(const std::vector<std::string>& settings, bool activate) {
    return agent().call("offload.set",
                        {{"ifname", ifname()}, {"settings", settings}, {"activate", activate}});
}

Json ControlTrial::change(const std::vector<std::string>& settings, bool activate) {
    const Json answer = request(settings, activate);
    require(answer.at("done").get<bool>(),
            settings.front() + ": " + answer.at("message").get<std::string>());
    return answer.at("changes");
}

void ControlTrial::reset() {
    const Json answer = agent().call("offload.reset", {{"ifname", ifname()}});
    require(answer.at("done").get<bool>(), "reset: " + answer.at("message").get<std::string>());
}

Json ControlTrial::raw(const Json& args) const {
    Json all = args;
    all["ifname"] = ifname();
    return agent().call("offload.raw", all);
}

std::uint64_t ControlTrial::counter(const std::string& name) const {
    return agent().call("offload.stats", {{"ifname", ifname()}}).at(name).get<std::uint64_t>();
}

std::uint64_t ControlTrial::statistic(const std::string& name) const {
    return agent().call("stats", {{"ifname", ifname()}}).at(name).get<std::uint64_t>();
}

Json ControlTrial::property(const std::string& name) const {
    return machine_.qmp().execute("qom-get", {{"path", path_}, {"property", name}});
}

void ControlTrial::set_property(const std::string& name, const Json& value) const {
    machine_.qmp().execute("qom-set", {{"path", path_}, {"property", name}, {"value", value}});
}

Tins::EthernetII ControlTrial::outwards() const {
    return {Tins::HWAddress<6>(kStation), Tins::HWAddress<6>(mac_)};
}

std::vector<Bytes> ControlTrial::sent(const std::vector<Outgoing>& packets) {
    want_frames();
    const std::string word = "x550-sent-" + std::to_string(++marks_);
    const Bytes last = experiment_frame(kStation, word, 60);
    Json frames = Json::array();
    for (const Outgoing& packet : packets) {
        frames.push_back(described(packet));
    }
    frames.push_back(agent::to_hex(last));
    const std::size_t from = capture()->mark();
    (void)agent().call("packet.send",
                       {{"ifname", ifname()}, {"frames", frames}, {"in_order", true}});
    const auto is_ours = [address = station()](const wire::Frame& frame) {
        return frame.direction == wire::Direction::from_guest && is_for(frame.bytes, address);
    };
    const auto is_last = [&](const wire::Frame& frame) {
        return is_ours(frame) && frame.bytes == last;
    };
    require(capture()->wait_for(is_last, kPatience, from).has_value(),
            "the frame behind those of the check never crossed the wire");
    std::vector<Bytes> out;
    for (const wire::Frame& frame : capture()->frames_since(from, is_ours)) {
        if (frame.bytes == last) {
            break;
        }
        out.push_back(frame.bytes);
    }
    return out;
}

bool has_direction(const std::string& directions, const std::string& direction) {
    return directions == "both" || directions == direction;
}

std::string without(const std::string& directions, const std::string& direction) {
    if (directions == "both") {
        return direction == "tx" ? "rx" : "tx";
    }
    return directions == direction ? "off" : directions;
}

}  // namespace host
