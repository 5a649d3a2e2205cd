// SPDX-License-Identifier: GPL-2.0-or-later
// The machine that goes on where another has stopped.
#pragma once

#include "migration_stream.h"
#include "task_offload.h"

namespace x550 {

// Its guest's BARs are where they were in the source.
struct SecondProcess : OffloadMachine {
    SecondProcess(OffloadMachine& source, const std::string& uri, const std::string& device = "")
        : OffloadMachine({.device = device, .extra = {"-incoming", "defer"}, .attach = false}) {
        nic.registers = source.nic.registers;
        nic.msix = source.nic.msix;
        block.bar = source.block.bar;
        qemu.qmp("migrate-incoming", "{\"uri\": " + json_quote(uri) + "}");
    }
    void wait_running() {
        EXPECT_TRUE(qemu.wait_until([this] {
            const std::string status = qemu.qmp("query-status")["status"].string();
            return status == "running" || status == "paused";
        }));
    }
};

// The first memory that neither process has used.
inline void reserve_memory(Qemu& qemu, std::uint64_t end) {
    (void)qemu.allocate(end - (1u << 20));
}

}  // namespace x550
