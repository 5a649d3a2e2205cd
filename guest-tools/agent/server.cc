// SPDX-License-Identifier: GPL-2.0-or-later
#include "server.h"

#include <exception>
#include <sys/utsname.h>
#include <thread>

namespace agent {

void Server::serve() {
    utsname kernel{};
    uname(&kernel);
    channel_.write({{"event", "hello"}, {"agent", "x550-agent"}, {"kernel", kernel.release}});
    while (auto line = channel_.read_line()) {
        if (!line->empty()) {
            handle(*line);
        }
    }
}

void Server::handle(const std::string& line) {
    const Json request = Json::parse(line, nullptr, false);
    if (!request.is_object() || !request.contains("command")) {
        channel_.write({{"id", nullptr}, {"ok", false}, {"error", "not a request: " + line}});
        return;
    }
    if (request.at("command") == "cancel") {
        cancel(request);
        return;
    }
    start(request);
}

void Server::start(const Json& request) {
    const Json id = request.value("id", Json());
    const auto name = request.at("command").is_string() ? request.at("command").get<std::string>()
                                                        : std::string();
    const Command* command = find_command(name);
    if (command == nullptr) {
        channel_.write({{"id", id}, {"ok", false}, {"error", "unknown command \"" + name + "\""}});
        return;
    }
    auto emit = [this, id](const Json& event) {
        Json message = event;
        message["id"] = id;
        channel_.write(message);
    };
    auto job = std::make_shared<Job>(request.value("args", Json::object()), emit);
    {
        const std::lock_guard lock(lock_);
        jobs_[id.dump()] = job;
    }
    std::thread([this, command, job, id] { run(*command, job, id); }).detach();
}

void Server::run(const Command& command, const std::shared_ptr<Job>& job, const Json& id) {
    Json answer{{"id", id}};
    try {
        answer["result"] = command.run(*job);
        answer["ok"] = true;
    } catch (const std::exception& error) {
        answer["ok"] = false;
        answer["error"] = error.what();
    }
    {
        const std::lock_guard lock(lock_);
        jobs_.erase(id.dump());
    }
    channel_.write(answer);
}

void Server::cancel(const Json& request) {
    const Json args = request.value("args", Json::object());
    bool found = false;
    {
        const std::lock_guard lock(lock_);
        const auto job = jobs_.find(args.value("id", Json()).dump());
        if (job != jobs_.end()) {
            job->second->cancel();
            found = true;
        }
    }
    channel_.write(
        {{"id", request.value("id", Json())}, {"ok", true}, {"result", {{"found", found}}}});
}

}  // namespace agent
