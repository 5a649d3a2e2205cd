// SPDX-License-Identifier: GPL-2.0-or-later
#include "trial.h"

#include <algorithm>

#include "guest.h"

namespace host {
namespace {

constexpr std::size_t kWholeFrame = 70000;
constexpr std::size_t kMoreThanSent = 1000;  // a frame cut into many would be seen as such

}  // namespace

void require(bool holds, const std::string& what) {
    if (!holds) {
        throw std::runtime_error(what);
    }
}

ReceiveTrial::ReceiveTrial(Machine& machine, std::size_t nic)
    : machine_(machine),
      network_(*machine.network(nic)),
      mac_(machine.nics().at(nic).mac),
      ifname_(interface_of(machine, mac_)),
      features_(agent().call("features", {{"ifname", ifname_}})) {}

void ReceiveTrial::prepare() {
    set("rx-gro", false);
    (void)set_queues(1);
}

ReceiveTrial::~ReceiveTrial() {
    try {
        for (const std::string& name : added_) {
            agent().call("interface.remove", {{"ifname", name}});
        }
        agent().call("features.set", {{"ifname", ifname_}, {"features", changed_}});
        agent().call("link.wait", {{"ifname", ifname_}});
        if (queues_ != 0) {
            (void)set_queues(queues_);
        }
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): the next check will tell
    }
}

Tins::EthernetII ReceiveTrial::ethernet() const {
    return {Tins::HWAddress<6>(mac_), Tins::HWAddress<6>(kWireMac)};
}

void ReceiveTrial::set(const std::string& feature, bool on) {
    const auto found = features_.find(feature);
    if (found == features_.end() || found->at("fixed").get<bool>()) {
        throw NotOffered("the driver has no switch for " + feature);
    }
    changed_.emplace(feature, found->at("active").get<bool>());
    const Json now =
        agent().call("features.set", {{"ifname", ifname_}, {"features", {{feature, on}}}});
    require(!now.contains("refused"), "the driver refused to switch " + feature);
    agent().call("link.wait", {{"ifname", ifname_}});
}

unsigned ReceiveTrial::set_queues(unsigned most) {
    const Json settings = agent().call("settings", {{"ifname", ifname_}});
    const Json& channels = settings.at("channels");
    const unsigned offered = channels.value("combined_max", 1U);
    if (offered < 2 && most > 1) {
        throw NotOffered("the driver offers one queue (--cpus 4 makes it offer more)");
    }
    const unsigned now = channels.value("combined", 1U);
    const unsigned count = std::min(most, offered);
    if (count != now) {
        queues_ = queues_ == 0 ? now : queues_;
        agent().call("settings.set", {{"ifname", ifname_}, {"channels", {{"combined", count}}}});
        agent().call("link.wait", {{"ifname", ifname_}});
    }
    return count;
}

std::string ReceiveTrial::add_interface(const std::string& command, Json args) {
    args["ifname"] = ifname_;
    added_.push_back(agent().call(command, args).at("ifname").get<std::string>());
    return added_.back();
}

void ReceiveTrial::inject(const Bytes& frame, const View& view) const {
    const Bytes whole = view.wrap ? view.wrap(frame) : frame;
    if (view.offload) {
        network_.inject(whole, *view.offload);
    } else {
        network_.inject(whole);
    }
}

Json ReceiveTrial::capture_arguments(const View& view, std::size_t sent,
                                     const std::string& mark) const {
    Json out{{"ifname", view.ifname.empty() ? ifname_ : view.ifname},
             {"match", "020000005550"},  // kWireMac, the source of all of them
             {"match_offset", 6},
             {"bytes", kWholeFrame},
             {"count", view.expected.value_or(sent + kMoreThanSent) + 1},
             {"timeout_ms", 10000}};
    if (!view.expected) {
        out["until"] = hex_of(mark);
    }
    if (!view.only.is_null()) {
        out["only"] = view.only;
        out["only"]["besides"] = kExperiment;
    }
    return out;
}

Json ReceiveTrial::told(const std::vector<Bytes>& frames, const View& view) {
    const std::string mark = "x550-end-" + std::to_string(++serial_);
    const auto capture =
        agent().start("packet.capture", capture_arguments(view, frames.size(), mark));
    require(agent().wait_event(capture, "capturing", Milliseconds(10000)).has_value(),
            "the guest does not capture");
    for (const Bytes& frame : frames) {
        inject(frame, view);
    }
    View plain = view;
    plain.offload.reset();
    inject(experiment_frame(mac_, mark, 60), plain);
    Json out = agent().finish(capture).at("frames");
    const auto last = std::find_if(out.begin(), out.end(), [&](const Json& frame) {
        return frame.at("hex").get<std::string>().find(hex_of(mark)) != std::string::npos;
    });
    require(last != out.end(), "the frame behind those of the check is not among the " +
                                   std::to_string(out.size()) + " that arrived first");
    out.erase(last);
    return out;
}

}  // namespace host
