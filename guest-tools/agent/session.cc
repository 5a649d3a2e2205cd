// SPDX-License-Identifier: GPL-2.0-or-later
// Programs that are talked to over a terminal: each line sent is answered up to a prompt.
#include <array>
#include <cerrno>
#include <map>
#include <memory>
#include <mutex>
#include <poll.h>
#include <pty.h>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <vector>

#include "command.h"

namespace agent {
namespace {

using Clock = std::chrono::steady_clock;

// A program on a terminal of its own, which it believes to be a person's. Ends with the object.
class Session {
public:
    explicit Session(const std::vector<std::string>& words);
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    ~Session();

    void send(const std::string& text) const;
    // Everything up to and with `prompt`; throws with what came instead when time is up or the
    // program has ended.
    [[nodiscard]] std::string until(const std::string& prompt, Milliseconds timeout);

private:
    [[nodiscard]] bool read_more(Milliseconds timeout);
    [[nodiscard]] std::string fate();

    int terminal_ = -1;
    pid_t child_ = -1;
    std::string pending_;
};

Session::Session(const std::vector<std::string>& words) {
    std::vector<std::string> copy = words;
    std::vector<char*> argv;
    argv.reserve(copy.size() + 1);
    for (std::string& word : copy) {
        argv.push_back(word.data());
    }
    argv.push_back(nullptr);
    child_ = forkpty(&terminal_, nullptr, nullptr, nullptr);
    if (child_ < 0) {
        throw std::system_error(errno, std::generic_category(), "forkpty");
    }
    if (child_ == 0) {
        execvp(argv[0], argv.data());
        dprintf(STDERR_FILENO, "%s cannot be run\n", argv[0]);
        _exit(127);
    }
}

Session::~Session() {
    if (child_ > 0) {
        kill(child_, SIGKILL);
        while (waitpid(child_, nullptr, 0) < 0 && errno == EINTR) {
        }
    }
    close(terminal_);
}

// Whether the program still runs, and how it ended.
std::string Session::fate() {
    int status = 0;
    if (child_ <= 0 || waitpid(child_, &status, WNOHANG) == 0) {
        return child_ > 0 ? "it runs" : "it has ended";
    }
    child_ = -1;
    return WIFEXITED(status) ? "it ended with status " + std::to_string(WEXITSTATUS(status))
                             : "signal " + std::to_string(WTERMSIG(status)) + " ended it";
}

void Session::send(const std::string& text) const {
    for (std::size_t done = 0; done < text.size();) {
        const ssize_t sent = write(terminal_, text.data() + done, text.size() - done);
        if (sent <= 0) {
            throw std::system_error(errno, std::generic_category(), "write to the program");
        }
        done += static_cast<std::size_t>(sent);
    }
}

// A terminal whose program has ended reads as an error.
bool Session::read_more(Milliseconds timeout) {
    pollfd waiting{terminal_, POLLIN, 0};
    if (poll(&waiting, 1, static_cast<int>(timeout.count())) <= 0) {
        return false;
    }
    std::array<char, 4096> buffer{};
    const ssize_t got = read(terminal_, buffer.data(), buffer.size());
    if (got > 0) {
        pending_.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return got > 0;
}

std::string Session::until(const std::string& prompt, Milliseconds timeout) {
    const auto deadline = Clock::now() + timeout;
    while (true) {
        if (const auto at = pending_.find(prompt); at != std::string::npos) {
            std::string out = pending_.substr(0, at + prompt.size());
            pending_.erase(0, at + prompt.size());
            return out;
        }
        const auto left = std::chrono::duration_cast<Milliseconds>(deadline - Clock::now());
        if (left.count() <= 0 || !read_more(left)) {
            throw std::runtime_error("no \"" + prompt + "\" from the program; " + fate() +
                                     "; it said: " + pending_);
        }
    }
}

// Sessions by name; one thread talks to a session at a time.
struct Sessions {
    std::mutex lock;
    std::map<std::string, std::shared_ptr<Session>> by_name;

    std::shared_ptr<Session> find(const std::string& name) {
        const std::lock_guard guard(lock);
        const auto found = by_name.find(name);
        if (found == by_name.end()) {
            throw std::runtime_error("there is no session " + name);
        }
        return found->second;
    }
};

Sessions& sessions() {
    static Sessions all;
    return all;
}

Json start(Job& job) {
    auto session = std::make_shared<Session>(job.args.at("argv").get<std::vector<std::string>>());
    std::string out = session->until(job.text("until"), job.timeout(60000));
    const std::lock_guard guard(sessions().lock);
    sessions().by_name[job.text("name")] = std::move(session);
    return {{"output", out}};
}

Json send(Job& job) {
    const auto session = sessions().find(job.text("name"));
    session->send(job.text("text"));
    return {{"output", session->until(job.text("until"), job.timeout(60000))}};
}

Json end(Job& job) {
    const std::lock_guard guard(sessions().lock);
    sessions().by_name.erase(job.text("name"));
    return Json::object();
}

constexpr std::array kCommands{
    Command{"session.start", "run {name, argv} on a terminal; its output up to {until}", start},
    Command{"session.send", "type {text} to {name}; the output up to {until}", send},
    Command{"session.end", "end the program {name}", end},
};

}  // namespace

CommandTable session_commands() {
    return kCommands;
}

}  // namespace agent
