// SPDX-License-Identifier: GPL-2.0-or-later
// The NIC's task-offload block, beside the driver that runs it.
#include <array>
#include <stdexcept>
#include <utility>

#include "apply.h"
#include "command.h"
#include "report.h"
#include "settings.h"
#include "statistics.h"
#include "tables.h"
#include "window.h"

namespace agent {
namespace {

using taskoffload::Block;
using taskoffload::Outcome;
using taskoffload::Request;
using taskoffload::Turn;

std::unique_ptr<Block> block_of(const Job& job) {
    return taskoffload::open_block("/sys/class/net/" + job.ifname() + "/device",
                                   taskoffload::Path::Window);
}

Json tables(Job& job) {
    const auto block = block_of(job);
    const Turn turn(*block);
    Json out(taskoffload::snapshot_json(taskoffload::take_snapshot(*block)));
    out["event"] = block->read(X550_EVENT);
    out["event_vector"] = block->read(X550_EVENT_VECTOR);
    return out;
}

template <typename Action>
Json changed_by(Block& block, const Action& action) {
    const Turn turn(block);
    const auto before = taskoffload::take_snapshot(block);
    const Outcome outcome = action();
    const auto rows = taskoffload::differences(before, taskoffload::take_snapshot(block));
    Json out(taskoffload::outcome_json(outcome));
    out["changes"] = Json(taskoffload::differences_json(rows));
    return out;
}

Json set(Job& job) {
    const auto block = block_of(job);
    Request request =
        taskoffload::parse_settings(job.args.at("settings").get<std::vector<std::string>>());
    if (job.args.value("activate", true)) {
        request = taskoffload::with_first_activation(request, *block);
    }
    return changed_by(*block, [&] { return taskoffload::apply(*block, request); });
}

// Also what restoring defaults leaves: counters, a pending event, the interrupt.
Json reset(Job& job) {
    const auto block = block_of(job);
    return changed_by(*block, [&] {
        const Outcome out =
            taskoffload::ring(*block, X550_DOORBELL_DEFAULTS | X550_DOORBELL_CLEAR_STATISTICS);
        block->write(X550_EVENT_VECTOR, 0);
        block->write(X550_EVENT, X550_EVENT_CURRENT | X550_EVENT_HARDWARE);
        return out;
    });
}

Json stats(Job& job) {
    const auto block = block_of(job);
    return taskoffload::statistics_json(taskoffload::read_statistics(*block));
}

// {write: [[offset, value]...], ring: bits, read: [offset...]}, in this order.
Json raw(Job& job) {
    using Words = std::vector<std::pair<std::uint32_t, std::uint32_t>>;
    const auto block = block_of(job);
    const Turn turn(*block);
    for (const auto& [offset, value] : job.args.value("write", Words())) {
        block->write(offset, value);
    }
    Json out = Json::object();
    if (job.args.contains("ring")) {
        const Outcome outcome = taskoffload::ring(*block, job.args.at("ring").get<std::uint32_t>());
        out = {{"code", outcome.code}, {"member", outcome.member}};
    }
    out["values"] = Json::array();
    for (const std::uint32_t offset : job.args.value("read", std::vector<std::uint32_t>())) {
        out["values"].push_back(block->read(offset));
    }
    return out;
}

// Off and on in turn, as fast as the device takes it; it ends on.
Json toggle(Job& job) {
    const auto block = block_of(job);
    const std::string setting = job.text("setting");
    const auto times = job.args.value("times", 2U);
    const Request off =
        taskoffload::with_first_activation(taskoffload::parse_settings({setting + "=off"}), *block);
    const Request on = taskoffload::parse_settings({setting + "=on"});
    unsigned rung = 0;
    for (; rung < times + times % 2 && !job.cancelled(); ++rung) {
        const Outcome outcome = taskoffload::apply(*block, rung % 2 == 0 ? off : on);
        if (!outcome.done()) {
            throw std::runtime_error(setting + ", ring " + std::to_string(rung) + ": " +
                                     outcome.message);
        }
    }
    return {{"rung", rung}, {"generation", block->read(X550_GENERATION)}};
}

constexpr std::array kCommands{
    Command{"offload.tables", "the task-offload block's tables, generation and event", tables},
    Command{"offload.set", "switch {settings: [\"rsc-ip4=off\", ...], activate}", set},
    Command{"offload.reset", "the state before the first doorbell, counters 0", reset},
    Command{"offload.stats", "the block's counters", stats},
    Command{"offload.raw", "words {write: [[offset, value]], ring: bits, read: [offset]}", raw},
    Command{"offload.toggle", "switch {setting} off and on {times} times", toggle},
};

}  // namespace

CommandTable offload_commands() {
    return kCommands;
}

}  // namespace agent
