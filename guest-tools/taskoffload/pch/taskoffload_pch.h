// SPDX-License-Identifier: GPL-2.0-or-later
// What most files of the tool include, parsed once. Each file still names what it uses.
// No include guard: it is only ever the main file.
#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>
