// SPDX-License-Identifier: GPL-2.0-or-later
// Device models side by side: every round measures each model once, so that a change in the
// machine's mood meets all of them.
#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>

#include "bench_contender.h"
#include "commands.h"
#include "text_table.h"

namespace host {
namespace {

struct Sample {
    int round = 0;
    double rate = 0;
    Json costs;  // for each unit
};

// One device, one direction.
using Samples = std::map<std::pair<std::string, bool>, std::vector<Sample>>;
using Contenders = std::vector<std::unique_ptr<Contender>>;

constexpr std::array kCosts{"cpu_ms", "calls", "switches", "interrupts"};

double median(std::vector<double> values) {
    if (values.empty()) {
        return 0;
    }
    std::sort(values.begin(), values.end());
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

double median_rate(const std::vector<Sample>& samples) {
    std::vector<double> rates;
    rates.reserve(samples.size());
    for (const Sample& sample : samples) {
        rates.push_back(sample.rate);
    }
    return median(rates);
}

// Of one round each: the machine may be twice as fast in the next.
double median_ratio(const std::vector<Sample>& own, const std::vector<Sample>& other) {
    std::vector<double> ratios;
    for (const Sample& sample : other) {
        const auto same = std::find_if(own.begin(), own.end(), [&sample](const Sample& candidate) {
            return candidate.round == sample.round;
        });
        if (same != own.end() && sample.rate > 0) {
            ratios.push_back(same->rate / sample.rate);
        }
    }
    return median(ratios);
}

double median_cost(const std::vector<Sample>& samples, const char* name) {
    std::vector<double> costs;
    costs.reserve(samples.size());
    for (const Sample& sample : samples) {
        costs.push_back(sample.costs.at(name).get<double>());
    }
    return median(costs);
}

std::string number(double value, const char* format) {
    std::array<char, 32> text{};
    (void)std::snprintf(text.data(), text.size(), format, value);
    return text.data();
}

std::vector<bool> directions(const Scenario& scenario) {
    return scenario.load == Load::pktgen  ? std::vector<bool>{true}
           : scenario.load == Load::flood ? std::vector<bool>{false}
                                          : std::vector<bool>{true, false};
}

Contenders boot_all(const BenchOptions& options, const Scenario& scenario) {
    Contenders contenders;
    for (const std::string& device : options.devices) {
        (void)std::fprintf(stderr, "%s: booting %s\n", scenario.name.c_str(), device.c_str());
        try {
            contenders.push_back(std::make_unique<Contender>(options.machine, device, scenario));
            for (const std::string& feature : options.features) {
                contenders.back()->switch_on(feature);
            }
        } catch (const std::exception& error) {
            (void)std::fprintf(stderr, "%s: %s left out: %s\n", scenario.name.c_str(),
                               device.c_str(), error.what());
        }
    }
    return contenders;
}

void measure_one(Contender& contender, int round, bool sending, int seconds, Samples& samples) {
    try {
        const Contender::Result result = contender.measure(sending, seconds);
        samples[{contender.device(), sending}].push_back(
            {round, result.rate, per_unit(result.costs, result.units)});
    } catch (const std::exception& error) {
        (void)std::fprintf(stderr, "%s\n", error.what());
    }
}

Samples measure_all(const BenchOptions& options, const Scenario& scenario) {
    const Contenders contenders = boot_all(options, scenario);
    Samples samples;
    for (int round = 0; round < options.rounds; ++round) {
        for (const bool sending : directions(scenario)) {
            for (const auto& contender : contenders) {
                measure_one(*contender, round, sending, options.seconds, samples);
            }
        }
        (void)std::fprintf(stderr, "%s: round %d of %d\n", scenario.name.c_str(), round + 1,
                           options.rounds);
    }
    return samples;
}

Json figures(const Scenario& scenario, const Samples& samples) {
    Json out{{"unit", scenario.unit()}};
    for (const auto& [key, values] : samples) {
        Json& entry = out[key.first][key.second ? "sends" : "receives"];
        entry["median"] = median_rate(values);
        for (const Sample& sample : values) {
            entry["samples"].push_back(sample.rate);
        }
        for (const char* const cost : kCosts) {
            entry["costs"][cost] = median_cost(values, cost);
        }
    }
    return out;
}

std::vector<std::string> row(const std::string& device, const std::vector<Sample>& own,
                             const std::vector<Sample>& samples) {
    std::vector<std::string> out{device, number(median_rate(samples), "%.0f"),
                                 number(median_ratio(own, samples), "%.2f")};
    for (const char* const cost : kCosts) {
        out.push_back(number(median_cost(samples, cost), "%.2f"));
    }
    return out;
}

// The last device is ours; costs are for each MB or 1000 packets.
void print_direction(const BenchOptions& options, const Scenario& scenario, bool sending,
                     const Samples& samples) {
    const std::string& own = options.devices.back();
    const auto found = samples.find({own, sending});
    const auto ours = found == samples.end() ? std::vector<Sample>{} : found->second;
    std::vector<std::vector<std::string>> rows{
        {scenario.name + (sending ? ", guest sends" : ", guest receives"), scenario.unit(),
         own + " / it", "CPU ms", "calls", "switches", "interrupts"}};
    for (const std::string& device : options.devices) {
        const auto values = samples.find({device, sending});
        rows.push_back(values == samples.end()
                           ? std::vector<std::string>{device, "-", "-", "-", "-", "-", "-"}
                           : row(device, ours, values->second));
    }
    std::cout << "\n" << text_table(rows) << std::flush;
}

}  // namespace

int bench_command(const BenchOptions& options) {
    Json out = {{"qemu", options.machine.qemu.binary},
                {"kernel", options.machine.kernel.image},
                {"cpus", options.machine.cpus},
                {"seconds", options.seconds},
                {"rounds", options.rounds},
                {"features", options.features}};
    std::vector<Scenario> scenarios;
    for (const std::string& name : options.scenarios) {
        scenarios.push_back(parse_scenario(name));
    }
    for (const Scenario& scenario : scenarios) {
        const Samples samples = measure_all(options, scenario);
        for (const bool sending : directions(scenario)) {
            print_direction(options, scenario, sending, samples);
        }
        out["scenarios"][scenario.name] = figures(scenario, samples);
        if (!options.json.empty()) {
            std::ofstream(options.json) << out.dump(2) << "\n";
        }
    }
    return 0;
}

}  // namespace host
