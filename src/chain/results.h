#pragma once
// What became of headers and blocks that were handed in.

#include <functional>
#include <optional>
#include <string>

#include "chain/block_node.h"
#include "consensus/rejection.h"

namespace cairn::chain {

struct HeadersResult {
    /// Why the first refused header was refused; those before it were taken, those after it not looked at.
    std::optional<Rejection> rejection;
    /// The last header taken (new or known); null if none was.
    const BlockNode* last = nullptr;
    /// How many were not known before.
    std::size_t added = 0;
};

struct BlockResult {
    enum class Status : std::uint8_t {
        kConnected,  // valid, and in the active chain (now, or since earlier)
        kStored,     // written to disk; waits for its ancestors or for more work, or fell with an ancestor that turned
                     // out invalid only now ("inconclusive")
        kDuplicate,  // was there already; `node` tells its status
        kIgnored,    // unrequested, and not worth storing (less work than the tip, too far ahead, low work)
        kRejected,   // `rejection` says why
    };
    Status status = Status::kIgnored;
    std::optional<Rejection> rejection;
    /// Null where not even the header was taken.
    const BlockNode* node = nullptr;
    /// Written to disk by this submission.
    bool is_new = false;
};

using HeadersCallback = std::move_only_function<void(const HeadersResult&)>;
using BlockCallback = std::move_only_function<void(const BlockResult&)>;

/// How a block came, which decides whether an unneeded one is stored.
struct BlockOrigin {
    /// We asked for it (or made it, or read it from a file): stored whatever its work.
    bool requested = false;
    /// The caller knows that its header's chain has enough work; without that an unknown header is refused with
    /// too-little-chainwork.
    bool work_checked = false;
};

enum class VerifyOutcome : std::uint8_t { kGood, kCorrupt, kSkippedDeepChecks, kInterrupted };

/// Statistics of the coins, as gettxoutsetinfo tells them.
enum class UtxoHashKind : std::uint8_t { kNone, kSerialized3, kMuhash };
struct UtxoStatistics {
    const BlockNode* best = nullptr;
    std::uint64_t transactions = 0;  // with at least one unspent output
    std::uint64_t outputs = 0;
    std::uint64_t bogo_size = 0;
    std::uint64_t disk_size = 0;
    /// Nothing where the sum leaves 64 bits, which only a corrupt database can bring about.
    std::optional<Amount> total;
    std::optional<Hash256> hash;
};

enum class TipStatus : std::uint8_t { kActive, kInvalid, kHeadersOnly, kValidHeaders, kValidFork };
struct TipInfo {
    const BlockNode* node = nullptr;
    Height branch_length = 0;
    TipStatus status = TipStatus::kActive;
};

/// A coin that owns its script.
struct Coin {
    Amount value;
    Bytes script_pubkey;
    Height height = 0;
    bool coinbase = false;
};

/// A coin, and the block whose coins were asked.
struct CoinAnswer {
    BlockHash best;
    std::optional<Coin> coin;
};

}  // namespace cairn::chain
