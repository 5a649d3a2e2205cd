// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent_client.h"

#include <algorithm>
#include <stdexcept>

namespace host {

AgentClient::~AgentClient() {
    connections_.clear();
}

LocalConnection* AgentClient::add(std::unique_ptr<LocalConnection> connection) {
    LocalConnection* const added = connection.get();
    {
        const std::lock_guard guard(lock_);
        ++open_;
        connections_.push_back(std::move(connection));
        if (active_ == nullptr) {
            active_ = added;
        }
    }
    added->start([this](std::string_view bytes) { take(bytes); },
                 [this] {
                     const std::lock_guard guard(lock_);
                     --open_;
                     changed_.notify_all();
                 });
    return added;
}

void AgentClient::activate(LocalConnection* connection) {
    const std::lock_guard guard(lock_);
    active_ = connection;
}

void AgentClient::take(std::string_view bytes) {
    // A line may begin on one connection and end on the next when the guest migrates.
    const std::lock_guard guard(pending_lock_);
    pending_ += bytes;
    std::size_t end = 0;
    while ((end = pending_.find('\n')) != std::string::npos) {
        dispatch(pending_.substr(0, end));
        pending_.erase(0, end + 1);
    }
}

void AgentClient::dispatch(const std::string& line) {
    const Json message = Json::parse(line, nullptr, false);
    if (!message.is_object()) {
        return;
    }
    OnEvent listener;
    {
        const std::lock_guard guard(lock_);
        if (message.value("event", Json()) == "hello") {
            ++hellos_;
        } else if (!message.contains("id") || !message.at("id").is_number_unsigned()) {
            return;
        } else {
            const auto id = message.at("id").get<Id>();
            if (message.contains("event")) {
                events_[id].push_back(message);
                const auto found = listeners_.find(id);
                listener = found == listeners_.end() ? OnEvent() : found->second;
            } else {
                answers_[id] = message;
            }
        }
        changed_.notify_all();
    }
    if (listener) {
        listener(message);
    }
}

bool AgentClient::wait_hello(Milliseconds timeout, unsigned times) {
    std::unique_lock guard(lock_);
    changed_.wait_for(guard, timeout, [&] { return hellos_ >= times || open_ == 0; });
    return hellos_ >= times;
}

void AgentClient::send(const Json& request) {
    LocalConnection* to = nullptr;
    {
        const std::lock_guard guard(lock_);
        to = active_;
    }
    to->send(request.dump() + "\n");
}

AgentClient::Id AgentClient::start(const std::string& command, const Json& args, OnEvent on_event) {
    Id id = 0;
    {
        const std::lock_guard guard(lock_);
        id = next_id_++;
        if (on_event) {
            listeners_[id] = std::move(on_event);
        }
    }
    send({{"id", id}, {"command", command}, {"args", args}});
    return id;
}

Json AgentClient::finish(Id id, Milliseconds timeout) {
    std::unique_lock guard(lock_);
    changed_.wait_for(guard, timeout, [&] { return open_ == 0 || answers_.contains(id); });
    const auto found = answers_.find(id);
    if (found == answers_.end()) {
        throw std::runtime_error(open_ == 0 ? "QEMU ended while the agent was at work"
                                            : "the agent did not answer in time");
    }
    const Json answer = found->second;
    answers_.erase(found);
    events_.erase(id);
    listeners_.erase(id);
    if (!answer.value("ok", false)) {
        throw std::runtime_error("agent: " + answer.value("error", answer.dump()));
    }
    return answer.at("result");
}

Json AgentClient::call(const std::string& command, const Json& args, Milliseconds timeout) {
    try {
        return finish(start(command, args), timeout);
    } catch (const std::exception& error) {
        throw std::runtime_error(command + ": " + error.what());
    }
}

std::optional<Json> AgentClient::wait_event(Id id, const std::string& kind, Milliseconds timeout) {
    std::unique_lock guard(lock_);
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    while (true) {
        auto& waiting = events_[id];
        const auto found = std::find_if(waiting.begin(), waiting.end(), [&](const Json& event) {
            return event.value("event", std::string()) == kind;
        });
        if (found != waiting.end()) {
            Json event = *found;
            waiting.erase(waiting.begin(), found + 1);
            return event;
        }
        if (open_ == 0 || answers_.contains(id) ||
            changed_.wait_until(guard, deadline) == std::cv_status::timeout) {
            return std::nullopt;
        }
    }
}

void AgentClient::cancel(Id id) {
    Id own = 0;
    {
        const std::lock_guard guard(lock_);
        own = next_id_++;
    }
    send({{"id", own}, {"command", "cancel"}, {"args", {{"id", id}}}});
}

bool AgentClient::closed() const {
    const std::lock_guard guard(lock_);
    return open_ == 0;
}

}  // namespace host
