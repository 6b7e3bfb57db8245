// Bans.

#include <array>

#include "rpc/methods/tables.h"

namespace cairn::rpc {

namespace {

std::int64_t now(const Call& call)
{
    return base::unix_seconds(call.context.clock->now());
}

/// When the ban ends; 0 leaves it to -bantime.
std::int64_t ban_end(const Call& call)
{
    const auto time = call["bantime"].as_int<std::int64_t>();
    if (!call["absolute"].as_bool()) return time == 0 ? 0 : now(call) + time;
    if (time < now(call)) refuse(Code::kInvalidParameter, "Error: Absolute timestamp is in the past");
    return time;
}

Json setban(const Call& call)
{
    const std::string& subnet = call["subnet"].as_string();
    const std::string& command = call["command"].as_string();
    if (command != "add" && command != "remove") refuse(Code::kMisc, method_help(call.spec));
    if (command == "add") {
        unwrap(call.network().ban(subnet, ban_end(call)));
    } else {
        unwrap(call.network().unban(subnet));
    }
    return {};
}

Json listbanned(const Call& call)
{
    Json out = Json::array();
    for (const api::Ban& ban : call.network().bans()) {
        Json one = Json::object();
        one.set("address", ban.subnet).set("ban_created", ban.created).set("banned_until", ban.until);
        one.set("ban_duration", ban.until - ban.created).set("time_remaining", ban.until - now(call));
        out.push(std::move(one));
    }
    return out;
}

Json clearbanned(const Call& call)
{
    call.network().clear_bans();
    return {};
}

}  // namespace

std::span<const Entry> ban_methods()
{
    static constexpr std::array kTable{Entry{"setban", setban}, Entry{"listbanned", listbanned},
                                       Entry{"clearbanned", clearbanned}};
    return kTable;
}

}  // namespace cairn::rpc
