// SPDX-License-Identifier: GPL-2.0-or-later
#include "process.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <stdexcept>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

#include "command.h"

namespace agent {
namespace {

using Clock = std::chrono::steady_clock;

struct Pipe {
    int read = -1;
    int write = -1;
};

Pipe make_pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) {
        throw std::system_error(errno, std::generic_category(), "pipe");
    }
    return {ends[0], ends[1]};
}

[[noreturn]] void become(const std::vector<std::string>& words, int in, int out, int err) {
    dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    (void)std::signal(SIGPIPE, SIG_DFL);
    setpgid(0, 0);
    std::vector<char*> argv;
    argv.reserve(words.size() + 1);
    for (const std::string& word : words) {
        argv.push_back(const_cast<char*>(word.c_str()));
    }
    argv.push_back(nullptr);
    execvp(argv[0], argv.data());
    dprintf(STDERR_FILENO, "%s: %s\n", argv[0], std::strerror(errno));
    _exit(127);
}

void feed(int fd, const std::string& input) {
    std::size_t done = 0;
    while (done < input.size()) {
        const ssize_t sent = write(fd, input.data() + done, input.size() - done);
        if (sent <= 0) {
            break;
        }
        done += static_cast<std::size_t>(sent);
    }
    close(fd);
}

// Reads what is there; false when the other end has closed.
bool drain(int fd, std::string& into) {
    std::array<char, 4096> buffer{};
    const ssize_t got = read(fd, buffer.data(), buffer.size());
    if (got > 0) {
        into.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return got > 0;
}

int exit_status(pid_t child) {
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

Json exec(Job& job) {
    const auto words = job.args.at("argv").get<std::vector<std::string>>();
    const auto result = run_process(words, job.args.value("stdin", std::string()),
                                    job.timeout(60000), [&] { return job.cancelled(); });
    return {{"status", result.status},
            {"timed_out", result.timed_out},
            {"stdout", result.out},
            {"stderr", result.err}};
}

// Hands a terminal to a shell and returns when the shell ends.
Json shell(Job& job) {
    return {{"status", run_shell(job.args.value("terminal", std::string("/dev/ttyS0")))}};
}

constexpr std::array kCommands{
    Command{"exec", "run {argv, stdin, timeout_ms}", exec},
    Command{"shell", "run a shell on {terminal}", shell},
};

}  // namespace

ProcessResult run_process(const std::vector<std::string>& words, const std::string& input,
                          std::chrono::milliseconds timeout, const std::function<bool()>& stop) {
    if (words.empty()) {
        throw std::runtime_error("nothing to run");
    }
    const Pipe in = make_pipe();
    const Pipe out = make_pipe();
    const Pipe err = make_pipe();
    const pid_t child = fork();
    if (child == 0) {
        become(words, in.read, out.write, err.write);
    }
    close(in.read);
    close(out.write);
    close(err.write);
    feed(in.write, input);
    ProcessResult result;
    const auto deadline = Clock::now() + timeout;
    bool out_open = true;
    bool err_open = true;
    while (out_open || err_open) {
        std::array<pollfd, 2> waiting{pollfd{out_open ? out.read : -1, POLLIN, 0},
                                      pollfd{err_open ? err.read : -1, POLLIN, 0}};
        poll(waiting.data(), waiting.size(), 100);
        if (waiting[0].revents != 0) {
            out_open = drain(out.read, result.out);
        }
        if (waiting[1].revents != 0) {
            err_open = drain(err.read, result.err);
        }
        if (Clock::now() > deadline || (stop && stop())) {
            result.timed_out = Clock::now() > deadline;
            kill(-child, SIGKILL);
            kill(child, SIGKILL);
            break;
        }
    }
    close(out.read);
    close(err.read);
    result.status = exit_status(child);
    return result;
}

int run_shell(const std::string& terminal) {
    const pid_t child = fork();
    if (child == 0) {
        setsid();
        const int fd = open(terminal.c_str(), O_RDWR);
        ioctl(fd, TIOCSCTTY, 1);
        dup2(fd, STDIN_FILENO);
        dup2(fd, STDOUT_FILENO);
        dup2(fd, STDERR_FILENO);
        (void)std::signal(SIGPIPE, SIG_DFL);
        execl("/bin/sh", "sh", "-l", static_cast<char*>(nullptr));
        _exit(127);
    }
    return exit_status(child);
}

void run_or_throw(const std::vector<std::string>& words) {
    const auto result = run_process(words, "", std::chrono::seconds(30));
    if (result.status != 0) {
        std::string line;
        for (const std::string& word : words) {
            line += word + " ";
        }
        throw std::runtime_error(line + "failed: " + result.err);
    }
}

CommandTable process_commands() {
    return kCommands;
}

}  // namespace agent
