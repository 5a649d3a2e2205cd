// SPDX-License-Identifier: GPL-2.0-or-later
// What most files of the host side include, parsed once. Each file still names what it uses.
// No include guard: it is only ever the main file.
#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
#include <string>
#include <tins/tins.h>
#include <vector>
