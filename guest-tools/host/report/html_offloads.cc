// SPDX-License-Identifier: GPL-2.0-or-later
#include "html_offloads.h"

#include "html_parts.h"

namespace host::html {
namespace {

std::string proof_list(const Json& proofs) {
    std::string out;
    for (const Json& proof : proofs) {
        out += element("li", "",
                       outcome_badge(text(proof, "outcome"), "not offered") +
                           element("code", "", escaped(text(proof, "check"))) +
                           element("span", "", escaped(text(proof, "sentence"))));
    }
    return element("ul", "class=\"proofs\"", out);
}

// A row of its own below the offload's: frames need the whole width.
std::string details(const Json& offload) {
    const Json& proofs = offload.at("proofs");
    const Json& evidence = offload.at("evidence");
    if (proofs.empty()) {
        return "";
    }
    const bool failed = text(offload.at("seen"), "outcome") == "fail";
    const std::string summary = counted(proofs.size(), "check") +
                                (evidence.empty() ? "" : ", " + counted(evidence.size(), "record"));
    const std::string unfolded = element("details", failed ? "open" : "",
                                         element("summary", "", summary) + proof_list(proofs) +
                                             (evidence.empty() ? "" : frame_list(evidence)));
    return element("tr", "role=\"row\" class=\"more\"",
                   element("td", "role=\"cell\" colspan=\"6\"", unfolded));
}

std::string cell(const char* label, const char* kind, const std::string& content) {
    return element("td",
                   "role=\"cell\" class=\"" + std::string(kind) + "\" data-label=\"" + label + "\"",
                   content);
}

std::string row(const Json& offload) {
    const Json& seen = offload.at("seen");
    const std::string outcome = text(seen, "outcome");
    const Json reason = seen.value("reason", Json());
    const std::string name = escaped(text(offload, "name"));
    const std::string id = escaped(text(offload, "direction")) + "-" + name;
    const std::string said =
        element("span", "class=\"said\"", escaped(text(seen, "sentence"))) +
        (reason.is_string() ? element("p", "class=\"reason\"", value_text(reason)) : "");
    const std::string head =
        element("th", "scope=\"row\" role=\"rowheader\"",
                element("span", "", escaped(text(offload, "title"))) + element("code", "", name));
    return element("tbody",
                   "role=\"rowgroup\" id=\"" + id + "\" class=\"" + escaped(outcome) + "\"",
                   element("tr", "role=\"row\"",
                           head + cell("Offered", "flag", state_badge(offload.at("offered"))) +
                               cell("Configured", "flag", state_badge(offload.at("configured"))) +
                               cell("Current", "flag", state_badge(offload.at("current"))) +
                               cell("On the wire", "wire",
                                    "<div class=\"seen\">" + outcome_badge(outcome, "not seen") +
                                        "<div>" + said + "</div></div>") +
                               cell("Cost per MB", "price", cost_bars(offload.at("cost")))) +
                       details(offload));
}

}  // namespace

std::string section(const Json& report, const std::string& direction, const char* heading,
                    const char* words) {
    std::string rows;
    for (const Json& offload : report.at("offloads")) {
        rows += text(offload, "direction") == direction ? row(offload) : "";
    }
    std::string heads;
    for (const char* name :
         {"Offload", "Offered", "Configured", "Current", "On the wire", "Cost per MB"}) {
        heads += element("th", "scope=\"col\" role=\"columnheader\"", name);
    }
    return element("section", "id=\"" + direction + "\"",
                   element("h2", "", heading) + element("p", "class=\"dim\"", words) +
                       element("table", "role=\"table\" class=\"offloads\"",
                               element("caption", "class=\"hidden\"", heading) +
                                   element("thead", "role=\"rowgroup\"",
                                           element("tr", "role=\"row\"", heads)) +
                                   rows));
}

}  // namespace host::html
