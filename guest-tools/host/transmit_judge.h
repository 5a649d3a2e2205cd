// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>

#include "capture.h"
#include "qmp_client.h"

namespace host {

// Holds the results of transmit checks against the frames on the wire.
class TransmitJudge {
public:
    // Without a capture results pass as they are.
    explicit TransmitJudge(wire::Capture* capture);

    // The result, with a sentence for each of its flows that is right as "frames": still a pass
    // with the number of frames, or a fail with what is wrong and the offending frame as
    // hexadecimal text.
    [[nodiscard]] Json judged(Json result);

private:
    wire::Capture* capture_;
    std::size_t from_ = 0;
};

}  // namespace host
