// SPDX-License-Identifier: GPL-2.0-or-later
#include "net/rsc_index.h"

#include <gtest/gtest.h>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "engine_reference.h"

namespace ixgbe {
namespace {

constexpr std::size_t kContexts = 32;
using Index = RscIndex<kContexts>;

RscKey key(std::uint64_t connection, unsigned queue = 0) {
    return {.connection = connection, .queue = queue};
}

TEST(RscIndex, KnowsNobodyAtFirst) {
    EXPECT_EQ(Index().find(key(1)), Index::kNone);
}

TEST(RscIndex, TakesNoFreeContextForOneOfAFrameWithoutConnection) {
    EXPECT_EQ(Index().find(key(0)), Index::kNone);
}

TEST(RscIndex, FindsWhatItTookUntilItIsReleased) {
    Index index;
    const std::size_t context = index.take(key(7, 3));
    EXPECT_LT(context, kContexts);
    EXPECT_EQ(index.find(key(7, 3)), context);
    index.release(context);
    EXPECT_EQ(index.find(key(7, 3)), Index::kNone);
}

TEST(RscIndex, TellsQueuesApart) {
    Index index;
    const std::size_t one = index.take(key(7, 0));
    EXPECT_EQ(index.find(key(7, 1)), Index::kNone);
    const std::size_t other = index.take(key(7, 1));
    EXPECT_NE(one, other);
    EXPECT_EQ(index.find(key(7, 0)), one);
    EXPECT_EQ(index.find(key(7, 1)), other);
}

// The guess goes by the upper bits alone.
TEST(RscIndex, FindsThoseWhoseHashesBeginAlike) {
    Index index;
    std::set<std::size_t> contexts;
    for (std::uint64_t low = 1; low <= kContexts; ++low) {
        contexts.insert(index.take(key(0xABCD000000000000 | low)));
    }
    EXPECT_EQ(contexts.size(), kContexts);
    EXPECT_EQ(index.take(key(99)), Index::kNone);
    for (std::uint64_t low = 1; low <= kContexts; ++low) {
        EXPECT_EQ(contexts.count(index.find(key(0xABCD000000000000 | low))), 1U);
    }
}

TEST(RscIndex, AgreesWithAMap) {
    reference::Dice dice(11);
    Index index;
    std::map<std::pair<std::uint64_t, unsigned>, std::size_t> model;
    for (int i = 0; i < 50'000; ++i) {
        // Few enough that they meet again; half of them begin alike.
        const std::uint64_t upper = dice.coin() ? 0x5500000000000000 : dice.between(0, 7) << 58;
        const std::uint64_t connection = upper | (1 + dice.between(0, 19));
        const auto queue = static_cast<unsigned>(dice.between(0, 1));
        const auto known = model.find({connection, queue});
        ASSERT_EQ(index.find(key(connection, queue)),
                  known != model.end() ? known->second : Index::kNone);
        if (known != model.end()) {
            index.release(known->second);
            model.erase(known);
        } else if (const std::size_t context = index.take(key(connection, queue));
                   context != Index::kNone) {
            model.emplace(std::pair(connection, queue), context);
        } else {
            ASSERT_EQ(model.size(), kContexts);
        }
    }
}

}  // namespace
}  // namespace ixgbe
