#pragma once
// The chain as rpc, wallet and servers see it. Implemented by `services`.
//
// Threads: every member may be called from any thread at any time. Answers are values, taken at one moment; two calls
// may see two tips. Members that change the chain (invalidate…, submit…) return once the change is visible to every
// later call.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/error.h"
#include "consensus/coins.h"
#include "consensus/primitives/block.h"

namespace cairn::api {

/// A header in the block tree, and what is known of its block.
struct BlockInfo {
    BlockHash hash;
    Height height = 0;
    BlockHeader header;
    /// Work of the chain up to here: a little-endian number, so that to_hex() shows it as people read it.
    Hash256 chain_work;
    /// The target that header.bits encodes, in the same form.
    Hash256 target;
    std::uint32_t median_time_past = 0;
    /// Transactions in this block, and in the chain up to it; 0 while unknown.
    std::uint32_t transactions = 0;
    std::uint64_t chain_transactions = 0;
    bool in_active_chain = false;
    /// The block after this one in the active chain.
    std::optional<BlockHash> next;
    /// 1 for the tip, -1 for a block that is not in the active chain.
    Height confirmations = -1;
    /// Whether block and undo data are on disk now.
    bool has_block = false;
    bool has_undo = false;
};

enum class ChainTipStatus : std::uint8_t { kActive, kInvalid, kHeadersOnly, kValidFork, kValidHeaders };

struct ChainTip {
    BlockHash hash;
    Height height = 0;
    /// Blocks from here back to the active chain; 0 for the active tip.
    Height branch_length = 0;
    ChainTipStatus status = ChainTipStatus::kActive;
};

/// An unspent output.
struct UnspentOutput {
    Outpoint outpoint;
    Amount value;
    Bytes script_pubkey;
    Height height = 0;  // Height of its block; kMempoolHeight for one of an unconfirmed transaction
    bool coinbase = false;

    static constexpr Height kMempoolHeight = 0x7fffffff;
};

struct CoinAnswer {
    BlockHash best_block;
    Height best_height = 0;
    std::optional<UnspentOutput> coin;
};

enum class UtxoHash : std::uint8_t { kSerialized3, kMuhash, kNone };

struct UtxoStatistics {
    BlockHash best_block;
    Height height = 0;
    std::uint64_t transactions = 0;
    std::uint64_t outputs = 0;
    std::uint64_t bogo_size = 0;
    std::uint64_t disk_size = 0;
    Amount total;
    /// The hash asked for; nothing for kNone. to_hex() shows it as Bitcoin Core does.
    std::optional<Hash256> hash;
};

/// Shared with whoever watches or stops a long job. `abort` may be set at any time; progress is in percent.
struct JobControl {
    std::atomic<int> progress{0};
    std::atomic<bool> abort{false};
};

struct ScanSummary {
    BlockHash best_block;
    Height height = 0;
    std::uint64_t outputs_seen = 0;
    bool completed = false;  // false where the job was aborted
};

/// How blocks of the period signal for a deployment.
struct SignallingStatistics {
    int period = 0;
    int threshold = 0;  // 0: not shown (locked in)
    int elapsed = 0;
    int count = 0;
    bool possible = true;
};

/// BIP9's state of a deployment.
struct Signalling {
    int bit = 0;
    std::int64_t start_time = 0;
    std::int64_t timeout = 0;
    Height min_activation_height = 0;
    std::string status;       // "defined", "started", "locked_in", "active", "failed"
    std::string status_next;  // for the block after
    Height since = 0;
    std::optional<SignallingStatistics> statistics;  // only while started or locked in
    std::string signalling;  // one character per block of the period: '#' signals, '-' does not; may be empty
};

/// One soft fork, as getdeploymentinfo shows it.
struct Deployment {
    std::string name;
    bool active = false;
    /// First height at which the rules hold; nothing where that is not known yet.
    std::optional<Height> height;
    std::optional<Signalling> bip9;  // nothing: buried
};

struct DeploymentState {
    BlockHash block;
    Height height = 0;
    std::vector<std::string> script_flags;
    std::vector<Deployment> deployments;
};

/// One chain state (design decision 13: there may be two).
struct ChainStateInfo {
    BlockInfo tip;
    double verification_progress = 0;  // floating: progress
    std::optional<BlockHash> snapshot_block;
    std::uint64_t coins_db_cache_bytes = 0;
    std::uint64_t coins_tip_cache_bytes = 0;
    bool validated = true;
};

struct PruneState {
    bool pruning = false;
    bool automatic = false;
    std::uint64_t target_bytes = 0;
    /// The lowest height whose block and all after it are on disk.
    Height lowest_kept = 0;
};

struct ChainOverview {
    std::string network;  // "main", "test", "testnet4", "signet", "regtest"
    BlockInfo tip;
    Height best_header_height = 0;
    double verification_progress = 0;  // floating: progress
    bool initial_block_download = true;
    std::uint64_t size_on_disk = 0;
    PruneState prune;
    /// The script that solves signet blocks; nothing on other networks.
    std::optional<Bytes> signet_challenge;
    std::vector<std::string> warnings;
};

class ChainView {
public:
    virtual ~ChainView() = default;

    virtual ChainOverview overview() const = 0;
    virtual std::vector<ChainStateInfo> chain_states() const = 0;
    /// Problems that the owner should know of, one line each; part of overview() too.
    virtual std::vector<std::string> warnings() const = 0;
    virtual bool in_initial_block_download() const = 0;
    virtual double verification_progress(const BlockHash& block) const = 0;  // floating: progress

    virtual BlockInfo tip() const = 0;
    virtual std::optional<BlockInfo> block_info(const BlockHash& hash) const = 0;
    /// In the active chain.
    virtual std::optional<BlockInfo> block_info(Height height) const = 0;
    /// The block at `height` in the chain that ends in `descendant`; nothing if either is unknown.
    virtual std::optional<BlockInfo> ancestor(const BlockHash& descendant, Height height) const = 0;
    /// All ends of chains, highest first.
    virtual std::vector<ChainTip> chain_tips() const = 0;
    virtual DeploymentState deployments(const BlockHash& block) const = 0;

    /// Errors: kMisc, with Bitcoin Core's text: "Block not available (pruned data)", "Block not available (not fully
    /// downloaded)"; kInvalidAddressOrKey "Block not found".
    virtual Result<BlockRef> block(const BlockHash& hash) const = 0;
    /// What the block's transactions but the coinbase spent, in their order. Errors: kMisc "Undo data not available" or
    /// its pruned form.
    virtual Result<std::shared_ptr<const SpentOutputs>> spent_outputs(const BlockHash& hash) const = 0;

    /// With `with_mempool`, outputs that the mempool spends are gone and those that it creates are there.
    virtual CoinAnswer coin(const Outpoint& outpoint, bool with_mempool) const = 0;
    /// Any unspent output of the transaction; nothing if all are spent or it is unknown.
    virtual std::optional<UnspentOutput> any_coin_of(const Txid& txid) const = 0;

    // Long jobs: they block the calling thread, not the node. An aborted job, or one that the node's stop ends, answers
    // kMisc (statistics) or an incomplete summary (scan).
    virtual Result<UtxoStatistics> utxo_statistics(UtxoHash kind, JobControl& control) const = 0;
    /// Shows every unspent output of the active chain to `visit`, on the calling thread. The reference's script is
    /// valid during the call only.
    using CoinVisitor = std::function<void(const Outpoint&, const CoinRef&)>;
    virtual Result<ScanSummary> scan_coins(const CoinVisitor& visit, JobControl& control) const = 0;
    /// Checks the last `blocks` blocks (0: all) as -checklevel and -checkblocks do.
    virtual bool verify(int level, int blocks) const = 0;

    virtual Result<void> invalidate(const BlockHash& hash) = 0;
    virtual Result<void> reconsider(const BlockHash& hash) = 0;
    virtual Result<void> precious(const BlockHash& hash) = 0;
    /// Deletes block files below `height` as far as the rules allow; the last height deleted. Errors where not pruning.
    virtual Result<Height> prune_to(Height height) = 0;

    /// Waits until the tip differs from `current`, the node stops, or the time is over (nothing: no limit); then the
    /// tip.
    virtual BlockInfo wait_for_tip_change(const BlockHash& current, std::optional<std::chrono::milliseconds> limit) = 0;
    /// Whether the node is stopping: waiters give up.
    virtual bool is_stopping() const = 0;
};

}  // namespace cairn::api
