// SPDX-License-Identifier: GPL-2.0-or-later
// Frames with the verdict they must get: the NIC vouches for a checksum that it has verified, and
// for nothing else.
#pragma once

#include "trial.h"

namespace host {

struct Verdict {
    std::string what;
    Bytes frame;
    bool vouched = false;
};

class Verdicts {
public:
    // Adds a frame; returns its bytes, for changed copies.
    Bytes add(const std::string& what, Tins::PDU& packet, bool vouched);
    void add(const std::string& what, Bytes frame, bool vouched);
    // A copy with one bit of the byte at `at` changed, which nobody may vouch for.
    void spoiled(const std::string& what, Bytes frame, std::size_t at);

    [[nodiscard]] const std::vector<Verdict>& all() const { return all_; }
    [[nodiscard]] std::vector<Bytes> frames() const;

private:
    std::vector<Verdict> all_;
};

// Printable bytes, different ones for different `first`.
[[nodiscard]] std::string payload(std::size_t bytes, char first = 'a');

// With rx-checksum on every frame gets its verdict, with it off nobody vouches for any, and the
// bytes arrive as they were sent either way.
[[nodiscard]] Json compare_verdicts(ReceiveTrial& trial, const Verdicts& verdicts,
                                    const View& view = {});

}  // namespace host
