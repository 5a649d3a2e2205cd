// SPDX-License-Identifier: GPL-2.0-or-later
// What a run of checks says about the offloads, as one document.
//
//   version    1; another number is another layout
//   device     strings and numbers by name, as given
//   guest      the agent's "identify", as given
//   block      true if the device has a task-offload block
//   offloads   an entry for every row of all_offloads(), also for what nothing looked at:
//       name, direction   "transmit", "receive" or "control"; both together are unique
//       title
//       offered, configured, current
//                         true, false, or null where the block tells nothing about it
//       seen              {outcome, sentence, reason}: outcome is "pass", "fail" or "skip"; the
//                         reason is null unless it is "fail"
//       proofs            [{check, outcome, sentence}], of the checks that ran
//       evidence          [{check, summary, hex}] the frames that prove it; hex may be null
//       cost              null, or {on, off, unit}; each number may be null
//   limits     [{name, title, offered, configured, current}], values as the block tells them
//   checks     [{name, group, summary, outcome, sentence, reason, seconds}] in their order
//   totals     {checks, offloads}, each {pass, fail, skip}
//   seconds    of the whole run
//
// A check that several offloads hang on is told with each of them, failed or not.
#pragma once

#include "brief.h"

namespace host {

struct ReportInput {      // NOLINT(bugprone-exception-escape): no move of Json throws
    Json guest_facts;     // as the agent's identify reports
    Json device;          // an object of strings and numbers
    Json offload_tables;  // {hardware, configured, current}; null: there is no block
    Json checks;          // results as run_checks() gives them
    double seconds = 0;
};

// Members that are missing or of another type than expected count as absent; nothing is thrown. All
// text in the report is UTF-8: other bytes are replaced.
[[nodiscard]] Json make_report(const ReportInput& input);

}  // namespace host
