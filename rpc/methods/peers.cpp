// Connections.

#include <algorithm>
#include <array>

#include "crypto/hex.h"
#include "crypto/text.h"
#include "rpc/methods/tables.h"

namespace cairn::rpc {

namespace {

constexpr std::uint64_t kP2pV2 = std::uint64_t{1} << 11;

/// Whether to try the encrypted transport, which must be switched on.
bool wants_v2(const Call& call, const std::string& refusal)
{
    const bool enabled = (call.network().info().local_services & kP2pV2) != 0;
    const Json& wanted = call["v2transport"];
    if (wanted.is_null()) return enabled;
    if (wanted.as_bool() && !enabled) refuse(Code::kInvalidParameter, refusal);
    return wanted.as_bool();
}

Json addnode(const Call& call)
{
    const std::string& node = call["node"].as_string();
    const std::string& command = call["command"].as_string();
    if (command != "add" && command != "remove" && command != "onetry") refuse(Code::kMisc, method_help(call.spec));
    const bool v2 = wants_v2(call, "Error: v2transport requested but not enabled (see -v2transport)");
    if (command == "add") unwrap(call.network().add_node(node, v2));
    if (command == "remove") unwrap(call.network().remove_node(node));
    if (command == "onetry") unwrap(call.network().try_once(node, v2));
    return {};
}

Json addconnection(const Call& call)
{
    constexpr std::array<std::string_view, 4> kTypes{"outbound-full-relay", "block-relay-only", "addr-fetch", "feeler"};
    if (call.context.params->network != Network::kRegtest) {
        refuse(Code::kMisc, "addconnection is for regression testing (-regtest mode) only.");
    }
    const std::string type{trim(call["connection_type"].as_string())};
    if (std::ranges::find(kTypes, type) == kTypes.end()) refuse(Code::kInvalidParameter, method_help(call.spec));
    const bool v2 = wants_v2(call, "Error: Adding v2transport connections requires -v2transport init flag to be set.");
    const std::string& address = call["address"].as_string();
    unwrap(call.network().add_connection(address, type, v2));
    return Json::object().set("address", address).set("connection_type", type);
}

Json disconnectnode(const Call& call)
{
    const Json& address = call["address"];
    const Json& id = call["nodeid"];
    if (!address.is_null() && id.is_null()) {
        unwrap(call.network().disconnect(address.as_string()));
    } else if (!id.is_null() && (address.is_null() || address.as_string().empty())) {
        unwrap(call.network().disconnect(id.as_int<std::int64_t>()));
    } else {
        refuse(Code::kInvalidParams, "Only one of address and nodeid should be provided.");
    }
    return {};
}

Json added_json(const api::AddedNode& node)
{
    Json addresses = Json::array();
    if (node.connected) {
        Json one = Json::object();
        one.set("address", node.address).set("connected", node.inbound ? "inbound" : "outbound");
        addresses.push(std::move(one));
    }
    Json out = Json::object();
    out.set("addednode", node.name).set("connected", node.connected).set("addresses", std::move(addresses));
    return out;
}

Json getaddednodeinfo(const Call& call)
{
    const Json& wanted = call["node"];
    Json out = Json::array();
    for (const api::AddedNode& node : call.network().added_nodes()) {
        if (!wanted.is_null() && (wanted.as_string() != node.name || !out.empty())) continue;
        out.push(added_json(node));
    }
    if (!wanted.is_null() && out.empty())
        refuse(api::Error{api::ErrorCode::kNodeNotAdded, "Error: Node has not been added."});
    return out;
}

Json getconnectioncount(const Call& call)
{
    return call.network().connection_count();
}

Json ping(const Call& call)
{
    unwrap(call.network().ping_all());
    return {};
}

Json setnetworkactive(const Call& call)
{
    return call.network().set_active(call["state"].as_bool());
}

Json sendmsgtopeer(const Call& call)
{
    constexpr std::size_t kLongestType = 12;
    const auto peer = call["peer_id"].as_int<std::int64_t>();
    const std::string& type = call["msg_type"].as_string();
    if (type.size() > kLongestType) {
        refuse(Code::kInvalidParameter, "Error: msg_type too long, max length is " + std::to_string(kLongestType));
    }
    auto message = from_hex(call["msg"].as_string());
    if (!message) refuse(Code::kInvalidParameter, "Error parsing input for msg");
    unwrap(call.network().send_message(peer, type, *std::move(message)));
    return Json::object();
}

}  // namespace

std::span<const Entry> peer_methods()
{
    static constexpr std::array kTable{Entry{"addnode", addnode},
                                       Entry{"addconnection", addconnection},
                                       Entry{"disconnectnode", disconnectnode},
                                       Entry{"getaddednodeinfo", getaddednodeinfo},
                                       Entry{"getconnectioncount", getconnectioncount},
                                       Entry{"ping", ping},
                                       Entry{"setnetworkactive", setnetworkactive},
                                       Entry{"sendmsgtopeer", sendmsgtopeer}};
    return kTable;
}

}  // namespace cairn::rpc
