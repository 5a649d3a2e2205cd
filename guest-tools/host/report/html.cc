// SPDX-License-Identifier: GPL-2.0-or-later
#include "html.h"

#include <algorithm>

#include "html_offloads.h"
#include "html_parts.h"
#include "html_style.h"

namespace host {
namespace {

using html::counted;
using html::element;
using html::escaped;
using html::section;
using html::text;
using html::value_text;

std::size_t number(const Json& from, const char* name) {
    return from.value(name, std::size_t{0});
}

// "device.spec" of nested facts; null where there is none.
Json fact(const Json& from, const std::string& path) {
    const Json::json_pointer at(path);
    return from.contains(at) ? from.at(at) : Json();
}

// ---- head of the page

std::string tile(const char* kind, std::size_t value, const char* label) {
    return element("div", "class=\"tile " + std::string(value == 0 ? "nil" : kind) + "\"",
                   element("dt", "", label) + element("dd", "", std::to_string(value)));
}

std::string verdict(const Json& report) {
    const Json& totals = report.at("totals").at("offloads");
    const std::size_t passed = number(totals, "pass");
    const std::size_t failed = number(totals, "fail");
    const std::size_t checks = number(report.at("totals").at("checks"), "fail");
    if (failed != 0) {
        return counted(failed, "offload") + " failed";
    }
    if (checks != 0) {
        return counted(checks, "check") + " failed, but no offload";
    }
    return passed == 0 ? "No offload was looked at"
                       : counted(passed, "offload") + " seen to work, none failed";
}

std::string subtitle(const Json& report) {
    std::string out;
    const auto add = [&](const std::string& before, const Json& value) {
        if (!value.is_null()) {
            out += (out.empty() ? "" : " · ") + before + value_text(value);
        }
    };
    add("", fact(report, "/device/device"));
    add("QEMU ", fact(report, "/device/qemu"));
    add("Linux ", fact(report, "/guest/kernel"));
    add("", Json(html::duration(report.value("seconds", 0.0))));
    return out;
}

std::string failures(const Json& report) {
    std::string out;
    for (const Json& check : report.at("checks")) {
        if (text(check, "outcome") == "fail") {
            out += element("li", "",
                           element("code", "", escaped(text(check, "name"))) +
                               element("span", "", escaped(text(check, "sentence"))));
        }
    }
    return out.empty() ? "" : element("ul", "class=\"failures\"", out);
}

std::string header(const Json& report) {
    const Json& totals = report.at("totals").at("offloads");
    const Json& checks = report.at("totals").at("checks");
    const std::string tiles = element("dl", "class=\"tiles\"",
                                      tile("pass", number(totals, "pass"), "passed") +
                                          tile("fail", number(totals, "fail"), "failed") +
                                          tile("skip", number(totals, "skip"), "not seen"));
    const std::string ran = counted(report.at("checks").size(), "check") +
                            " ran: " + std::to_string(number(checks, "pass")) + " passed, " +
                            std::to_string(number(checks, "fail")) + " failed, " +
                            std::to_string(number(checks, "skip")) + " not offered";
    return element("header", "",
                   element("p", "class=\"over\"", "qemu-x550 · report of the task offloads") +
                       element("h1", "", verdict(report)) +
                       element("p", "class=\"sub\"", subtitle(report)) + tiles +
                       html::share_bar(totals) + element("p", "class=\"dim\"", ran) +
                       failures(report));
}

std::string navigation() {
    return "<nav aria-label=\"Sections\"><a href=\"#transmit\">Transmit</a>"
           "<a href=\"#receive\">Receive</a><a href=\"#control\">Control</a>"
           "<a href=\"#limits\">Limits</a><a href=\"#checks\">Checks</a>"
           "<a href=\"#facts\">Guest and device</a></nav>";
}

// ---- the rest

std::string plain_table(const std::string& head, const std::string& rows) {
    return element("div", "class=\"scroll\"",
                   element("table", "class=\"plain\"",
                           (head.empty() ? "" : element("thead", "", element("tr", "", head))) +
                               element("tbody", "", rows)));
}

std::string limits(const Json& report) {
    std::string rows;
    for (const Json& limit : report.at("limits")) {
        const auto value = [&](const char* name) {
            return element("td", "class=\"number\"", value_text(limit.value(name, Json())));
        };
        rows += element("tr", "",
                        element("th", "scope=\"row\"",
                                element("code", "", escaped(text(limit, "name"))) +
                                    element("span", "", escaped(text(limit, "title")))) +
                            value("offered") + value("configured") + value("current"));
    }
    return element(
        "section", "id=\"limits\"",
        element("h2", "", "Limits") +
            plain_table("<th scope=\"col\">Property</th><th scope=\"col\">Offered</th>"
                        "<th scope=\"col\">Configured</th><th scope=\"col\">Current</th>",
                        rows));
}

std::string checks(const Json& report) {
    std::string rows;
    for (const Json& check : report.at("checks")) {
        const Json seconds = check.value("seconds", Json());
        rows += element(
            "tr", "",
            element("th", "scope=\"row\"",
                    element("code", "", escaped(text(check, "name"))) +
                        element("span", "", escaped(text(check, "summary")))) +
                element("td", "", html::outcome_badge(text(check, "outcome"), "not offered")) +
                element("td", "class=\"words\"", escaped(text(check, "sentence"))) +
                element("td", "class=\"number\"",
                        seconds.is_number() ? html::duration(seconds.get<double>()) : "–"));
    }
    return element(
        "section", "id=\"checks\"",
        element("h2", "", "Checks") +
            plain_table("<th scope=\"col\">Check</th><th scope=\"col\">Outcome</th>"
                        "<th scope=\"col\">What it found</th><th scope=\"col\">Time</th>",
                        rows));
}

// Nested facts become "nic driver version".
std::string fact_rows(const Json& facts) {
    std::string rows;
    const Json flat = facts.flatten();
    for (const auto& [path, value] : flat.items()) {
        std::string label = path.substr(1);
        std::replace(label.begin(), label.end(), '/', ' ');
        rows += element("tr", "",
                        element("th", "scope=\"row\"", escaped(label)) +
                            element("td", "class=\"words\"", value_text(value)));
    }
    return rows;
}

std::string facts(const Json& report, const char* name, const char* heading) {
    const Json& known = report.at(name);
    const std::string rows = known.is_object() && !known.empty() ? fact_rows(known) : "";
    return element("div", "",
                   element("h3", "", heading) +
                       (rows.empty() ? element("p", "class=\"dim\"", "Nothing is known.")
                                     : plain_table("", rows)));
}

}  // namespace

std::string to_html(const Json& report) {
    const std::string absent =
        report.at("block").get<bool>()
            ? ""
            : element("p", "class=\"note\"",
                      "The device has no task-offload block, so nothing is told about what is "
                      "offered and switched on. What stands under \u201cOn the wire\u201d is what "
                      "the guest's own driver was seen to use.");
    const std::string body =
        header(report) + navigation() + absent +
        section(report, "transmit", "Transmit",
                "What the guest hands over unfinished, and the device finishes on its way out.") +
        section(report, "receive", "Receive",
                "What the device works out about frames before the guest sees them.") +
        section(report, "control", "Control",
                "How the task-offload block itself answers its guest.") +
        limits(report) + checks(report) +
        element("section", "id=\"facts\"",
                element("h2", "", "Guest and device") +
                    element("div", "class=\"two\"",
                            facts(report, "guest", "Guest") + facts(report, "device", "Device")));
    return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
           "<meta name=\"color-scheme\" content=\"light dark\">"
           "<title>X550 task offloads: " +
           verdict(report) + "</title><style>" + std::string(html_style()) +
           "</style></head><body><main>" + body + "</main></body></html>\n";
}

}  // namespace host
