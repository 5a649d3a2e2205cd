// SPDX-License-Identifier: GPL-2.0-or-later
// A QEMU without guest code: the test is the processor (qtest protocol) and the operator (QMP).
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <gio/gio.h>
#include <initializer_list>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "channel.h"
#include "json.h"

namespace x550 {

// The command line of a QEMU to be.
struct Launch {
    std::vector<std::string> arguments;
    std::vector<Fd> descriptors;

    Launch& add(std::initializer_list<std::string> more);
    // Hands a descriptor to QEMU; the number it has there, as text.
    [[nodiscard]] std::string pass(Fd fd);
};

struct Exit {
    bool clean = false;  // by itself, not by a signal
    int status = -1;
    std::string error_output;
};

class Qemu {
public:
    // Starts the QEMU and plug-in named by the environment; the rest of the command line is the
    // launch's.
    explicit Qemu(Launch launch);
    ~Qemu();  // fails the test if QEMU has died on its own, sanitizer findings included
    Qemu(const Qemu&) = delete;
    Qemu& operator=(const Qemu&) = delete;

    // Runs a QEMU that is expected to end by itself.
    static Exit run(Launch launch, bool with_plugin = true);
    [[nodiscard]] static std::string plugin_path();
    [[nodiscard]] static std::string plugin_argument();

    // ---- Processor: I/O ports, memory, clock, interrupt lines ----
    void out(unsigned bits, std::uint16_t port, std::uint32_t value);
    [[nodiscard]] std::uint32_t in(unsigned bits, std::uint16_t port);
    [[nodiscard]] std::uint64_t read(unsigned bits, std::uint64_t address);
    void write(unsigned bits, std::uint64_t address, std::uint64_t value);
    [[nodiscard]] Bytes read_memory(std::uint64_t address, std::size_t bytes);
    void write_memory(std::uint64_t address, std::span<const std::uint8_t> bytes);
    void clock_step(std::int64_t nanoseconds);
    void intercept_irqs(const std::string& qom_path);
    [[nodiscard]] bool irq_raised(unsigned irq) const;
    // Many commands in flight at once; the values of their answers.
    std::vector<std::uint64_t> batch(const std::vector<std::string>& commands);
    static std::string read_command(unsigned bits, std::uint64_t address);
    static std::string write_command(unsigned bits, std::uint64_t address, std::uint64_t value);

    // Zeroed guest memory, above 1 MB.
    [[nodiscard]] std::uint64_t allocate(std::size_t bytes, std::size_t alignment = 128);
    // Address space for a BAR.
    [[nodiscard]] std::uint64_t allocate_bar(std::uint64_t bytes);

    // ---- Operator ----
    // The "return" of a command; throws with QEMU's text if it is an error.
    Json qmp(const std::string& name, const std::string& arguments = "{}");
    // QEMU's error text; fails if there is none.
    std::string qmp_error(const std::string& name, const std::string& arguments);
    void wait_event(const std::string& name, const std::function<bool(const Json&)>& wanted = {});
    std::string hmp(const std::string& text);

    // Lets QEMU's main loop turn until the condition holds; false: not within our patience.
    bool wait_until(const std::function<bool()>& condition, Milliseconds patience = kPatience);
    // One turn of the main loop.
    void turn();

    [[nodiscard]] std::string error_output() const;
    // Waits for QEMU to end by itself.
    Exit wait_exit();
    void kill();

private:
    struct Spawned;
    static Spawned spawn(Launch launch, bool with_plugin);
    explicit Qemu(Spawned spawned);

    std::string command(const std::string& text);
    std::string reply();
    static std::optional<std::string> line(Channel& channel, std::string& buffer,
                                           Milliseconds patience);
    Json qmp_reply(const std::string& name, const std::string& arguments);
    [[noreturn]] void fail(const std::string& what) const;

    GObjectPtr<GSubprocess> process_;
    Fd error_file_;
    Channel qtest_;
    Channel qmp_;
    std::string qtest_buffer_;
    std::string qmp_buffer_;
    std::list<Json> events_;
    std::map<unsigned, bool> irqs_;
    std::uint64_t next_memory_ = 1u << 20;
    std::uint64_t next_bar_ = 0xE000'0000;
    bool ended_ = false;
};

}  // namespace x550
