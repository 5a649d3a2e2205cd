// SPDX-License-Identifier: GPL-2.0-or-later
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iterator>
#include <string>

#include "error.h"
#include "registry.h"
#include "registry_text.h"

namespace taskoffload {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

const std::string kHead = "Windows Registry Editor Version 5.00\r\n\r\n[Key]\r\n";

std::string utf16(const std::string& text) {
    std::string out = "\xFF\xFE";
    for (const char c : text) {
        out += c;
        out += '\0';
    }
    return out;
}

// What the parser says of this text; empty if it takes it.
std::string complaint(const std::string& bytes) {
    try {
        (void)parse_registry(bytes);
    } catch (const UsageError& error) {
        return error.what();
    }
    return "";
}

const RegistryValue& only_value(const RegistryFile& file) {
    EXPECT_THAT(file.values, SizeIs(1));
    return file.values.at(0);
}

TEST(Registry, ReadsStrings) {
    const auto file = parse_registry(kHead + "\"*LsoV2IPv4\"=\"1\"\r\n");
    const auto& value = only_value(file);
    EXPECT_EQ(value.section, "Key");
    EXPECT_EQ(value.name, "*LsoV2IPv4");
    EXPECT_EQ(value.type, RegistryValue::Type::String);
    EXPECT_EQ(value.text, "1");
    EXPECT_EQ(value.line, 4U);
}

TEST(Registry, ReadsDwords) {
    const auto file = parse_registry(kHead + "\"DisableTaskOffload\"=DWORD:0000001f ; on\r\n");
    EXPECT_EQ(only_value(file).type, RegistryValue::Type::Dword);
    EXPECT_EQ(only_value(file).number, 0x1fU);
}

TEST(Registry, UndoesEscapes) {
    const auto file = parse_registry(kHead + R"("a\"b\\c"="d\\\"e")");
    EXPECT_EQ(only_value(file).name, R"(a"b\c)");
    EXPECT_EQ(only_value(file).text, R"(d\"e)");
}

TEST(Registry, TakesUtf16) {
    const auto file = parse_registry(utf16(kHead + "\"x\"=\"2\"\r\n"));
    EXPECT_EQ(only_value(file).text, "2");
}

TEST(Registry, TakesUtf16BeyondAscii) {
    std::string bytes = utf16(kHead + "\"x\"=\"");
    bytes += std::string("\xE4\x00\xAC\x20\x3D\xD8\x00\xDE", 8);  // ae, euro, a face
    bytes += utf16("\"").substr(2);
    EXPECT_EQ(only_value(parse_registry(bytes)).text, "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80");
}

TEST(Registry, TakesUtf8WithAndWithoutMark) {
    const std::string text = "REGEDIT4\n[a]\n\"x\"=\"1\"";
    EXPECT_THAT(parse_registry(text).values, SizeIs(1));
    EXPECT_THAT(parse_registry("\xEF\xBB\xBF" + text).values, SizeIs(1));
}

TEST(Registry, SkipsCommentsAndDefaultValues) {
    const auto file = parse_registry(kHead + "; \"a\"=\"1\" \\\n @=\"2\"\n\n \"c\"=\"3\"\n");
    EXPECT_EQ(only_value(file).name, "c");
}

TEST(Registry, JoinsContinuedLines) {
    const auto file =
        parse_registry(kHead + "\"a\"=hex(7):31,\\\r\n  00,\\\r\n  00\r\n\"b\"=\"1\"\r\n");
    ASSERT_THAT(file.values, SizeIs(2));
    EXPECT_EQ(file.values[0].type, RegistryValue::Type::Other);
    EXPECT_EQ(file.values[0].line, 4U);
    EXPECT_EQ(file.values[1].line, 7U);
}

TEST(Registry, LastValueCountsInWhateverCase) {
    const auto file = parse_registry(kHead + "\"*RSS\"=\"0\"\n[Other]\n\"*rss\"=\"1\"\n");
    ASSERT_NE(file.last("*Rss"), nullptr);
    EXPECT_EQ(file.last("*Rss")->text, "1");
    EXPECT_EQ(file.sections_with("*RSS"), 2U);
    EXPECT_EQ(file.last("*VMQ"), nullptr);
}

TEST(Registry, DeletedValueIsNone) {
    const auto file = parse_registry(kHead + "\"*RSS\"=\"0\"\n\"*RSS\"=-\n");
    EXPECT_EQ(file.last("*RSS"), nullptr);
}

TEST(Registry, DeletedSectionIsGone) {
    const auto file = parse_registry(kHead + "\"a\"=\"0\"\n[-KEY]\n\"b\"=\"1\"\n[c]\n\"d\"=\"2\"");
    EXPECT_EQ(only_value(file).name, "d");
    EXPECT_THAT(file.sections, ElementsAre("c"));
}

TEST(Registry, SectionFilterKeepsServices) {
    const auto file = parse_registry(
        "REGEDIT4\n[Class\\0001]\n\"*RSS\"=\"0\"\n[Class\\0002]\n\"*RSS\"=\"1\"\n"
        "[Tcpip\\Parameters]\n\"DisableTaskOffload\"=dword:1\n");
    const auto chosen = choose_section(file, "class\\0001");
    EXPECT_EQ(chosen.last("*RSS")->text, "0");
    EXPECT_NE(chosen.last("DisableTaskOffload"), nullptr);
    EXPECT_THAT(choose_section(file, "").values, SizeIs(3));
}

TEST(Registry, UnknownSectionListsWhatThereIs) {
    const auto file = parse_registry(kHead);
    try {
        (void)choose_section(file, "0007");
        FAIL();
    } catch (const UsageError& error) {
        EXPECT_THAT(error.what(), HasSubstr("no section contains '0007'; there are:\n  Key"));
    }
}

TEST(Registry, HeaderIsNeeded) {
    EXPECT_THAT(complaint(""), HasSubstr("line 1: no registry export"));
    EXPECT_THAT(complaint("\n\n[a]\n"), HasSubstr("line 3: no registry export"));
    EXPECT_THAT(complaint("REGEDIT5\n"), HasSubstr("line 1: no registry export"));
}

TEST(Registry, ComplaintsNameTheLine) {
    EXPECT_THAT(complaint("REGEDIT4\n\"a\"=\"1\"\n"),
                HasSubstr("line 2: a value before the first"));
    EXPECT_THAT(complaint(kHead + "\"a\"=\"1\n"), HasSubstr("line 4: no closing quote"));
    EXPECT_THAT(complaint(kHead + "\"a\n"), HasSubstr("line 4: no closing quote"));
    EXPECT_THAT(complaint(kHead + "\"a\" \"1\"\n"), HasSubstr("line 4: no = behind"));
    EXPECT_THAT(complaint(kHead + "a=1\n"), HasSubstr("line 4: neither [section]"));
    EXPECT_THAT(complaint(kHead + "\"a\"=1\n"), HasSubstr("line 4: 'a' has neither"));
    EXPECT_THAT(complaint(kHead + "\"a\"=hexed\n"), HasSubstr("line 4: 'a' has neither"));
    EXPECT_THAT(complaint(kHead + "\"a\"=\n"), HasSubstr("but nothing"));
    EXPECT_THAT(complaint(kHead + "\"a\"=\"1\"x\n"), HasSubstr("line 4: unexpected text"));
    EXPECT_THAT(complaint(kHead + "\n[b\n"), HasSubstr("line 5: no closing bracket"));
    EXPECT_THAT(complaint(kHead + "\"a\"=dword:\n"), HasSubstr("one to eight"));
    EXPECT_THAT(complaint(kHead + "\"a\"=dword:123456789\n"), HasSubstr("one to eight"));
    EXPECT_THAT(complaint(kHead + "\"a\"=dword:000000000\n"), HasSubstr("one to eight"));
    EXPECT_THAT(complaint(kHead + "\"a\"=dword:-1\n"), HasSubstr("one to eight"));
}

TEST(Registry, ComplaintsOfEncodings) {
    EXPECT_THAT(complaint("\xFE\xFF"), HasSubstr("line 1: big-endian"));
    EXPECT_THAT(complaint(utf16(kHead).substr(2)), HasSubstr("line 1: a zero byte"));
    EXPECT_THAT(complaint(utf16(kHead) + "x"), HasSubstr("line 4: the file ends within"));
    EXPECT_THAT(complaint(utf16(kHead) + std::string("\x00\xD8", 2)), HasSubstr("line 4: half a"));
    EXPECT_THAT(complaint(utf16(kHead) + std::string("\x00\xDC", 2)), HasSubstr("line 4: half a"));
    EXPECT_THAT(complaint(kHead + std::string(1, '\0')), HasSubstr("line 4: a zero byte"));
}

TEST(Registry, ComplaintsOfSizes) {
    EXPECT_THAT(complaint(std::string((16 << 20) + 1, ' ')), HasSubstr("larger than 16 MB"));
    EXPECT_THAT(complaint(kHead + std::string((1 << 20) + 1, 'x')), HasSubstr("line 4: longer"));
    std::string pieces;
    for (int i = 0; i < 3; ++i) {
        pieces.append(500'000, '1');
        pieces += "\\\n";
    }
    EXPECT_THAT(complaint(kHead + "\"a\"=hex:" + pieces), HasSubstr("line 4: a value of more"));
}

TEST(Registry, ComplaintsObeyNoControlCharacters) {
    EXPECT_THAT(complaint(kHead + "\x1b[31mred"), HasSubstr("?[31mred"));
    EXPECT_EQ(printable("a\x9b\nb"), "a??b");
    EXPECT_EQ(printable("12345", 3), "123...");
}

TEST(Registry, LoneBackslashesAreNoContinuation) {
    EXPECT_THAT(parse_registry(kHead + "\\\n\n\\\n\"a\"=\"1\"").values, SizeIs(1));
    EXPECT_THAT(complaint(kHead + "\\"), HasSubstr("line 4: neither"));
}

// Whatever a file is cut to, the parser says something or takes it.
TEST(Registry, TakesOrRefusesEveryPrefixOfTheSample) {
    std::ifstream file(X550_TEST_VECTORS "/task_offload.reg", std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    ASSERT_EQ(complaint(text), "");
    for (std::size_t length = 0; length < text.size(); ++length) {
        (void)complaint(text.substr(0, length));
        (void)complaint(utf16(text).substr(0, length));
    }
}

}  // namespace
}  // namespace taskoffload
