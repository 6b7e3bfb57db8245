// Methods that wait for the chain.

#include <array>
#include <functional>

#include "rpc/methods/tables.h"

namespace cairn::rpc {

namespace {

Json tip_json(const api::BlockInfo& tip)
{
    return Json::object().set("hash", tip.hash.to_hex()).set("height", tip.height);
}

/// Waits until `reached` holds for the tip, the time is over, or the node stops.
Json wait_until(const Call& call, const Json& timeout, const std::function<bool(const api::BlockInfo&)>& reached)
{
    const auto limit = parse_timeout(timeout);
    base::Clock& clock = *call.context.clock;
    const base::SteadyTime begin = clock.steady_now();
    api::BlockInfo tip = call.chain().tip();
    while (!reached(tip) && !call.chain().is_stopping()) {
        std::optional<std::chrono::milliseconds> left;
        if (limit) {
            const auto passed = std::chrono::floor<std::chrono::milliseconds>(clock.steady_now() - begin);
            if (passed >= *limit) break;
            left = *limit - passed;
        }
        tip = call.chain().wait_for_tip_change(tip.hash, left);
    }
    return tip_json(tip);
}

Json waitfornewblock(const Call& call)
{
    const auto limit = parse_timeout(call["timeout"]);
    const Json& current = call["current_tip"];
    const BlockHash from =
        current.is_null() ? call.chain().tip().hash : parse_hash_as<BlockHash>(current, "current_tip");
    return tip_json(call.chain().wait_for_tip_change(from, limit));
}

Json waitforblock(const Call& call)
{
    const auto wanted = parse_hash_as<BlockHash>(call["blockhash"], "blockhash");
    return wait_until(call, call["timeout"], [&](const api::BlockInfo& tip) { return tip.hash == wanted; });
}

Json waitforblockheight(const Call& call)
{
    const int height = call["height"].as_int<int>();
    return wait_until(call, call["timeout"], [&](const api::BlockInfo& tip) { return tip.height >= height; });
}

Json syncwithvalidationinterfacequeue(const Call& call)
{
    call.control().sync_event_queues();
    return {};
}

}  // namespace

std::span<const Entry> wait_methods()
{
    static constexpr std::array kTable{Entry{"waitfornewblock", waitfornewblock}, Entry{"waitforblock", waitforblock},
                                       Entry{"waitforblockheight", waitforblockheight},
                                       Entry{"syncwithvalidationinterfacequeue", syncwithvalidationinterfacequeue}};
    return kTable;
}

}  // namespace cairn::rpc
