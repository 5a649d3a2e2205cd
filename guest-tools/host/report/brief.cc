// SPDX-License-Identifier: GPL-2.0-or-later
#include "brief.h"

namespace host {
namespace {

std::string of_traffic(const std::string& name, const Json& detail) {
    const auto number = [&](const char* member) { return detail.value(member, Json(0)).dump(); };
    if (name.starts_with("tcp")) {
        return "sends " + number("send") + " Mbit/s, receives " + number("receive") +
               " Mbit/s, every byte compared";
    }
    if (name.starts_with("udp")) {
        return number("answered") + " datagrams there and back";
    }
    if (name.starts_with("ping")) {
        return number("sizes") + " sizes";
    }
    return name == "link" ? number("speed") + " Mbit/s, full duplex" : "";
}

}  // namespace

std::string brief(const Json& result) {
    if (result.contains("reason")) {
        return result.at("reason").get<std::string>();
    }
    const Json detail = result.value("detail", Json::object());
    if (detail.contains("judged")) {
        return detail.at("judged").dump() + " frames on the wire are right" +
               (detail.value("compared", false) ? ", the same with the offload off and on" : "");
    }
    if (detail.contains("told")) {
        return detail.at("told").get<std::string>();
    }
    if (detail.contains("judge")) {
        return "off and on, judged by " + detail.at("judge").get<std::string>();
    }
    const std::string traffic = of_traffic(result.value("name", std::string()), detail);
    return !traffic.empty() ? traffic : detail.empty() ? "" : detail.dump();
}

}  // namespace host
