// SPDX-License-Identifier: GPL-2.0-or-later
#include "transmit_judge.h"

#include "encode.h"
#include "flow_judge.h"

namespace host {
namespace {

constexpr auto kPatience = std::chrono::milliseconds(3000);

wire::FlowPlan plan_of(const Json& flow) {
    wire::FlowPlan plan;
    plan.station = agent::from_hex(flow.at("station").get<std::string>());
    plan.name = flow.at("name").get<std::string>();
    plan.protocol = flow.at("protocol").get<std::string>();
    plan.source = flow.at("source").get<unsigned>();
    plan.destination = flow.at("destination").get<unsigned>();
    plan.seed = flow.value("seed", plan.seed);
    plan.bytes = flow.value("bytes", plan.bytes);
    plan.segment = flow.value("segment", plan.segment);
    plan.layers = flow.value("layers", plan.layers);
    plan.prototype = agent::from_hex(flow.value("prototype", std::string()));
    plan.tunnel = flow.value("tunnel", plan.tunnel);
    plan.vxlan_port = flow.value("vxlan_port", plan.vxlan_port);
    return plan;
}

// What of a flow that was found right crossed the wire, for a reader.
std::string sentence_of(const wire::FlowPlan& plan) {
    const std::size_t frames = wire::frames_of(plan);
    std::string out = plan.name + ", ports " + std::to_string(plan.source) + " to " +
                      std::to_string(plan.destination) + ": ";
    out += std::to_string(plan.bytes) + " bytes in " + std::to_string(frames) +
           (frames == 1 ? " frame" : " frames of " + std::to_string(plan.segment) + " at most");
    return out + ", off and on" + (wire::comparable(plan) ? " alike" : "");
}

}  // namespace

TransmitJudge::TransmitJudge(wire::Capture* capture)
    : capture_(capture), from_(capture == nullptr ? 0 : capture->mark()) {}

Json TransmitJudge::judged(Json result) {
    if (capture_ == nullptr || !result.contains("detail") ||
        !result.at("detail").contains("flows")) {
        return result;
    }
    const Json flows = result.at("detail").at("flows");
    result.at("detail").erase("flows");
    std::size_t frames = 0;
    bool compared = true;
    Json told = Json::array();
    for (const Json& flow : flows) {
        const wire::FlowPlan plan = plan_of(flow);
        if (const auto fault = wire::judge_flow(*capture_, from_, plan, kPatience)) {
            result["outcome"] = "fail";
            result["reason"] = fault->what + "; the frame: " +
                               (fault->frame.empty() ? "missing" : agent::to_hex(fault->frame));
            break;
        }
        told.push_back(sentence_of(plan));
        frames += 2 * wire::frames_of(plan);
        compared = compared && wire::comparable(plan);
    }
    result.at("detail")["frames"] = std::move(told);
    result.at("detail")["judged"] = frames;
    result.at("detail")["compared"] = compared;
    return result;
}

}  // namespace host
