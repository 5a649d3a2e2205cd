// SPDX-License-Identifier: GPL-2.0-or-later
#include "nic/offload_request.h"

#include <algorithm>
#include <array>
#include <optional>

#include "nic/offload_switches.h"

namespace ixgbe {

namespace {

using block::Member;
using block::ResultCode;

constexpr std::size_t at(Member member) {
    return static_cast<std::size_t>(member);
}

OffloadResult refuse(ResultCode code, std::size_t byte) {
    return {.code = code, .offset = static_cast<std::uint32_t>(block::kRequest + byte)};
}

// Values of checksum members, of switches, and of the encapsulation switch, which is the other way
// round.
constexpr std::uint8_t kChecksumValues = 4;
constexpr std::uint8_t kIpsecValues = 4;
constexpr std::uint8_t kOff = 1;
constexpr std::uint8_t kOn = 2;
constexpr std::uint8_t kEncapsulatedOn = 1;
constexpr std::uint8_t kEncapsulatedOff = 2;
constexpr std::uint8_t kEncapsulationTypes = 3;

struct ChecksumMember {
    Member member;
    Sum sum;
};
constexpr std::array kChecksums{
    ChecksumMember{Member::ip4_checksum, Sum::ip4},
    ChecksumMember{Member::tcp4_checksum, Sum::tcp4},
    ChecksumMember{Member::udp4_checksum, Sum::udp4},
    ChecksumMember{Member::tcp6_checksum, Sum::tcp6},
    ChecksumMember{Member::udp6_checksum, Sum::udp6},
};

// A member that is off, on, or left alone, and the bit that it switches.
struct SwitchMember {
    Member member;
    std::uint8_t ixgbe_offload_settings::*set;
    std::uint8_t bit;
};
constexpr auto kCuts = &ixgbe_offload_settings::segmentation;
constexpr auto kRsc = &ixgbe_offload_settings::rsc;
constexpr std::array kSwitches{
    SwitchMember{Member::lso1, kCuts, static_cast<std::uint8_t>(Cut::lso1)},
    SwitchMember{Member::lso2v4, kCuts, static_cast<std::uint8_t>(Cut::lso2v4)},
    SwitchMember{Member::lso2v6, kCuts, static_cast<std::uint8_t>(Cut::lso2v6)},
    SwitchMember{Member::rsc4, kRsc, static_cast<std::uint8_t>(Version::ip4)},
    SwitchMember{Member::rsc6, kRsc, static_cast<std::uint8_t>(Version::ip6)},
    SwitchMember{Member::uso4, kCuts, static_cast<std::uint8_t>(Cut::uso4)},
    SwitchMember{Member::uso6, kCuts, static_cast<std::uint8_t>(Cut::uso6)},
};

// Members of offloads that this device never has: off is as good as no change.
struct AbsentMember {
    Member member;
    std::uint8_t values;
};
constexpr std::array kAbsent{
    AbsentMember{Member::ipsec1, kIpsecValues},
    AbsentMember{Member::ipsec2, kIpsecValues},
    AbsentMember{Member::ipsec2v4, kIpsecValues},
    AbsentMember{Member::udp_rsc, kOn},
};

constexpr std::uint8_t with_bit(std::uint8_t set, std::uint8_t bit, bool on) {
    return static_cast<std::uint8_t>(on ? set | bit : set & ~bit);
}

using Request = std::span<const std::uint8_t, block::kRequestBytes>;

// Bytes that no member of this version lies in.
constexpr std::array<bool, block::kRequestBytes> reserved_bytes() {
    std::array<bool, block::kRequestBytes> out{};
    out.fill(true);
    for (std::size_t byte = 0; byte <= at(Member::udp_rsc); ++byte) {
        out.at(byte) = byte == at(Member::tcp4_connection) || byte == at(Member::tcp6_connection) ||
                       byte == at(Member::tcp6_connection) + 1;
    }
    return out;
}
constexpr auto kReserved = reserved_bytes();

// One pass over a request: the first member that is wrong ends it.
class Parameters {
public:
    Parameters(Request request, const ixgbe_offload_config& config,
               const ixgbe_offload_settings& settings)
        : request_(request), offered_(offered(config)), config_(config), settings_(settings) {}

    // In the order of the area, but that values out of range come first: MAP-2.
    OffloadResult run() {
        using Check = void (Parameters::*)();
        constexpr std::array<Check, 5> kSteps{&Parameters::ranges, &Parameters::checksums,
                                              &Parameters::switches, &Parameters::absent,
                                              &Parameters::encapsulation};
        for (const Check step : kSteps) {
            if (result_.done()) {
                (this->*step)();
            }
        }
        return result_;
    }

    [[nodiscard]] const ixgbe_offload_settings& settings() const { return settings_; }

private:
    [[nodiscard]] std::uint8_t value(Member member) const { return request_[at(member)]; }
    [[nodiscard]] std::uint16_t port() const {
        const std::size_t byte = at(Member::vxlan_port);
        return static_cast<std::uint16_t>(request_[byte] | request_[byte + 1] << 8);
    }

    void fail(ResultCode code, std::size_t byte) {
        if (result_.done()) {
            result_ = refuse(code, byte);
        }
    }
    void limit(Member member, std::uint8_t most) {
        if (value(member) > most) {
            fail(ResultCode::invalid_data, at(member));
        }
    }

    void ranges() {
        for (std::size_t byte = 0; byte < request_.size(); ++byte) {
            if (kReserved.at(byte) && request_[byte] != 0) {
                fail(ResultCode::invalid_data, byte);
            }
        }
        for (const ChecksumMember& row : kChecksums) {
            limit(row.member, kChecksumValues);
        }
        for (const SwitchMember& row : kSwitches) {
            limit(row.member, kOn);
        }
        for (const AbsentMember& row : kAbsent) {
            limit(row.member, row.values);
        }
        limit(Member::flags, 1);
        for (std::size_t byte = at(Member::flags) + 1; byte < at(Member::flags) + 4; ++byte) {
            if (request_[byte] != 0) {
                fail(ResultCode::invalid_data, at(Member::flags));
            }
        }
        limit(Member::encapsulated, kEncapsulatedOff);
        limit(Member::encapsulation_types, kEncapsulationTypes);
        if (value(Member::encapsulation_types) != 0 &&
            value(Member::encapsulated) != kEncapsulatedOn) {
            fail(ResultCode::invalid_data, at(Member::encapsulation_types));
        }
    }

    void checksums() {
        for (const auto& [member, sum] : kChecksums) {
            if (value(member) == 0) {
                continue;
            }
            // 1 both off, 2 transmit, 3 receive, 4 both
            const bool tx = value(member) == 2 || value(member) == 4;
            const bool rx = value(member) >= 3;
            if ((tx && !has(offered_.csum_tx, sum)) || (rx && !has(offered_.csum_rx, sum))) {
                fail(ResultCode::not_supported, at(member));
            }
            const auto bit = static_cast<std::uint8_t>(sum);
            settings_.csum_tx = with_bit(settings_.csum_tx, bit, tx);
            settings_.csum_rx = with_bit(settings_.csum_rx, bit, rx);
        }
    }

    void switches() {
        for (const auto& [member, set, bit] : kSwitches) {
            const std::uint8_t wanted = value(member);
            if (wanted == kOn && (offered_.*set & bit) == 0) {
                fail(ResultCode::not_supported, at(member));
            }
            if (wanted != 0) {
                settings_.*set = with_bit(settings_.*set, bit, wanted == kOn);
            }
            if (wanted != 0 && set == kRsc) {
                settings_.rsc_asked = with_bit(settings_.rsc_asked, bit, wanted == kOn);
            }
        }
    }

    void absent() {
        for (const AbsentMember& row : kAbsent) {
            if (value(row.member) > kOff) {
                fail(ResultCode::not_supported, at(row.member));
            }
        }
    }

    // On without a type is NVGRE: older structures have no such member.
    void encapsulation() {
        if (value(Member::encapsulated) == kEncapsulatedOn) {
            const std::uint8_t named = value(Member::encapsulation_types);
            const std::uint8_t types =
                named != 0 ? named : static_cast<std::uint8_t>(Encapsulation::nvgre);
            if ((types & ~offered_.encap_types) != 0) {
                fail(ResultCode::not_supported,
                     at(named != 0 ? Member::encapsulation_types : Member::encapsulated));
            }
            settings_.encap_types = types;
            settings_.encap_active = 1;
        } else if (value(Member::encapsulated) == kEncapsulatedOff) {
            settings_.encap_types = 0;
            settings_.encap_active = 0;
        }
        if (port() != 0 && port() != settings_.vxlan_port) {
            if (!config_.vxlan || config_.vxlan_port_fixed) {
                fail(ResultCode::not_supported, at(Member::vxlan_port));
            }
            settings_.vxlan_port = port();
        }
    }

    Request request_;
    const ixgbe_offload_settings offered_;
    const ixgbe_offload_config& config_;
    ixgbe_offload_settings settings_;
    OffloadResult result_;
};

}  // namespace

OffloadResult apply_parameters(Request request, const ixgbe_offload_config& config,
                               ixgbe_offload_settings& settings) {
    Parameters parameters(request, config, settings);
    const OffloadResult result = parameters.run();
    if (result.done()) {
        settings = parameters.settings();
    }
    return result;
}

OffloadResult apply_encapsulation(std::span<const std::uint8_t, block::kEncapsulationBytes> request,
                                  ixgbe_offload_settings& settings) {
    constexpr std::size_t kHalf = 8;
    constexpr std::uint8_t kEnable = 1;
    constexpr std::uint8_t kDisable = 2;
    constexpr std::array<std::uint32_t, 4> kHeaderSizes{0, 14, 18, 22};
    std::uint8_t active = settings.active;
    for (std::size_t half = 0; half < 2; ++half) {
        const auto member = request.subspan(half * kHalf, kHalf);
        const auto refuse_byte = [&](ResultCode code, std::size_t byte) {
            return OffloadResult{
                .code = code,
                .offset = static_cast<std::uint32_t>(block::kEncapsulation + half * kHalf + byte)};
        };
        const std::uint32_t type = member[2] | std::uint32_t{member[3]} << 8;
        const std::uint32_t header = member[4] | std::uint32_t{member[5]} << 8 |
                                     std::uint32_t{member[6]} << 16 |
                                     std::uint32_t{member[7]} << 24;
        if (member[0] > kDisable || member[1] != 0) {
            return refuse_byte(ResultCode::invalid_data, member[0] > kDisable ? 0 : 1);
        }
        if (member[0] == kEnable && type != block::kEncapsulation8023) {
            return refuse_byte(ResultCode::invalid_parameter, 2);
        }
        if (member[0] == kEnable &&
            std::find(kHeaderSizes.begin(), kHeaderSizes.end(), header) == kHeaderSizes.end()) {
            return refuse_byte(ResultCode::invalid_parameter, 4);
        }
        if (member[0] != 0) {
            const auto bit = static_cast<std::uint8_t>(half == 0 ? Version::ip4 : Version::ip6);
            active = with_bit(active, bit, member[0] == kEnable);
        }
    }
    settings.active = active;
    return {};
}

}  // namespace ixgbe
