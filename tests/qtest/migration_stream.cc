// SPDX-License-Identifier: GPL-2.0-or-later
#include "migration_stream.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <stdexcept>
#include <unistd.h>

namespace x550 {

namespace {

// Of QEMU's stream: type of the section with the description, and of a section with a whole device.
constexpr std::uint8_t kDescription = 0x06;
constexpr std::uint8_t kWholeDevice = 0x04;
constexpr std::size_t kIdBytes = 4;
constexpr std::size_t kAfterName = 8;  // instance and version

std::size_t find_description(const Bytes& bytes) {
    const std::string start = "{\"configuration\"";
    const auto found = std::find_end(bytes.begin(), bytes.end(), start.begin(), start.end());
    if (found == bytes.end()) {
        const std::string other = "{\"page_size\"";
        const auto second = std::find_end(bytes.begin(), bytes.end(), other.begin(), other.end());
        return static_cast<std::size_t>(second - bytes.begin());
    }
    return static_cast<std::size_t>(found - bytes.begin());
}

// The first byte of the named device's state.
std::size_t find_state(const Bytes& bytes, const std::string& device) {
    const auto found = std::search(bytes.begin(), bytes.end(), device.begin(), device.end());
    const auto at = static_cast<std::size_t>(found - bytes.begin());
    if (found == bytes.end() || bytes[at - 1] != device.size() ||
        bytes[at - 2 - kIdBytes] != kWholeDevice) {
        throw std::runtime_error("no device " + device + " in the stream");
    }
    return at + device.size() + kAfterName;
}

std::size_t as_size(const Json& value) {
    return static_cast<std::size_t>(value.number());
}

}  // namespace

MigrationStream::MigrationStream(const std::string& file, const std::string& device) {
    std::ifstream in(file, std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    const std::size_t description = find_description(bytes_);
    if (description >= bytes_.size() || bytes_[description - kIdBytes - 1] != kDescription) {
        throw std::runtime_error("no description in the stream");
    }
    const Json json = Json::parse(
        std::string(bytes_.begin() + static_cast<std::ptrdiff_t>(description), bytes_.end()));
    for (const Json& entry : json["devices"].array()) {
        if (entry["name"].string() == device) {
            first_ = find_state(bytes_, device);
            std::size_t offset = first_;
            add_fields(entry["fields"], "", offset);
            if (entry.has("subsections")) {
                add_subsections(entry["subsections"], offset);
            }
            end_ = offset;
        }
    }
    if (end_ == 0) {
        throw std::runtime_error("no device " + device + " in the description");
    }
}

void MigrationStream::add_fields(const Json& fields, const std::string& prefix,
                                 std::size_t& offset) {
    for (const Json& field : fields.array()) {
        const std::string path = prefix + field["name"].string();
        if (field.has("array_len")) {
            const std::size_t count = as_size(field["array_len"]);
            for (std::size_t i = 0; i < count; ++i) {
                add_field(field, path + "[" + std::to_string(i) + "]", offset);
            }
        } else if (field.has("index")) {
            add_field(field, path + "[" + std::to_string(as_size(field["index"])) + "]", offset);
        } else {
            add_field(field, path, offset);
        }
    }
}

// Each begins with a mark, its name as a counted string, and its version.
void MigrationStream::add_subsections(const Json& subsections, std::size_t& offset) {
    for (const Json& subsection : subsections.array()) {
        offset += 1 + 1 + subsection["vmsd_name"].string().size() + 4;
        add_fields(subsection["fields"], "", offset);
    }
}

void MigrationStream::add_field(const Json& field, const std::string& path, std::size_t& offset) {
    const std::size_t end = offset + as_size(field["size"]);
    if (field.has("struct")) {
        add_fields(field["struct"]["fields"], path + ".", offset);
    } else {
        fields_.push_back({path, field["name"].string(), offset, as_size(field["size"])});
        offset = end;
    }
    if (offset != end) {
        throw std::runtime_error("the description of " + path + " does not add up");
    }
}

const SavedField& MigrationStream::field(const std::string& path) const {
    const auto found = std::find_if(fields_.begin(), fields_.end(),
                                    [&](const SavedField& field) { return field.path == path; });
    if (found == fields_.end()) {
        throw std::runtime_error("no field " + path + " in the stream");
    }
    return *found;
}

Bytes MigrationStream::value(const SavedField& field) const {
    const auto first = bytes_.begin() + static_cast<std::ptrdiff_t>(field.offset);
    return {first, first + static_cast<std::ptrdiff_t>(field.bytes)};
}

TemporaryFile::TemporaryFile() {
    static unsigned number = 0;
    path_ = std::filesystem::temp_directory_path() /
            ("x550-qtest-" + std::to_string(getpid()) + "-" + std::to_string(++number));
}

TemporaryFile::~TemporaryFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
}

void migrate(Qemu& qemu, const std::string& uri) {
    qemu.qmp("migrate", "{\"uri\": " + json_quote(uri) + "}");
    std::string status;
    const bool over = qemu.wait_until([&] {
        const Json answer = qemu.qmp("query-migrate");
        status = answer.has("status") ? answer["status"].string() : "";
        return status == "completed" || status == "failed";
    });
    EXPECT_TRUE(over);
    EXPECT_EQ(status, "completed");
}

void write_file(const std::string& path, const Bytes& bytes) {
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out.write(reinterpret_cast<const char*>(bytes.data()),
              static_cast<std::streamsize>(bytes.size()));
}

}  // namespace x550
