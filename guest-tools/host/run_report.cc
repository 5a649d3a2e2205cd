// SPDX-License-Identifier: GPL-2.0-or-later
#include "run_report.h"

#include <exception>
#include <fstream>
#include <stdexcept>

#include "report/html.h"

namespace host {
namespace {

std::string qemu_version(Machine& machine) {
    const Json version = machine.qmp().execute("query-version").at("qemu");
    return version.at("major").dump() + "." + version.at("minor").dump() + "." +
           version.at("micro").dump();
}

Json device_facts(Machine& machine) {
    const MachineConfig& config = machine.config();
    return {{"device", machine.nics().front().device},
            {"qemu", qemu_version(machine)},
            {"binary", config.qemu.binary},
            {"machine", config.machine},
            {"cpus", config.cpus},
            {"memory_mb", config.memory_mb},
            {"backend", backend_name(machine.network()->backend())}};
}

// Null for a device without a task-offload block.
Json offload_tables(Machine& machine) {
    Json out;
    try {
        for (const char* table : {"hardware", "configured", "current"}) {
            out[table] =
                machine.qmp().execute("qom-get", {{"path", "/machine/peripheral/nic0"},
                                                  {"property", std::string("offload-") + table}});
        }
    } catch (const std::exception&) {
        return {};
    }
    return out;
}

void write(const std::string& path, const std::string& content) {
    std::ofstream file(path, std::ios::binary);
    file << content;
    file.close();
    if (!file) {
        throw std::runtime_error("cannot write " + path);
    }
}

}  // namespace

ReportInput begin_report(Machine& machine, const GuestFacts& facts) {
    ReportInput out;
    out.guest_facts = facts.nic;
    out.guest_facts["address4"] = facts.address4;
    out.guest_facts["address6"] = facts.address6;
    out.device = device_facts(machine);
    out.offload_tables = offload_tables(machine);
    out.checks = Json::array();
    return out;
}

void write_json(const std::string& path, const Json& report, const Json& results) {
    if (path.empty()) {
        return;
    }
    Json document = report;
    document["results"] = results;
    write(path, document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

void write_html(const std::string& path, const Json& report) {
    if (!path.empty()) {
        write(path, to_html(report));
    }
}

}  // namespace host
