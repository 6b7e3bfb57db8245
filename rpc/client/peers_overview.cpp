#include "rpc/client/peers_overview.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>

#include "crypto/text.h"
#include "rpc/client/plain.h"

namespace cairn::rpc {

namespace {

constexpr std::string_view kMore = "\nFor more information, run: cairn-cli -netinfo help";

std::int64_t number_or_zero(const Json& value)
{
    return value.is_number() ? value.as_int<std::int64_t>() : 0;
}

/// One letter each: n(etwork), w(itness), l(imited), 2 (P2P_V2).
std::string letters(const Json& services)
{
    std::string out;
    for (std::size_t i = 0; i < services.size(); ++i) {
        const std::string& name = services[i].as_string();
        if (name.empty()) continue;
        out += name == "NETWORK_LIMITED" ? 'l' : name == "P2P_V2" ? '2' : static_cast<char>(name.front() | 0x20);
    }
    return out;
}

/// "network, witness, network limited".
std::string in_words(const Json& services)
{
    std::string out;
    for (std::size_t i = 0; i < services.size(); ++i) out += (i == 0 ? "" : ", ") + services[i].as_string();
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
        if (c == '_') c = ' ';
    }
    return out;
}

std::string_view short_type(std::string_view type)
{
    if (type == "outbound-full-relay") return "full";
    if (type == "block-relay-only") return "block";
    if (type == "addr-fetch") return "addr";
    if (type == "manual" || type == "feeler") return type;
    return "";
}

std::string_view short_network(std::string_view name)
{
    return name == "not_publicly_routable" ? "npr" : name;
}

/// Seconds, as RPC shows them, in milliseconds; nothing if they were not measured.
std::optional<std::int64_t> milliseconds(const Json& seconds)
{
    if (!seconds.is_number()) return std::nullopt;
    const auto micros = parse_fixed_point(seconds.write(), 6);
    if (!micros) return std::nullopt;
    return (*micros + 500) / 1000;
}

std::string ping_text(const Json& seconds)
{
    const auto time = milliseconds(seconds);
    if (!time) return "";
    return *time > 999'999 ? "-" : std::to_string(*time);
}

/// How long ago, in `unit` seconds; empty for never.
std::string ago(const Json& when, std::int64_t now, std::int64_t unit)
{
    const std::int64_t time = number_or_zero(when);
    return time == 0 ? "" : std::to_string((now - time) / unit);
}

struct Column {
    std::string title;
    std::string unit;
    std::size_t width;  // at least
    bool left = false;
    std::vector<std::string> cells = {};
};

/// Each peer's cells, in the order of columns().
std::vector<std::string> cells(const Json& peer, std::int64_t now)
{
    const std::string transport = plain(peer["transport_protocol_type"]);
    const bool versioned = transport.size() == 2 && transport.front() == 'v';
    const std::int64_t processed = number_or_zero(peer["addr_processed"]);
    const std::int64_t limited = number_or_zero(peer["addr_rate_limited"]);
    const std::string no_addresses = peer["addr_relay_enabled"].write() == "false" ? "." : "";
    const std::string last_transaction = ago(peer["last_transaction"], now, 60);
    const bool relays = peer["relaytxes"].write() != "false";
    return {peer["inbound"].as_bool() ? "in" : "out",
            std::string(short_type(plain(peer["connection_type"]))),
            std::string(short_network(plain(peer["network"]))),
            letters(peer["servicesnames"]),
            versioned ? transport.substr(1) : "",
            ping_text(peer["minping"]),
            ping_text(peer["pingtime"]),
            ago(peer["lastsend"], now, 1),
            ago(peer["lastrecv"], now, 1),
            last_transaction.empty() && !relays ? "*" : last_transaction,
            ago(peer["last_block"], now, 60),
            std::string(peer["bip152_hb_to"].write() == "true" ? "." : " ") +
                (peer["bip152_hb_from"].write() == "true" ? "*" : " "),
            processed == 0 ? no_addresses : std::to_string(processed),
            limited == 0 ? "" : std::to_string(limited),
            ago(peer["conntime"], now, 60),
            plain(peer["id"]),
            plain(peer["addr"]),
            plain(peer["version"]) + plain(peer["subver"])};
}

std::vector<Column> columns(int level)
{
    std::vector<Column> out{{"<->", "", 3},
                            {"type", "", 6},
                            {"net", "", 5},
                            {"serv", "", 4},
                            {"v", "", 1},
                            {"mping", "ms", 6},
                            {"ping", "ms", 6},
                            {"send", "sec", 4},
                            {"recv", "sec", 4},
                            {"txn", "min", 4},
                            {"blk", "min", 4},
                            {"hb", "", 2},
                            {"addrp", "", 5},
                            {"addrl", "", 5},
                            {"age", "min", 4},
                            {"id", "", 2},
                            {"address", "", 7, true},
                            {"version", "", 7, true}};
    const bool addresses = level == 2 || level == 4;
    const bool versions = level == 3 || level == 4;
    if (!addresses) out[16].width = 0;
    if (!versions) out[17].width = 0;
    return out;
}

std::string line_of(const std::vector<Column>& columns, const auto& cell)
{
    std::string line;
    for (const Column& column : columns) {
        if (column.width == 0) continue;
        const std::string text = cell(column);
        line += line.empty() ? "" : " ";
        line += column.left ? fmt::format("{:<{}}", text, column.width) : fmt::format("{:>{}}", text, column.width);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    return line + "\n";
}

/// By direction, and then by the shortest ping.
std::vector<const Json*> sorted(const Json& peers, bool outbound_only)
{
    std::vector<const Json*> out;
    for (const Json& peer : peers.as_array()) {
        if (!outbound_only || !peer["inbound"].as_bool()) out.push_back(&peer);
    }
    std::ranges::stable_sort(out, {}, [](const Json* peer) {
        return std::pair(!(*peer)["inbound"].as_bool(), milliseconds((*peer)["minping"]).value_or(-1));
    });
    return out;
}

std::string peers_part(const Json& peers, const PeersOverviewOptions& options, std::int64_t now)
{
    const auto shown = sorted(peers, options.outbound_only);
    if (options.level == 0 || shown.empty()) return {};
    auto table = columns(options.level);
    for (const Json* peer : shown) {
        auto row = cells(*peer, now);
        for (std::size_t i = 0; i < table.size(); ++i) {
            if (table[i].width > 0) table[i].width = std::max(table[i].width, row[i].size());
            table[i].cells.push_back(std::move(row[i]));
        }
    }
    std::string text = line_of(table, [](const Column& column) { return column.title; });
    for (std::size_t i = 0; i < shown.size(); ++i) {
        text += line_of(table, [i](const Column& column) { return column.cells[i]; });
    }
    return text + line_of(table, [](const Column& column) { return column.unit; }) + "\n";
}

struct Counts {
    std::array<std::map<std::string, int>, 2> by_network;  // in, out
    std::array<int, 2> all{};
    int block_relay = 0;
    int manual = 0;
};

Counts count(const Json& peers)
{
    Counts counts;
    for (const Json& peer : peers.as_array()) {
        const std::size_t direction = peer["inbound"].as_bool() ? 0 : 1;
        ++counts.by_network.at(direction)[plain(peer["network"])];
        ++counts.all.at(direction);
        const std::string type = plain(peer["connection_type"]);
        if (type == "block-relay-only") ++counts.block_relay;
        if (type == "manual") ++counts.manual;
    }
    return counts;
}

/// Networks that can be reached, and those that peers are on all the same.
std::vector<std::string> shown_networks(const Json& network, Counts& counts)
{
    std::vector<std::string> names;
    const Json& known = network["networks"];
    for (std::size_t i = 0; i < known.size(); ++i) {
        if (known[i]["reachable"].as_bool()) names.push_back(plain(known[i]["name"]));
    }
    for (const auto& direction : counts.by_network) {
        for (const auto& [name, number] : direction) {
            if (std::ranges::find(names, name) == names.end()) names.push_back(name);
        }
    }
    return names;
}

std::string counts_part(const Json& peers, const Json& network)
{
    Counts counts = count(peers);
    const auto names = shown_networks(network, counts);
    std::string text = "     ";
    for (const auto& name : names) text += fmt::format("{:>8}", short_network(name));
    text += "   total   block";
    if (counts.manual > 0) text += "  manual";
    auto& [in, out] = counts.by_network;
    for (const std::string_view row : {"in", "out", "total"}) {
        text += fmt::format("\n{:<5}", row);
        const int wants_in = row != "out" ? 1 : 0;
        const int wants_out = row != "in" ? 1 : 0;
        for (const auto& name : names) text += fmt::format("{:>8}", wants_in * in[name] + wants_out * out[name]);
        text += fmt::format("   {:>5}", wants_in * counts.all[0] + wants_out * counts.all[1]);
        if (row != "out") continue;
        text += fmt::format("   {:>5}", counts.block_relay);
        if (counts.manual > 0) text += fmt::format("   {:>5}", counts.manual);
    }
    return text;
}

std::string addresses_part(const Json& addresses)
{
    if (addresses.empty()) return ": n/a";
    std::size_t width = 0;
    for (std::size_t i = 0; i < addresses.size(); ++i) width = std::max(width, plain(addresses[i]["address"]).size());
    std::string text;
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        text += fmt::format("\n{:<{}}    port {:>6}    score {:>6}", plain(addresses[i]["address"]), width + 1,
                            plain(addresses[i]["port"]), plain(addresses[i]["score"]));
    }
    return text;
}

}  // namespace

PeersOverviewOptions parse_peers_overview(std::span<const std::string> arguments)
{
    PeersOverviewOptions options;
    if (arguments.empty()) return options;
    const std::string& text = arguments[0];
    const auto level = parse_integer<std::uint8_t>(text);
    if (!level) {
        throw std::runtime_error("invalid -netinfo level argument: " + text + std::string(kMore));
    }
    options.level = std::min<int>(*level, PeersOverviewOptions::kMaxLevel);
    if (arguments.size() < 2) return options;
    const std::string& which = arguments[1];
    options.outbound_only = *level > 0 && (which == "o" || which == "outonly");
    if (options.outbound_only) return options;
    const std::string_view only_with_level =
        *level > 0 ? "" : "\nThe outonly argument is only valid for a level greater than 0 (the first argument).";
    throw std::runtime_error(fmt::format("invalid -netinfo outonly argument: {}{}{}", which, only_with_level, kMore));
}

std::string_view peers_overview_help()
{
    return "-netinfo [level [outonly]] | help\n\n"
           "The node's peers at a glance, for people: what it looks like may change.\n\n"
           "level    0: how many peers there are, by network, and the node's own addresses (the default)\n"
           "         1: before that a line per peer; 2: with its address; 3: with its version; 4: with both\n"
           "outonly  (or o) only lines of peers to which the node itself has connected\n\n"
           "Columns: <-> direction; type; net (npr: not publicly routable); serv services offered (n network,\n"
           "w witness, l limited network, 2 encrypted transport); v transport; mping and ping the shortest and the\n"
           "last ping; send, recv, txn, blk how long ago a message was sent and received, and a new transaction and\n"
           "a block were received (* the peer wants no transactions); hb compact blocks at once (. to it, * from it);\n"
           "addrp and addrl addresses taken and dropped from it (. none are exchanged); age of the connection; id";
}

std::string peers_overview(const Json& peers, const Json& network, const PeersOverviewOptions& options,
                           std::string_view version, std::string_view chain, std::int64_t now)
{
    const Json& services = network["localservicesnames"];
    const bool details = options.level > 0;
    std::string text = fmt::format("Cairn client {}{}{} - server {}{}{}\n\n", version, chain == "main" ? "" : " ",
                                   chain == "main" ? "" : chain, plain(network["protocolversion"]),
                                   plain(network["subversion"]), details ? " - services " + letters(services) : "");
    text += peers_part(peers, options, now) + counts_part(peers, network);
    if (!details) text += "\n\nLocal services: " + in_words(services);
    return text + "\n\nLocal addresses" + addresses_part(network["localaddresses"]);
}

}  // namespace cairn::rpc
