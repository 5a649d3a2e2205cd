// SPDX-License-Identifier: GPL-2.0-or-later
// A saved machine, taken apart with the description that QEMU puts at its end.
#pragma once

#include <string>
#include <vector>

#include "qtest_client.h"

namespace x550 {

// One value of the device's saved state.
struct SavedField {
    std::string path;        // "state.tx[3].enabled"
    std::string name;        // "enabled"
    std::size_t offset = 0;  // in the file
    std::size_t bytes = 0;
};

class MigrationStream {
public:
    // Reads the file; throws if it is not a stream with a device of that name, "0000:00:04.0/x550".
    MigrationStream(const std::string& file, const std::string& device);

    [[nodiscard]] const Bytes& bytes() const { return bytes_; }
    // All values in the order of the stream.
    [[nodiscard]] const std::vector<SavedField>& fields() const { return fields_; }
    [[nodiscard]] const SavedField& field(const std::string& path) const;
    [[nodiscard]] Bytes value(const SavedField& field) const;
    [[nodiscard]] std::size_t device_bytes() const { return end_ - first_; }

private:
    void add_fields(const Json& fields, const std::string& prefix, std::size_t& offset);
    void add_subsections(const Json& subsections, std::size_t& offset);
    void add_field(const Json& field, const std::string& path, std::size_t& offset);

    Bytes bytes_;
    std::vector<SavedField> fields_;
    std::size_t first_ = 0;
    std::size_t end_ = 0;
};

// The device of nic.h's machine in a stream.
inline constexpr const char* kSavedDevice = "0000:00:04.0/x550";

// A file name of this process's own; the file goes with the object.
class TemporaryFile {
public:
    TemporaryFile();
    ~TemporaryFile();
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    std::string path_;
};

// Saves the machine, or sends it to another; fails the test if it does not succeed.
void migrate(Qemu& qemu, const std::string& uri);

void write_file(const std::string& path, const Bytes& bytes);

}  // namespace x550
