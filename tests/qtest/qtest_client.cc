// SPDX-License-Identifier: GPL-2.0-or-later
#include "qtest_client.h"

#include <charconv>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

namespace x550 {

namespace {

constexpr int kFirstPassedFd = 20;
constexpr const char* kMemoryMegabytes = "64M";
constexpr std::size_t kBatch = 200;
constexpr std::size_t kBiosBytes = 65536;

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') {
        throw std::runtime_error(std::string(name) + " is not set: it names what is to be tested");
    }
    return value;
}

Fd memory_file(const char* name, std::size_t bytes) {
    Fd file(memfd_create(name, MFD_CLOEXEC));
    if (file.get() < 0 || ftruncate(file.get(), static_cast<off_t>(bytes)) != 0) {
        throw std::runtime_error("memfd_create failed");
    }
    return file;
}

std::string whole_file(int fd) {
    std::string text;
    std::array<char, 4096> piece{};
    for (;;) {
        const ssize_t got = pread(fd, piece.data(), piece.size(), static_cast<off_t>(text.size()));
        if (got <= 0) {
            return text;
        }
        text.append(piece.data(), static_cast<std::size_t>(got));
    }
}

std::string hex(std::uint64_t value) {
    std::array<char, 32> text{};
    (void)std::snprintf(text.data(), text.size(), "0x%llx", static_cast<unsigned long long>(value));
    return text.data();
}

// The number behind `words`, if the line begins with them.
std::optional<unsigned> number_behind(std::string_view words, std::string_view line) {
    unsigned number = 0;
    if (!line.starts_with(words)) {
        return std::nullopt;
    }
    const char* const end = line.data() + line.size();
    const auto result = std::from_chars(line.data() + words.size(), end, number);
    return result.ec == std::errc{} ? std::optional(number) : std::nullopt;
}

char width(unsigned bits) {
    switch (bits) {
        case 8:
            return 'b';
        case 16:
            return 'w';
        case 32:
            return 'l';
        default:
            return 'q';
    }
}

}  // namespace

Launch& Launch::add(std::initializer_list<std::string> more) {
    arguments.insert(arguments.end(), more.begin(), more.end());
    return *this;
}

std::string Launch::pass(Fd fd) {
    descriptors.push_back(std::move(fd));
    return std::to_string(kFirstPassedFd + static_cast<int>(descriptors.size()) - 1);
}

struct Qemu::Spawned {
    GObjectPtr<GSubprocess> process;
    Fd error_file;
    Fd qtest;
    Fd qmp;
};

std::string Qemu::plugin_path() {
    return environment("X550_PLUGIN_100");
}

// X550_QTEST_TRACE=x550_rx_* shows those trace events on standard error.
std::string Qemu::plugin_argument() {
    const char* trace = std::getenv("X550_QTEST_TRACE");
    return trace == nullptr ? plugin_path() : plugin_path() + ",trace=" + trace;
}

// NOLINTNEXTLINE(readability-function-size): most of it is a command line
Qemu::Spawned Qemu::spawn(Launch launch, bool with_plugin) {
    auto [qtest, qtest_there] = socket_pair(SOCK_STREAM);
    auto [qmp, qmp_there] = socket_pair(SOCK_STREAM);
    // No guest code runs, but the machine wants a firmware: any 64 KB will do.
    const std::string bios = launch.pass(memory_file("bios", kBiosBytes));
    const std::string qtest_number = launch.pass(std::move(qtest_there));
    const std::string qmp_number = launch.pass(std::move(qmp_there));
    std::vector<std::string> line = {environment("X550_QEMU_100"),
                                     "-accel",
                                     "qtest",
                                     "-nodefaults",
                                     "-display",
                                     "none",
                                     "-m",
                                     kMemoryMegabytes,
                                     "-bios",
                                     "/proc/self/fd/" + bios,
                                     "-chardev",
                                     "socket,id=qtest,fd=" + qtest_number,
                                     "-qtest",
                                     "chardev:qtest",
                                     "-qtest-log",
                                     "/dev/null",
                                     "-chardev",
                                     "socket,id=qmp,fd=" + qmp_number,
                                     "-mon",
                                     "chardev=qmp,mode=control"};
    if (with_plugin) {
        line.insert(line.end(), {"-plugin", plugin_argument()});
    }
    line.insert(line.end(), launch.arguments.begin(), launch.arguments.end());
    std::vector<const gchar*> argv;
    for (const std::string& argument : line) {
        argv.push_back(argument.c_str());
    }
    argv.push_back(nullptr);

    Fd error_file = memory_file("stderr", 0);
    const GObjectPtr<GSubprocessLauncher> launcher(
        g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_SILENCE), &g_object_unref);
    g_subprocess_launcher_take_stderr_fd(launcher.get(),
                                         fcntl(error_file.get(), F_DUPFD_CLOEXEC, 100));
    // Freed memory is overwritten: what is used after it is gone shows at once.
    g_subprocess_launcher_setenv(launcher.get(), "MALLOC_PERTURB_", "165", TRUE);
    int number = kFirstPassedFd;
    for (Fd& fd : launch.descriptors) {
        // Out of the way of the numbers that the child is to have.
        g_subprocess_launcher_take_fd(launcher.get(), fcntl(fd.get(), F_DUPFD_CLOEXEC, 100),
                                      number++);
    }
    // Else the child's death would not close its sockets.
    launch.descriptors.clear();
    GError* error = nullptr;
    GObjectPtr<GSubprocess> process(
        g_subprocess_launcher_spawnv(launcher.get(), argv.data(), &error), &g_object_unref);
    if (process == nullptr) {
        const std::string why = error->message;
        g_error_free(error);
        throw std::runtime_error("QEMU does not start: " + why);
    }
    return {std::move(process), std::move(error_file), std::move(qtest), std::move(qmp)};
}

Qemu::Qemu(Launch launch) : Qemu(spawn(std::move(launch), true)) {}

Qemu::Qemu(Spawned spawned)
    : process_(std::move(spawned.process)),
      error_file_(std::move(spawned.error_file)),
      qtest_(std::move(spawned.qtest)),
      qmp_(std::move(spawned.qmp)) {
    if (!line(qmp_, qmp_buffer_, kPatience)) {
        fail("no QMP greeting");
    }
    qmp("qmp_capabilities");
}

Qemu::~Qemu() {
    if (ended_) {
        return;
    }
    if (std::getenv("X550_QTEST_TRACE") != nullptr) {
        (void)std::fputs(error_output().c_str(), stderr);
    }
    try {
        qmp_reply("quit", "{}");
        const Exit exit = wait_exit();
        EXPECT_TRUE(exit.clean) << "QEMU died\n" << exit.error_output;
        EXPECT_EQ(exit.status, 0) << exit.error_output;
    } catch (const std::exception& error) {
        ADD_FAILURE() << error.what();
        kill();
    }
}

Exit Qemu::run(Launch launch, bool with_plugin) {
    Spawned spawned = spawn(std::move(launch), with_plugin);
    Channel qtest(std::move(spawned.qtest));
    std::string ignored;
    while (qtest.receive(ignored, kPatience)) {
    }
    if (!qtest.closed()) {
        g_subprocess_force_exit(spawned.process.get());
    }
    g_subprocess_wait(spawned.process.get(), nullptr, nullptr);
    Exit exit;
    exit.clean = qtest.closed() && g_subprocess_get_if_exited(spawned.process.get()) != FALSE;
    exit.status = exit.clean ? g_subprocess_get_exit_status(spawned.process.get()) : -1;
    exit.error_output = whole_file(spawned.error_file.get());
    return exit;
}

Exit Qemu::wait_exit() {
    std::string ignored;
    while (qtest_.receive(ignored, kPatience)) {
    }
    if (!qtest_.closed()) {
        fail("QEMU does not end");
    }
    g_subprocess_wait(process_.get(), nullptr, nullptr);
    ended_ = true;
    Exit exit;
    exit.clean = g_subprocess_get_if_exited(process_.get()) != FALSE;
    exit.status = exit.clean ? g_subprocess_get_exit_status(process_.get()) : -1;
    exit.error_output = error_output();
    return exit;
}

void Qemu::kill() {
    g_subprocess_force_exit(process_.get());
    g_subprocess_wait(process_.get(), nullptr, nullptr);
    ended_ = true;
}

std::string Qemu::error_output() const {
    return whole_file(error_file_.get());
}

void Qemu::fail(const std::string& what) const {
    throw std::runtime_error(what + "\nQEMU said:\n" + error_output());
}

std::optional<std::string> Qemu::line(Channel& channel, std::string& buffer,
                                      Milliseconds patience) {
    std::size_t end = buffer.find('\n');
    while (end == std::string::npos) {
        if (!channel.receive(buffer, patience)) {
            return std::nullopt;
        }
        end = buffer.find('\n');
    }
    std::string result = buffer.substr(0, end);
    buffer.erase(0, end + 1);
    return result;
}

// ---- Processor ----

std::string Qemu::reply() {
    for (;;) {
        const std::optional<std::string> text = line(qtest_, qtest_buffer_, kPatience);
        if (!text) {
            fail(qtest_.closed() ? "QEMU is gone" : "QEMU does not answer");
        }
        if (const auto raised = number_behind("IRQ raise ", *text)) {
            irqs_[*raised] = true;
        } else if (const auto lowered = number_behind("IRQ lower ", *text)) {
            irqs_[*lowered] = false;
        } else if (text->rfind("OK", 0) == 0) {
            return text->size() > 3 ? text->substr(3) : "";
        } else {
            fail("qtest: " + *text);
        }
    }
}

std::string Qemu::command(const std::string& text) {
    qtest_.send(text + "\n");
    return reply();
}

std::vector<std::uint64_t> Qemu::batch(const std::vector<std::string>& commands) {
    std::vector<std::uint64_t> values;
    for (std::size_t first = 0; first < commands.size(); first += kBatch) {
        const std::size_t end = std::min(commands.size(), first + kBatch);
        std::string text;
        for (std::size_t i = first; i < end; ++i) {
            text += commands[i] + "\n";
        }
        qtest_.send(text);
        for (std::size_t i = first; i < end; ++i) {
            const std::string answer = reply();
            values.push_back(answer.empty() ? 0 : std::stoull(answer, nullptr, 0));
        }
    }
    return values;
}

std::string Qemu::read_command(unsigned bits, std::uint64_t address) {
    return std::string("read") + width(bits) + " " + hex(address);
}

std::string Qemu::write_command(unsigned bits, std::uint64_t address, std::uint64_t value) {
    return std::string("write") + width(bits) + " " + hex(address) + " " + hex(value);
}

void Qemu::out(unsigned bits, std::uint16_t port, std::uint32_t value) {
    (void)command(std::string("out") + width(bits) + " " + hex(port) + " " + hex(value));
}

std::uint32_t Qemu::in(unsigned bits, std::uint16_t port) {
    return static_cast<std::uint32_t>(
        std::stoul(command(std::string("in") + width(bits) + " " + hex(port)), nullptr, 0));
}

std::uint64_t Qemu::read(unsigned bits, std::uint64_t address) {
    return std::stoull(command(read_command(bits, address)), nullptr, 0);
}

void Qemu::write(unsigned bits, std::uint64_t address, std::uint64_t value) {
    (void)command(write_command(bits, address, value));
}

Bytes Qemu::read_memory(std::uint64_t address, std::size_t bytes) {
    const std::string text = command("b64read " + hex(address) + " " + hex(bytes));
    gsize length = 0;
    guchar* decoded = g_base64_decode(text.c_str(), &length);
    Bytes result(decoded, decoded + length);
    g_free(decoded);
    result.resize(bytes);
    return result;
}

void Qemu::write_memory(std::uint64_t address, std::span<const std::uint8_t> bytes) {
    if (bytes.empty()) {
        return;
    }
    gchar* encoded = g_base64_encode(bytes.data(), bytes.size());
    const std::string text = encoded;
    g_free(encoded);
    (void)command("b64write " + hex(address) + " " + hex(bytes.size()) + " " + text);
}

void Qemu::clock_step(std::int64_t nanoseconds) {
    (void)command("clock_step " + std::to_string(nanoseconds));
}

void Qemu::intercept_irqs(const std::string& qom_path) {
    (void)command("irq_intercept_in " + qom_path);
}

bool Qemu::irq_raised(unsigned irq) const {
    const auto found = irqs_.find(irq);
    return found != irqs_.end() && found->second;
}

std::uint64_t Qemu::allocate(std::size_t bytes, std::size_t alignment) {
    next_memory_ = (next_memory_ + alignment - 1) / alignment * alignment;
    const std::uint64_t address = next_memory_;
    next_memory_ += bytes;
    if (next_memory_ > 60u << 20) {
        fail("the test uses too much guest memory");
    }
    return address;
}

std::uint64_t Qemu::allocate_bar(std::uint64_t bytes) {
    next_bar_ = (next_bar_ + bytes - 1) / bytes * bytes;
    const std::uint64_t address = next_bar_;
    next_bar_ += bytes;
    return address;
}

// ---- Operator ----

Json Qemu::qmp_reply(const std::string& name, const std::string& arguments) {
    qmp_.send("{\"execute\": " + json_quote(name) + ", \"arguments\": " + arguments + "}\n");
    for (;;) {
        const std::optional<std::string> text = line(qmp_, qmp_buffer_, kPatience);
        if (!text) {
            fail("no answer to QMP command " + name);
        }
        Json message = Json::parse(*text);
        if (!message.has("event")) {
            return message;
        }
        events_.push_back(std::move(message));
    }
}

Json Qemu::qmp(const std::string& name, const std::string& arguments) {
    const Json answer = qmp_reply(name, arguments);
    if (answer.has("error")) {
        fail("QMP " + name + ": " + answer["error"]["desc"].string());
    }
    return answer["return"];
}

std::string Qemu::qmp_error(const std::string& name, const std::string& arguments) {
    const Json answer = qmp_reply(name, arguments);
    if (!answer.has("error")) {
        fail("QMP " + name + " succeeded");
    }
    return answer["error"]["desc"].string();
}

void Qemu::wait_event(const std::string& name, const std::function<bool(const Json&)>& wanted) {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    for (;;) {
        for (auto event = events_.begin(); event != events_.end(); ++event) {
            if ((*event)["event"].string() == name && (!wanted || wanted(*event))) {
                events_.erase(event);
                return;
            }
        }
        if (std::chrono::steady_clock::now() > end) {
            fail("no event " + name);
        }
        const std::optional<std::string> text = line(qmp_, qmp_buffer_, kPatience);
        if (!text) {
            fail("no event " + name);
        }
        events_.push_back(Json::parse(*text));
    }
}

std::string Qemu::hmp(const std::string& text) {
    return qmp("human-monitor-command", "{\"command-line\": " + json_quote(text) + "}").string();
}

void Qemu::turn() {
    (void)command("endianness");
}

bool Qemu::wait_until(const std::function<bool()>& condition, Milliseconds patience) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) {
            return false;
        }
        turn();
    }
    return true;
}

}  // namespace x550
