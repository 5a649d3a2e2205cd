// SPDX-License-Identifier: GPL-2.0-or-later
// Requests that must be refused: the code and the member are right, and nothing has changed.
#include "check.h"

namespace host {
namespace {

// Offsets and codes of docs/task-offload.md, written down a second time.
constexpr std::uint32_t kLength = 0x500;
constexpr std::uint32_t kHardware = 0x010;
constexpr std::uint32_t kParameters = 0x200;
constexpr std::uint32_t kParameterWords = 32;
constexpr std::uint32_t kEncapsulation = 0x280;
constexpr std::uint32_t kEncapsulationWords = 4;
constexpr std::uint32_t kDoorbell = 0x2F0;
constexpr std::uint32_t kGeneration = 0x2F8;
constexpr std::uint32_t kNotSupported = 2;
constexpr std::uint32_t kInvalidData = 3;
constexpr std::uint32_t kInvalidParameter = 4;
constexpr std::uint32_t kRingParameters = 1;
constexpr std::uint32_t kRingEncapsulation = 2;
constexpr std::uint32_t kRingDefaults = 4;

struct Word {
    std::uint32_t offset = 0;
    std::uint32_t value = 0;
};

struct Refusal {
    const char* what;
    std::vector<Word> words;
    std::uint32_t ring = kRingParameters;
    std::uint32_t code = kInvalidData;
    std::uint32_t member = 0;
};

// A byte of the parameters, as the word that it lies in.
Word byte(std::uint32_t offset, std::uint32_t value) {
    return {kParameters + offset / 4 * 4, value << 8 * (offset % 4)};
}

// CTRL-4, CTRL-5, MAP-1, MAP-2
std::vector<Refusal> refusals() {
    constexpr std::uint32_t k4 = kEncapsulation;
    constexpr std::uint32_t k6 = kEncapsulation + 8;
    constexpr std::uint32_t kOn8023 = 0x00020001;
    constexpr std::uint32_t kBothAreas = kRingParameters | kRingEncapsulation;
    return {
        {"IPv4Checksum 5", {byte(0, 5)}, kRingParameters, kInvalidData, 0x200},
        {"UDPIPv6Checksum 255", {byte(4, 255)}, kRingParameters, kInvalidData, 0x204},
        {"LsoV1 3", {byte(5, 3)}, kRingParameters, kInvalidData, 0x205},
        {"IPsecV1 5", {byte(6, 5)}, kRingParameters, kInvalidData, 0x206},
        {"IPsecV1 2", {byte(6, 2)}, kRingParameters, kNotSupported, 0x206},
        {"LsoV2IPv6 3", {byte(8, 3)}, kRingParameters, kInvalidData, 0x208},
        {"TCP connection offload 1", {byte(9, 1)}, kRingParameters, kInvalidData, 0x209},
        {"reserved byte 11", {byte(11, 1)}, kRingParameters, kInvalidData, 0x20B},
        {"Flags 2", {byte(12, 2)}, kRingParameters, kInvalidData, 0x20C},
        {"IPsecV2 2", {byte(16, 2)}, kRingParameters, kNotSupported, 0x210},
        {"RscIPv4 3", {byte(18, 3)}, kRingParameters, kInvalidData, 0x212},
        {"EncapsulatedPacketTaskOffload 3", {byte(20, 3)}, kRingParameters, kInvalidData, 0x214},
        {"types without on", {byte(21, 1)}, kRingParameters, kInvalidData, 0x215},
        {"an unknown type", {{0x214, 0x0401}}, kRingParameters, kInvalidData, 0x215},
        {"UsoIPv6 3", {byte(25, 3)}, kRingParameters, kInvalidData, 0x219},
        {"UdpRsc 2", {byte(26, 2)}, kRingParameters, kNotSupported, 0x21A},
        {"the last reserved byte", {{0x27C, 0x01000000}}, kRingParameters, kInvalidData, 0x27F},
        {"a good member before a bad one",
         {byte(5, 1), byte(18, 1), byte(25, 3)},
         kRingParameters,
         kInvalidData,
         0x219},
        {"IPv4 Enabled 3", {{k4, 3}}, kRingEncapsulation, kInvalidData, 0x280},
        {"IPv4 type LLC/SNAP", {{k4, 0x00100001}}, kRingEncapsulation, kInvalidParameter, 0x282},
        {"IPv4 header of 16 bytes",
         {{k4, kOn8023}, {k4 + 4, 16}},
         kRingEncapsulation,
         kInvalidParameter,
         0x284},
        {"IPv6 two types",
         {{k4, kOn8023}, {k6, 0x00120001}},
         kRingEncapsulation,
         kInvalidParameter,
         0x28A},
        {"IPv6 header of 2^31 bytes",
         {{k6, kOn8023}, {k6 + 4, 0x80000000}},
         kRingEncapsulation,
         kInvalidParameter,
         0x28C},
        {"good parameters, bad encapsulation",
         {byte(18, 1), {k4, 3}},
         kBothAreas,
         kInvalidData,
         0x280},
        {"defaults and bad parameters",
         {byte(0, 5)},
         kRingDefaults | kRingParameters,
         kInvalidData,
         0x200},
        {"no bit of the doorbell", {}, 0, kInvalidData, kDoorbell},
        {"an unknown bit of the doorbell", {}, 0x11, kInvalidData, kDoorbell},
    };
}

// Both request areas.
std::vector<std::uint32_t> areas() {
    std::vector<std::uint32_t> out;
    for (std::uint32_t i = 0; i < kParameterWords; ++i) {
        out.push_back(kParameters + 4 * i);
    }
    for (std::uint32_t i = 0; i < kEncapsulationWords; ++i) {
        out.push_back(kEncapsulation + 4 * i);
    }
    return out;
}

Json words_of(const std::vector<Word>& words) {
    std::vector<Word> joined;  // two bytes of one word are one write
    for (const Word& word : words) {
        if (!joined.empty() && joined.back().offset == word.offset) {
            joined.back().value |= word.value;
        } else {
            joined.push_back(word);
        }
    }
    Json out = Json::array();
    for (const Word& word : joined) {
        out.push_back({word.offset, word.value});
    }
    return out;
}

void expect_refused(ControlTrial& trial, const Refusal& refusal) {
    const Json before = trial.tables();
    const Json answer =
        trial.raw({{"write", words_of(refusal.words)}, {"ring", refusal.ring}, {"read", areas()}});
    const std::string what = refusal.what;
    require(answer.at("code") == refusal.code && answer.at("member") == refusal.member,
            what + ": code " + answer.at("code").dump() + ", member " + answer.at("member").dump() +
                " instead of " + std::to_string(refusal.code) + ", " +
                std::to_string(refusal.member));
    require(trial.tables() == before, what + ": a table, the generation or the event changed");
    if ((refusal.ring & (kRingParameters | kRingEncapsulation)) == 0) {
        return;
    }
    for (const Json& value : answer.at("values")) {
        require(value == 0, what + ": the doorbell left something in the request");
    }
}

// What is read-only, beyond the block or not on a word: nothing happens.
void expect_ignored(ControlTrial& trial) {
    const Json before = trial.tables();
    const Json outside{kLength, kLength + 0x100, 0x10000, kHardware + 2};
    const Json answer = trial.raw({{"write",
                                    {{kHardware, 0},
                                     {kGeneration, 77},
                                     {0x110, 0xFFFFFFFFU},
                                     {0x410, 0},
                                     {kLength, 5},
                                     {kParameters + 2, 5}}},
                                   {"read", outside}});
    for (const Json& value : answer.at("values")) {
        require(value == 0, "an offset outside of the block reads " + value.dump());
    }
    require(trial.raw({{"read", {kParameters}}}).at("values").at(0) == 0,
            "a write beside a word went into one");
    require(trial.tables() == before, "a write to read-only words changed a table");
}

}  // namespace

Json check_control_refusals(ControlTrial& trial) {
    const auto all = refusals();
    // Once with the block as after a reset, once with switches that apply.
    for (const bool engaged : {false, true}) {
        if (engaged) {
            trial.change({"csum-udp4=" + without(trial.hardware("csum-udp4"), "tx"), "rsc-ip6=off",
                          "active=ip6"});
        }
        for (const Refusal& refusal : all) {
            expect_refused(trial, refusal);
        }
        expect_ignored(trial);
    }
    const std::string unsupported = [&] {
        for (const char* name : {"lso2-ip4", "uso-ip4", "rsc-ip4", "vxlan"}) {
            if (trial.hardware(name) == "off") {
                return std::string(name);
            }
        }
        return std::string();
    }();
    if (!unsupported.empty()) {
        const Json answer = trial.request({unsupported + "=on"});
        require(answer.at("code") == kNotSupported,
                unsupported + ", which the hardware lacks, was not refused: " + answer.dump());
    }
    return {{"told", std::to_string(all.size()) + " requests refused with the right code and "
                                                  "member, and nothing changed"},
            {"frames", Json::array()}};
}

}  // namespace host
