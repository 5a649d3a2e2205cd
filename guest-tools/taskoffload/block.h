// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>

namespace taskoffload {

// The words of a task-offload block, wherever it is. An access is whole and in order; several that
// belong together are made while a Turn lives.
class Block {
public:
    Block() = default;
    Block(const Block&) = delete;
    Block& operator=(const Block&) = delete;
    virtual ~Block() = default;

    [[nodiscard]] virtual std::uint32_t read(std::uint32_t offset) = 0;
    virtual void write(std::uint32_t offset, std::uint32_t value) = 0;
    // Other programs wait until as many release() have followed.
    virtual void acquire() = 0;
    virtual void release() = 0;
};

// Keeps other programs off the block for its lifetime. Turns nest.
class Turn {
public:
    explicit Turn(Block& block) : block_(block) { block_.acquire(); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() { block_.release(); }

private:
    Block& block_;
};

}  // namespace taskoffload
