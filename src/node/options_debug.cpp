// For debugging and testing, and hidden ones.

#include <array>

#include "node/options.h"

namespace cairn::node {
namespace {

using base::integer_between;
using base::integer_from;
using base::OptionCategory;
using base::OptionClass;
using base::OptionSpec;
using base::OptionType;
using enum base::OptionFlags;

constexpr auto kOptions = std::to_array<OptionSpec>({
    {"acceptstalefeeestimates", OptionType::kBool, "", "0", OptionCategory::kDebugTest,
     "Use saved fee estimates however old they are; regtest only.", kDebugOnly, OptionClass::kNotBuilt},
    {"capturemessages", OptionType::kBool, "", "0", OptionCategory::kDebugTest,
     "Write every message from and to peers to disk.", kDebugOnly, OptionClass::kNotBuilt},
    {"checkaddrman", OptionType::kInteger, "<n>", "0", OptionCategory::kDebugTest,
     "Check the address manager every <n> operations.", kDebugOnly, OptionClass::kWithoutMeaning},
    {"checkblockindex", OptionType::kInteger, "<n>", "0", OptionCategory::kDebugTest,
     "Check the block tree every <n> operations.", kDebugOnly, OptionClass::kWithoutMeaning},
    {"checkblocks", OptionType::kInteger, "<n>", "6", OptionCategory::kDebugTest,
     "How many blocks to verify at start; 0 is all.", kDebugOnly},
    {"checklevel", OptionType::kInteger, "<n>", "3", OptionCategory::kDebugTest,
     "How -checkblocks verifies: 0 reads the blocks, 1 checks them, 2 reads undo data, 3 disconnects them "
     "in memory, 4 connects them again.",
     kDebugOnly},
    {"checkmempool", OptionType::kInteger, "<n>", "0", OptionCategory::kDebugTest,
     "Check the mempool every <n> transactions.", kDebugOnly, OptionClass::kWithoutMeaning},
    {"checkpoints", OptionType::kBool, "", "", OptionCategory::kHidden, "", kNoFlags, OptionClass::kWithoutMeaning},
    {"choosedatadir", OptionType::kBool, "", "", OptionCategory::kHidden, "", kNoFlags, OptionClass::kWithoutMeaning},
    {"dbcrashratio", OptionType::kInteger, "<n>", "0", OptionCategory::kHidden, "", kNoFlags, OptionClass::kNotBuilt},
    {"debug", OptionType::kText, "<category>", "0", OptionCategory::kDebugTest,
     "Log details of a category: addrman, bench, blockstorage, cmpctblock, coindb, estimatefee, http, i2p, "
     "ipc, kernel, leveldb, mempool, mempoolrej, net, privatebroadcast, proxy, prune, qt, rand, reindex, "
     "rpc, scan, selectcoins, tor, txpackages, txreconciliation, validation, walletdb or zmq; 1 or all for "
     "every one. May be given several times.",
     kMultiple},
    {"debugexclude", OptionType::kText, "<category>", "", OptionCategory::kDebugTest,
     "Log no details of a category that -debug enabled. May be given several times.", kMultiple},
    {"deprecatedrpc", OptionType::kText, "<method>", "", OptionCategory::kDebugTest,
     "Give answers their former form again: \"warnings\" makes warnings one text instead of a list, \"fullrbf\" and "
     "\"bip125\" bring back \"fullrbf\" of getmempoolinfo and \"bip125-replaceable\" of mempool entries. May be given "
     "several times.",
     kDebugOnly | kMultiple},
    {"fastprune", OptionType::kBool, "", "0", OptionCategory::kDebugTest, "Use block files of 64 KiB; for tests.",
     kDebugOnly},
    {"forcecompactdb", OptionType::kBool, "", "0", OptionCategory::kHidden, "", kNoFlags, OptionClass::kNotBuilt},
    {"help-debug", OptionType::kBool, "", "", OptionCategory::kDebugTest,
     "Show the options for debugging and testing too, and exit."},
    {"lang", OptionType::kText, "<lang>", "", OptionCategory::kHidden, "", kNoFlags, OptionClass::kWithoutMeaning},
    {"limitancestorcount", OptionType::kInteger, "<n>", "25", OptionCategory::kDebugTest,
     "Formerly a limit of the mempool; see -limitclustercount.", kDebugOnly, OptionClass::kWithoutMeaning},
    {"limitclustercount", integer_from(0), "<n>", "64", OptionCategory::kDebugTest,
     "Accept no transaction that would join <n> or more others unconfirmed; at most 64.", kDebugOnly},
    {"limitclustersize", integer_between(0, 1'000'000), "<n>", "101", OptionCategory::kDebugTest,
     "Accept no transaction that would make a cluster larger than <n> kvB.", kDebugOnly},
    {"limitdescendantcount", OptionType::kInteger, "<n>", "25", OptionCategory::kDebugTest,
     "Formerly a limit of the mempool; see -limitclustercount.", kDebugOnly, OptionClass::kWithoutMeaning},
    {"logips", OptionType::kBool, "", "0", OptionCategory::kDebugTest, "Log addresses of peers."},
    {"loglevel", OptionType::kText, "<level>|<category>:<level>", "debug", OptionCategory::kDebugTest,
     "How much of an enabled category to log: info, debug or trace. May be given several times.",
     kDebugOnly | kNoNegation | kNeedsValue | kMultiple},
    {"loglevelalways", OptionType::kBool, "", "0", OptionCategory::kDebugTest,
     "Log the category and level of every line."},
    {"logratelimit", OptionType::kBool, "", "1", OptionCategory::kDebugTest,
     "Log at most 1 MiB per hour from one line of the program."},
    {"logsourcelocations", OptionType::kBool, "", "0", OptionCategory::kDebugTest,
     "Log where in the program a line comes from."},
    {"logthreadnames", OptionType::kBool, "", "0", OptionCategory::kDebugTest, "Log the name of the thread."},
    {"logtimemicros", OptionType::kBool, "", "0", OptionCategory::kDebugTest, "Log times with microseconds.",
     kDebugOnly},
    {"logtimestamps", OptionType::kBool, "", "1", OptionCategory::kDebugTest, "Log the time of each line."},
    {"maxsigcachesize", integer_between(0, 16'384), "<n>", "32", OptionCategory::kDebugTest,
     "Memory in MiB for signatures and scripts found valid.", kDebugOnly},
    {"maxtipage", OptionType::kInteger, "<n>", "86400", OptionCategory::kDebugTest,
     "A tip older than this many seconds means that the chain is still being downloaded.", kDebugOnly},
    {"min", OptionType::kBool, "", "", OptionCategory::kHidden, "", kNoFlags, OptionClass::kWithoutMeaning},
    {"mocktime", integer_between(0, kLastTime), "<n>", "0", OptionCategory::kDebugTest,
     "Take this for the time, in seconds since 1970; regtest only.", kDebugOnly},
    {"printpriority", OptionType::kBool, "", "0", OptionCategory::kDebugTest,
     "Log fee rates when a block is assembled.", kDebugOnly, OptionClass::kWithoutMeaning},
    {"printtoconsole", OptionType::kBool, "", "", OptionCategory::kDebugTest,
     "Log to standard output too. The default is 1; with -daemon it is 0."},
    {"resetguisettings", OptionType::kBool, "", "", OptionCategory::kHidden, "", kNoFlags,
     OptionClass::kWithoutMeaning},
    {"shrinkdebugfile", OptionType::kBool, "", "", OptionCategory::kDebugTest,
     "Cut a log that is longer than 11 MB to its last 10 MB at start. The default is 1; with -debug it is 0."},
    {"splash", OptionType::kBool, "", "", OptionCategory::kHidden, "", kNoFlags, OptionClass::kWithoutMeaning},
    {"stopafterblockimport", OptionType::kBool, "", "0", OptionCategory::kDebugTest,
     "Stop when all blocks on disk, and those of -loadblock and -reindex, are connected.", kDebugOnly},
    {"stopatheight", integer_between(0, 2'147'483'647), "<n>", "0", OptionCategory::kDebugTest,
     "Stop when a block of this height or more becomes the tip; some after it may be connected too. 0: never.",
     kDebugOnly},
    {"test", OptionType::kText, "<option>", "", OptionCategory::kDebugTest,
     "A switch for tests: addrman, reindex_after_failure_noninteractive_yes, bip94.", kDebugOnly | kMultiple},
    {"testactivationheight", OptionType::kText, "name@height.", "", OptionCategory::kDebugTest,
     "Move the activation of segwit, bip34, dersig, cltv or csv on regtest. May be given several times.",
     kDebugOnly | kMultiple},
    {"uacomment", OptionType::kText, "<cmt>", "", OptionCategory::kDebugTest,
     "Add a comment to the user agent. May be given several times.", kMultiple},
    {"uiplatform", OptionType::kText, "", "", OptionCategory::kHidden, "", kNoFlags, OptionClass::kWithoutMeaning},
});

}  // namespace

std::span<const base::OptionSpec> debug_options()
{
    return kOptions;
}

}  // namespace cairn::node
