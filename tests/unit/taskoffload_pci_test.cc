// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "error.h"
#include "fake_task_offload.h"
#include "pci.h"
#include "window.h"

namespace taskoffload {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using Config = std::array<std::uint8_t, 256>;

// A PM capability at 40h, then ours at 80h, as docs/task-offload.md draws it.
Config config() {
    Config out{};
    out[0x06] = 0x10;
    out[0x34] = 0x40;
    out[0x40] = 0x01;
    out[0x41] = 0x80;
    const std::array<std::uint8_t, 32> ours{0x09, 0x00, 0x20, 0x01, 'X', '5', 'T',  'O',  2, 0,
                                            0,    0,    0,    0,    0,   0,   0x00, 0x05, 0, 0};
    std::copy(ours.begin(), ours.end(), out.begin() + 0x80);
    return out;
}

std::string choice(const std::vector<std::string>& found, const std::string& wanted) {
    try {
        return choose_function(found, wanted);
    } catch (const UsageError& error) {
        return error.what();
    }
}

// A folder like those of /sys/bus/pci/devices, gone with this object.
class Folder {
public:
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "taskoffload-XXXXXX").string();
        path_ = mkdtemp(name.data());
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() {
        std::error_code error;
        std::filesystem::remove_all(path_, error);
    }
    [[nodiscard]] std::string path() const { return path_.string(); }
    void add(const std::string& address, const std::string& vendor, const std::string& device,
             const Config& bytes = config()) const {
        const auto folder = path_ / address;
        std::filesystem::create_directory(folder);
        std::ofstream(folder / "vendor") << vendor << "\n";
        std::ofstream(folder / "device") << device << "\n";
        std::ofstream file(folder / "config", std::ios::binary);
        for (const std::uint8_t byte : bytes) {
            file.put(static_cast<char>(byte));
        }
    }

private:
    std::filesystem::path path_;
};

std::string opening(const std::string& folder, Path path) {
    try {
        (void)open_block(folder, path);
    } catch (const UsageError& error) {
        return error.what();
    }
    return "";
}

TEST(Pci, FindsTheCapability) {
    const auto found = find_capability(config());
    ASSERT_TRUE(found);
    EXPECT_EQ(found->position, 0x80U);
    EXPECT_EQ(found->bar, 2U);
    EXPECT_EQ(found->block_offset, 0U);
    EXPECT_EQ(found->block_length, 0x500U);
}

TEST(Pci, OtherVendorCapabilitiesAreSkipped) {
    for (const std::size_t at : {0x80U, 0x82U, 0x83U, 0x84U, 0x87U}) {
        Config bytes = config();
        bytes[at] ^= 0x04;
        EXPECT_EQ(find_capability(bytes).has_value(), at == 0x82) << at;
    }
}

TEST(Pci, ShortConfigurationHasNone) {
    const Config bytes = config();
    for (const std::size_t size : {0U, 1U, 63U, 64U, 0x81U, 0x9fU}) {
        EXPECT_FALSE(find_capability(std::span(bytes).first(size))) << size;
    }
    EXPECT_TRUE(find_capability(std::span(bytes).first(0xa0)));
}

TEST(Pci, LoopsEnd) {
    Config bytes = config();
    bytes[0x41] = 0x40;
    EXPECT_FALSE(find_capability(bytes));
    bytes[0x41] = 0xfc;
    EXPECT_FALSE(find_capability(bytes));
}

TEST(Pci, NoListNoCapability) {
    Config bytes = config();
    bytes[0x06] = 0;
    EXPECT_FALSE(find_capability(bytes));
}

TEST(Pci, ListsX550Functions) {
    const Folder folder;
    folder.add("0000:00:03.0", "0x8086", "0x1563");
    folder.add("0000:00:02.0", "0x8086", "0x1563");
    folder.add("0000:00:04.0", "0x8086", "0x10c9");
    folder.add("0000:00:05.0", "0x1af4", "0x1563");
    EXPECT_THAT(x550_functions(folder.path()), ElementsAre("0000:00:02.0", "0000:00:03.0"));
    EXPECT_THAT(x550_functions(folder.path() + "/none"), IsEmpty());
}

TEST(Pci, ChoosesTheOnlyOneOrTheNamedOne) {
    EXPECT_EQ(choice({"0000:00:02.0"}, ""), "0000:00:02.0");
    EXPECT_EQ(choice({"0000:00:02.0", "0000:00:03.0"}, "0000:00:03.0"), "0000:00:03.0");
    EXPECT_EQ(choice({"0000:00:02.0", "0000:00:03.0"}, "00:03.0"), "0000:00:03.0");
}

TEST(Pci, OtherChoicesSayWhatThereIs) {
    EXPECT_THAT(choice({}, ""), HasSubstr("-device x550"));
    EXPECT_THAT(choice({"a", "b"}, ""), HasSubstr("--device: a, b"));
    EXPECT_THAT(choice({"a", "b"}, "c"),
                HasSubstr("--device c is no X550 function; there is: a, b"));
}

TEST(Window, OpeningSaysWhatIsMissing) {
    const Folder folder;
    Config none = config();
    none[0x84] = 0;
    folder.add("none", "0x8086", "0x1563", none);
    folder.add("flat", "0x8086", "0x1563");
    EXPECT_THAT(opening(folder.path() + "/gone", Path::Window), HasSubstr("gone/config: No such"));
    EXPECT_THAT(opening(folder.path() + "/none", Path::Window), HasSubstr("task-offload-cap=off"));
    EXPECT_THAT(opening(folder.path() + "/flat", Path::Window), HasSubstr("instead of 30353558h"));
    EXPECT_THAT(opening(folder.path() + "/flat", Path::Bar), HasSubstr("flat/resource2: No such"));
}

TEST(Window, WindowWritesOffsetThenData) {
    const Folder folder;
    Config bytes = config();
    // A file remembers the last word, which is what the magic's read needs.
    bytes[0x98] = 'X';
    bytes[0x99] = '5';
    bytes[0x9a] = '5';
    bytes[0x9b] = '0';
    folder.add("a", "0x8086", "0x1563", bytes);
    EXPECT_THAT(opening(folder.path() + "/a", Path::Window), HasSubstr("layout 12341"));
    std::ifstream file(folder.path() + "/a/config", std::ios::binary);
    file.seekg(0x94);
    EXPECT_EQ(file.get(), 4);
}

TEST(Window, BarReadsAndWritesTheMapping) {
    const Folder folder;
    folder.add("a", "0x8086", "0x1563");
    std::string memory(4096, '\0');
    memory.replace(0, 8, std::string("X550\0\0\1\0", 8));
    memory[0x110] = 0x21;
    std::ofstream(folder.path() + "/a/resource2", std::ios::binary) << memory;
    const auto block = open_block(folder.path() + "/a", Path::Bar);
    EXPECT_EQ(block->read(0x110), 0x21U);
    block->write(0x200, 0x04030201);
    EXPECT_EQ(block->read(0x200), 0x04030201U);
    EXPECT_EQ(block->read(0x500), 0U);
    block->write(0xfffffffc, 1);
}

TEST(Window, BarThatIsTooSmallIsRefused) {
    const Folder folder;
    folder.add("a", "0x8086", "0x1563");
    std::ofstream(folder.path() + "/a/resource2") << "short";
    EXPECT_THAT(opening(folder.path() + "/a", Path::Bar), HasSubstr("does not lie in it"));
}

TEST(Window, LockOfAnotherProgramIsNotWaitedForEver) {
    const Folder folder;
    folder.add("a", "0x8086", "0x1563");
    ConfigFile holder(folder.path() + "/a");
    ConfigFile other(folder.path() + "/a", std::chrono::milliseconds(5));
    holder.acquire();
    holder.acquire();
    EXPECT_THROW(other.acquire(), UsageError);
    holder.release();
    EXPECT_THROW(other.acquire(), UsageError);
    holder.release();
    EXPECT_NO_THROW(other.acquire());
    other.release();
}

TEST(Window, TakesABlockOfThisLayout) {
    FakeTaskOffload block;
    EXPECT_NO_THROW(check_identity(block));
}

}  // namespace
}  // namespace taskoffload
