// SPDX-License-Identifier: GPL-2.0-or-later
// The report of a run as files.
#pragma once

#include <string>

#include "guest.h"
#include "machine.h"
#include "report/report.h"

namespace host {

// What a report tells about the machine, its device and the configured guest, and what the
// task-offload block says before anything is switched. The checks and the time come later.
[[nodiscard]] ReportInput begin_report(Machine& machine, const GuestFacts& facts);

// The report and the lines that were printed, as "results". An empty path writes nothing; throws
// when the file cannot be written.
void write_json(const std::string& path, const Json& report, const Json& results);
void write_html(const std::string& path, const Json& report);

}  // namespace host
