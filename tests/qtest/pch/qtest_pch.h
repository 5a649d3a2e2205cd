// SPDX-License-Identifier: GPL-2.0-or-later
// What every qtest includes, parsed once. Each file still names what it uses.
// No include guard: it is only ever the main file.
#include <array>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>
