// SPDX-License-Identifier: GPL-2.0-or-later
// What every unit test includes, parsed once. Each file still names what it uses.
// No include guard: it is only ever the main file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
