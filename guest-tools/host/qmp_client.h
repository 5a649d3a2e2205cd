// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "local_socket.h"

namespace host {

using Json = nlohmann::json;
using Milliseconds = std::chrono::milliseconds;

// QEMU's monitor protocol over one connection.
class QmpClient {
public:
    explicit QmpClient(std::unique_ptr<LocalConnection> connection);

    // The command's return value; throws QEMU's own error text.
    Json execute(const std::string& command, const Json& arguments = Json::object(),
                 Milliseconds timeout = Milliseconds(30000));
    // A line for the human monitor; its output.
    std::string monitor(const std::string& line);
    // The next event of that name not yet taken; nothing at the timeout.
    [[nodiscard]] std::optional<Json> wait_event(const std::string& name, Milliseconds timeout);
    [[nodiscard]] bool closed() const;

private:
    void take(std::string_view bytes);
    void dispatch(const std::string& line);

    mutable std::mutex lock_;
    std::condition_variable changed_;
    std::string pending_;
    bool greeted_ = false;
    bool closed_ = false;
    unsigned next_id_ = 1;
    std::map<unsigned, Json> answers_;
    std::deque<Json> events_;
    std::unique_ptr<LocalConnection> connection_;  // last: its thread uses the rest
};

}  // namespace host
