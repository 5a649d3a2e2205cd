// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "channel.h"
#include "command.h"

namespace agent {

// Reads requests {"id", "command", "args"} and runs each on its own thread; answers
// {"id", "ok", "result"|"error"}. {"command": "cancel", "args": {"id"}} stops a running one.
class Server {
public:
    explicit Server(Channel& channel) : channel_(channel) {}

    // Returns when the channel ends.
    void serve();

private:
    void handle(const std::string& line);
    void start(const Json& request);
    void run(const Command& command, const std::shared_ptr<Job>& job, const Json& id);
    void cancel(const Json& request);

    Channel& channel_;
    std::mutex lock_;
    std::map<std::string, std::shared_ptr<Job>> jobs_;
};

}  // namespace agent
