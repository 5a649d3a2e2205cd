// SPDX-License-Identifier: GPL-2.0-or-later
#include "qmp_client.h"

#include <algorithm>
#include <stdexcept>

namespace host {

QmpClient::QmpClient(std::unique_ptr<LocalConnection> connection)
    : connection_(std::move(connection)) {
    connection_->start([this](std::string_view bytes) { take(bytes); },
                       [this] {
                           const std::lock_guard guard(lock_);
                           closed_ = true;
                           changed_.notify_all();
                       });
    {
        std::unique_lock guard(lock_);
        changed_.wait_for(guard, std::chrono::seconds(30), [this] { return greeted_ || closed_; });
        if (!greeted_) {
            throw std::runtime_error("QEMU's monitor does not answer");
        }
    }
    execute("qmp_capabilities");
}

void QmpClient::take(std::string_view bytes) {
    pending_ += bytes;
    std::size_t end = 0;
    while ((end = pending_.find('\n')) != std::string::npos) {
        dispatch(pending_.substr(0, end));
        pending_.erase(0, end + 1);
    }
}

void QmpClient::dispatch(const std::string& line) {
    Json message = Json::parse(line, nullptr, false);
    const std::lock_guard guard(lock_);
    if (message.contains("QMP")) {
        greeted_ = true;
    } else if (message.contains("event")) {
        events_.push_back(std::move(message));
    } else if (message.contains("id")) {
        const auto id = message.at("id").get<unsigned>();
        answers_[id] = std::move(message);
    }
    changed_.notify_all();
}

Json QmpClient::execute(const std::string& command, const Json& arguments, Milliseconds timeout) {
    unsigned id = 0;
    {
        const std::lock_guard guard(lock_);
        id = next_id_++;
    }
    Json request{{"execute", command}, {"id", id}};
    if (!arguments.empty()) {
        request["arguments"] = arguments;
    }
    connection_->send(request.dump() + "\n");
    std::unique_lock guard(lock_);
    changed_.wait_for(guard, timeout, [&] { return closed_ || answers_.contains(id); });
    const auto found = answers_.find(id);
    if (found == answers_.end()) {
        throw std::runtime_error("QMP " + command + (closed_ ? ": QEMU ended" : ": no answer"));
    }
    const Json answer = found->second;
    answers_.erase(found);
    if (answer.contains("error")) {
        throw std::runtime_error("QMP " + command + ": " +
                                 answer.at("error").at("desc").get<std::string>());
    }
    return answer.at("return");
}

std::string QmpClient::monitor(const std::string& line) {
    return execute("human-monitor-command", {{"command-line", line}}, Milliseconds(120000))
        .get<std::string>();
}

std::optional<Json> QmpClient::wait_event(const std::string& name, Milliseconds timeout) {
    std::unique_lock guard(lock_);
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    while (true) {
        const auto found = std::find_if(events_.begin(), events_.end(), [&](const Json& event) {
            return event.at("event") == name;
        });
        if (found != events_.end()) {
            Json event = *found;
            events_.erase(found);
            return event;
        }
        if (closed_ || changed_.wait_until(guard, deadline) == std::cv_status::timeout) {
            return std::nullopt;
        }
    }
}

bool QmpClient::closed() const {
    const std::lock_guard guard(lock_);
    return closed_;
}

}  // namespace host
