// SPDX-License-Identifier: GPL-2.0-or-later
#include "text_table.h"

#include <algorithm>

namespace host {

std::string text_table(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> width;
    for (const auto& row : rows) {
        width.resize(std::max(width.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i) {
            width[i] = std::max(width[i], row[i].size());
        }
    }
    std::string out;
    for (std::size_t r = 0; r < rows.size(); ++r) {
        std::string line;
        for (std::size_t i = 0; i < rows[r].size(); ++i) {
            line += rows[r][i] + std::string(width[i] - rows[r][i].size() + 2, ' ');
        }
        line.erase(line.find_last_not_of(' ') + 1);
        out += line + "\n";
        if (r == 0) {
            out += std::string(line.size(), '-') + "\n";
        }
    }
    return out;
}

}  // namespace host
