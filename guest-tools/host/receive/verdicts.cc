// SPDX-License-Identifier: GPL-2.0-or-later
#include "verdicts.h"

#include "encode.h"

namespace host {
namespace {

constexpr std::size_t kAddresses = 12;
constexpr std::size_t kTag = 4;

// A frame without the tag that the stack is told about aside.
Bytes without_tag(Bytes frame) {
    const auto from = frame.begin() + static_cast<std::ptrdiff_t>(kAddresses);
    frame.erase(from, from + static_cast<std::ptrdiff_t>(kTag));
    return frame;
}

void compare(const Verdict& sent, const Json& told, bool on) {
    const Bytes expected = told.contains("vlan") ? without_tag(sent.frame) : sent.frame;
    require(told.at("hex") == agent::to_hex(expected),
            sent.what + ": other bytes arrived: " + told.at("hex").get<std::string>());
    const bool vouched = told.at("checksum") == "valid";
    require(vouched == (on && sent.vouched),
            sent.what + (vouched ? ": vouched for" : ": not vouched for") + " with the offload " +
                (on ? "on" : "off") + "; the frame: " + agent::to_hex(sent.frame));
}

Json evidence(const std::vector<Verdict>& sent) {
    Json out = Json::array();
    for (const Verdict& one : sent) {
        out.push_back(
            {{"summary", one.what + (one.vouched ? ": vouched for" : ": not vouched for")},
             {"hex", agent::to_hex(one.frame)}});
    }
    return out;
}

}  // namespace

std::string payload(std::size_t bytes, char first) {
    std::string out;
    for (std::size_t i = 0; i < bytes; ++i) {
        out.push_back(static_cast<char>(first + static_cast<char>(i % 19)));
    }
    return out;
}

Bytes Verdicts::add(const std::string& what, Tins::PDU& packet, bool vouched) {
    add(what, bytes_of(packet), vouched);
    return all_.back().frame;
}

void Verdicts::add(const std::string& what, Bytes frame, bool vouched) {
    all_.push_back({what, std::move(frame), vouched});
}

void Verdicts::spoiled(const std::string& what, Bytes frame, std::size_t at) {
    frame.at(at) ^= std::byte{0x10};
    add(what, std::move(frame), false);
}

std::vector<Bytes> Verdicts::frames() const {
    std::vector<Bytes> out;
    for (const Verdict& one : all_) {
        out.push_back(one.frame);
    }
    return out;
}

Json compare_verdicts(ReceiveTrial& trial, const Verdicts& verdicts, const View& view) {
    const auto& sent = verdicts.all();
    for (const bool on : {true, false}) {
        trial.set("rx-checksum", on);
        const Json told = trial.told(verdicts.frames(), view);
        require(told.size() == sent.size(), std::to_string(told.size()) + " of " +
                                                std::to_string(sent.size()) + " frames arrived");
        for (std::size_t i = 0; i < sent.size(); ++i) {
            compare(sent[i], told.at(i), on);
        }
    }
    trial.set("rx-checksum", true);
    const auto good =
        std::count_if(sent.begin(), sent.end(), [](const Verdict& one) { return one.vouched; });
    return {{"frames", evidence(sent)},
            {"told", std::to_string(good) + " right vouched for, " +
                         std::to_string(static_cast<std::ptrdiff_t>(sent.size()) - good) +
                         " others not; with it off none"}};
}

}  // namespace host
