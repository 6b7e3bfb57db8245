// Of the node as a whole.

#include <array>

#include "node/options.h"

namespace cairn::node {
namespace {

using base::integer_between;
using base::OptionCategory;
using base::OptionClass;
using base::OptionSpec;
using base::OptionType;
using enum base::OptionFlags;

constexpr auto kOptions = std::to_array<OptionSpec>({
    {"alertnotify", OptionType::kText, "<cmd>", "", OptionCategory::kGeneral,
     "Run <cmd> when the chain gives cause for a warning; %s becomes the text, in single quotes."},
    {"allowignoredconf", OptionType::kBool, "", "0", OptionCategory::kGeneral,
     "Only warn where the data folder holds a configuration file that is not the one in use, instead of "
     "refusing to start."},
    {"assumevalid", OptionType::kText, "<hex>", "", OptionCategory::kGeneral,
     "Take the scripts of this block and its ancestors as verified, if it is part of a chain with enough "
     "work; everything else is checked. 0 verifies every script. The default is a block chosen with each "
     "release."},
    {"blockfilterindex", OptionType::kText, "<type>", "0", OptionCategory::kGeneral,
     "Keep compact block filters of BIP158; \"basic\" is the one type there is.", kNoFlags, OptionClass::kNotBuilt},
    {"blocknotify", OptionType::kText, "<cmd>", "", OptionCategory::kGeneral,
     "Run <cmd> when the tip of the chain changes, but for the first synchronisation; %s becomes the hash of the "
     "block."},
    {"blockreconstructionextratxn", OptionType::kInteger, "<n>", "100", OptionCategory::kGeneral,
     "How many transactions outside the mempool to keep for rebuilding compact blocks.", kNoFlags,
     OptionClass::kWithoutMeaning},
    {"blocksdir", OptionType::kPath, "<dir>", "", OptionCategory::kGeneral,
     "Keep block files in a folder of their own instead of the data folder."},
    {"blocksonly", OptionType::kBool, "", "0", OptionCategory::kGeneral,
     "Ask peers for no transactions and announce none but our own; peers with the forcerelay permission "
     "excepted."},
    {"blocksxor", OptionType::kBool, "", "1", OptionCategory::kGeneral,
     "Give block files of a new folder a random XOR key. A folder that has a key keeps it; one that has "
     "files without a key keeps a zero one."},
    {"coinstatsindex", OptionType::kBool, "", "0", OptionCategory::kGeneral,
     "Keep statistics of the coins for each height, for gettxoutsetinfo.", kNoFlags, OptionClass::kNotBuilt},
    {"conf", OptionType::kPath, "<file>", "cairn.conf", OptionCategory::kGeneral,
     "Read this configuration file; a relative path is below the data folder. -noconf reads none. Only on "
     "the command line."},
    {"daemon", OptionType::kBool, "", "0", OptionCategory::kGeneral, "Run in the background."},
    {"daemonwait", OptionType::kBool, "", "0", OptionCategory::kGeneral,
     "Run in the background, and return only when the node is ready, or has failed to start. Implies -daemon."},
    {"datadir", OptionType::kPath, "<dir>", "", OptionCategory::kGeneral,
     "Keep everything in this folder; it must exist. The default is ~/.cairn.", kNoNegation},
    {"dbbatchsize", OptionType::kInteger, "<n>", "33554432", OptionCategory::kGeneral,
     "Size in bytes of a batch written to a database.", kDebugOnly, OptionClass::kWithoutMeaning},
    {"dbcache", integer_between(0, 16'777'216), "<n>", "1024", OptionCategory::kGeneral,
     "Memory in MiB for the coins and the databases, at least 4. More makes the first synchronisation "
     "faster."},
    {"debuglogfile", OptionType::kPath, "<file>", "debug.log", OptionCategory::kGeneral,
     "Where to log; a relative path is below the network's folder. -nodebuglogfile writes no file."},
    {"includeconf", OptionType::kPath, "<file>", "", OptionCategory::kGeneral,
     "Read another configuration file too; a relative path is below the data folder. Only in the "
     "configuration file.",
     kMultiple},
    {"loadblock", OptionType::kPath, "<file>", "", OptionCategory::kGeneral,
     "Import blocks from a file at start. XORed files cannot be read.", kMultiple},
    {"maxmempool", integer_between(0, 16'777'216), "<n>", "300", OptionCategory::kGeneral,
     "Keep the mempool below <n> megabytes."},
    {"mempoolexpiry", integer_between(0, 876'000), "<n>", "336", OptionCategory::kGeneral,
     "Drop a transaction that has waited in the mempool for <n> hours."},
    {"minimumchainwork", OptionType::kText, "<hex>", "", OptionCategory::kGeneral,
     "A chain with less work than this is not taken for the real one. The default is chosen with each "
     "release.",
     kDebugOnly},
    {"par", OptionType::kInteger, "<n>", "0", OptionCategory::kGeneral,
     "Threads that verify scripts: 0 is one per core, less than 0 leaves that many cores free. At most 15."},
    {"persistmempool", OptionType::kBool, "", "1", OptionCategory::kGeneral,
     "Save the mempool when stopping and load it at start."},
    {"persistmempoolv1", OptionType::kBool, "", "0", OptionCategory::kGeneral, "Save the mempool in the older format."},
    {"pid", OptionType::kPath, "<file>", "cairnd.pid", OptionCategory::kGeneral,
     "Where to write the number of the process; a relative path is below the network's folder."},
    {"prevoutfetchthreads", OptionType::kInteger, "<n>", "8", OptionCategory::kGeneral,
     "Threads that read the coins of coming blocks from disk: 0 reads each when it is needed. At most 16."},
    {"prune", OptionType::kInteger, "<n>", "0", OptionCategory::kGeneral,
     "Delete old blocks: 0 keeps all, 1 deletes by pruneblockchain only, from 550 on the files are kept "
     "below <n> MiB.",
     kNoFlags, OptionClass::kNotBuilt},
    {"reindex", OptionType::kBool, "", "0", OptionCategory::kGeneral,
     "Build the block index and the coins anew from the block files."},
    {"reindex-chainstate", OptionType::kBool, "", "0", OptionCategory::kGeneral,
     "Build the coins anew from the indexed blocks."},
    {"settings", OptionType::kPath, "<file>", "settings.json", OptionCategory::kGeneral,
     "Where the node keeps what it changes itself, such as the wallets to load; a relative path is below "
     "the network's folder. -nosettings keeps nothing."},
    {"shutdownnotify", OptionType::kText, "<cmd>", "", OptionCategory::kGeneral,
     "Run <cmd> when the node begins to stop, and stop when it has ended. May be given several times.", kMultiple},
    {"startupnotify", OptionType::kText, "<cmd>", "", OptionCategory::kGeneral, "Run <cmd> when the node has started."},
    {"txindex", OptionType::kBool, "", "0", OptionCategory::kGeneral,
     "Keep an index of all transactions, for getrawtransaction.", kNoFlags, OptionClass::kNotBuilt},
    {"txospenderindex", OptionType::kBool, "", "0", OptionCategory::kGeneral,
     "Keep an index of what spends each output, for gettxspendingprevout.", kNoFlags, OptionClass::kNotBuilt},
});

}  // namespace

std::span<const base::OptionSpec> general_options()
{
    return kOptions;
}

}  // namespace cairn::node
