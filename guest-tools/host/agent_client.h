// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "local_socket.h"
#include "qmp_client.h"

namespace host {

// Talks to the agent in the guest. Outlives the QEMU process when the guest migrates: connections
// are added, and one of them is the active one.
class AgentClient {
public:
    using Id = unsigned;
    using OnEvent = std::function<void(const Json&)>;

    AgentClient() = default;
    AgentClient(const AgentClient&) = delete;
    AgentClient& operator=(const AgentClient&) = delete;
    ~AgentClient();

    // Starts to listen on a connection; the first one becomes active.
    LocalConnection* add(std::unique_ptr<LocalConnection> connection);
    void activate(LocalConnection* connection);

    // Waits until agents have reported for duty `times` times (more than once: restarts).
    [[nodiscard]] bool wait_hello(Milliseconds timeout, unsigned times = 1);

    // Runs a command and returns its result; throws the agent's error or on timeout.
    Json call(const std::string& command, const Json& args = Json::object(),
              Milliseconds timeout = Milliseconds(60000));
    // Starts a command that runs beside others.
    [[nodiscard]] Id start(const std::string& command, const Json& args = Json::object(),
                           OnEvent on_event = {});
    [[nodiscard]] Json finish(Id id, Milliseconds timeout = Milliseconds(60000));
    [[nodiscard]] std::optional<Json> wait_event(Id id, const std::string& kind,
                                                 Milliseconds timeout);
    void cancel(Id id);
    [[nodiscard]] bool closed() const;

private:
    void take(std::string_view bytes);
    void dispatch(const std::string& line);
    void send(const Json& request);

    mutable std::mutex lock_;
    std::condition_variable changed_;
    std::mutex pending_lock_;
    std::string pending_;
    unsigned hellos_ = 0;
    unsigned open_ = 0;
    Id next_id_ = 1;
    std::map<Id, Json> answers_;
    std::map<Id, std::deque<Json>> events_;
    std::map<Id, OnEvent> listeners_;
    LocalConnection* active_ = nullptr;
    std::vector<std::unique_ptr<LocalConnection>> connections_;
};

}  // namespace host
