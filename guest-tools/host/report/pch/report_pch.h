// SPDX-License-Identifier: GPL-2.0-or-later
// What every file of the report includes, parsed once. Each file still names what it uses.
// No include guard: it is only ever the main file.
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>
