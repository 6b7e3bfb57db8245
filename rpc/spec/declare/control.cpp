#include <array>

#include "rpc/spec/declare/declare.h"

namespace cairn::rpc::declare {

namespace {

constexpr auto kHere = Category::kControl;
constexpr std::array<std::string_view, 10> kEchoed{"arg0", "arg1", "arg2", "arg3", "arg4",
                                                   "arg5", "arg6", "arg7", "arg8", "arg9"};

std::vector<Argument> echoed(CliFormat format)
{
    std::vector<Argument> arguments;
    for (const std::string_view name : kEchoed) arguments.push_back(text(name).optional().unchecked().read_as(format));
    return arguments;
}

}  // namespace

std::vector<MethodSpec> control()
{
    return {
        {"getmemoryinfo",
         kHere,
         {text("mode").fall_back_to("stats").explain("stats, or mallocinfo (the allocator's XML)")},
         "How memory is used.",
         "{ locked: { used, free, total, locked, chunks_used, chunks_free } }\n\"<malloc …\"",
         {""}},
        {"getrpcinfo",
         kHere,
         {},
         "The calls that are being served, and where the log is.",
         "{ active_commands: [ { method, duration } ], logpath }",
         {""}},
        {"help",
         kHere,
         {text("command").optional().explain("A method; without it, all are listed")},
         "All methods, or what one of them does.",
         "\"text\"",
         {"getblock"}},
        {"logging",
         kHere,
         {array("include", {text("include_category").optional()}).optional().explain("Categories to switch on"),
          array("exclude", {text("exclude_category").optional()})
              .optional()
              .explain("Categories to switch off, after that")},
         "The categories of the debug log, and whether each is on. The valid logging categories are: addrman, bench, "
         "blockstorage, cmpctblock, coindb, estimatefee, http, i2p, ipc, kernel, leveldb, mempool, mempoolrej, net, "
         "privatebroadcast, proxy, prune, qt, rand, reindex, rpc, scan, selectcoins, tor, txpackages, "
         "txreconciliation, "
         "validation, walletdb, zmq. \"all\" stands for every one.",
         "{ category: true|false }",
         {"'[\"all\"]' '[\"http\"]'"}},
        {"stop", kHere, {number("wait").optional().hidden()}, "Stops the node.", "\"text\"", {""}},
        {"uptime", kHere, {}, "Seconds since the node started.", "n", {""}},
        {"echo", Category::kHidden, echoed(CliFormat::kText), "The arguments, for testing.", "[ … ]", {"a b"}},
        {"echojson",
         Category::kHidden,
         echoed(CliFormat::kJson),
         "The arguments, for testing; cairn-cli reads them as JSON.",
         "[ … ]",
         {"1 '[2]'"}},
        {"setmocktime",
         Category::kHidden,
         {number("timestamp").explain("Seconds since 1970; 0: the real time again")},
         "Sets the node's clock. Regtest only.",
         "null",
         {"1700000000"}},
        {"mockscheduler",
         Category::kHidden,
         {number("delta_time").explain("Seconds, 1 to 3600")},
         "Moves the periodic jobs nearer by so many seconds. Regtest only.",
         "null",
         {"60"}},
    };
}

}  // namespace cairn::rpc::declare
