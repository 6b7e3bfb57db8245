#pragma once
// The chain: one thread that validates and is the only writer of block tree, coins and tip; and what everybody else may
// ask of it at any time.
//
// Order: what one thread submits (headers, blocks, tasks) is done in that order. A callback runs on the validation
// thread after its effect is visible to every later call; it must be short and must not wait for the validation thread.
// After stop(), submissions are dropped and their callbacks destroyed unrun.
//
// Faults of the environment (disk full, I/O error, corruption) end the validation thread: the failure goes to the
// FailureHandler, nothing more is written, and what was flushed before is consistent.
//
// Behaviour: Bitcoin Core 31 `validation.cpp`, `node/blockstorage.cpp`, `node/chainstate.cpp`.

#include <chrono>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/executor.h"
#include "base/file_system.h"
#include "base/random.h"
#include "base/thread.h"
#include "chain/block_tree.h"
#include "chain/chain_options.h"
#include "chain/mempool_port.h"
#include "chain/results.h"
#include "consensus/coins.h"

namespace cairn::consensus {
class SignatureVerifier;
}
namespace cairn::events {
class EventBus;
}

namespace cairn::chain {

/// The node cannot start on this folder. what() is the line for the owner, with Bitcoin Core's text where it has one;
/// remedy() what helps. Nothing was written.
class StartError : public base::EnvironmentError {
public:
    using base::EnvironmentError::EnvironmentError;
};

/// What the chain stands on. All must outlive it. `mempool` and `events` may be null.
struct ChainPorts {
    base::Clock& clock;
    base::FileSystem& files;
    base::Random& random;
    MempoolPort* mempool = nullptr;
    events::EventBus* events = nullptr;
    /// Used by all script threads at once, such as one that looks into the mempool's cache; null: an ImmediateVerifier,
    /// which is also used as long as the node is in initial download.
    consensus::SignatureVerifier* verifier = nullptr;
    base::FailureHandler on_failure{};
    /// Called on the validation thread, now and then, during long work of start (verify, replay, reindex, import).
    std::function<void(std::string_view what, int percent)> on_progress{};
};

class ChainManager {
public:
    ChainManager(const ChainOptions& options, ChainPorts ports);
    /// stop()
    ~ChainManager();
    ChainManager(const ChainManager&) = delete;
    ChainManager& operator=(const ChainManager&) = delete;

    // Start and stop ------------------------------------------------------------------------------------------------

    /// Opens the folder, recognises what it cannot read before anything is written, replays after a crash, verifies the
    /// last blocks, and starts the threads. Blocks on disk are connected, and -reindex and -loadblock files read,
    /// after it returns, on the validation thread. Throws StartError, IoError.
    void start();
    /// Makes long work and waiters give up. Any thread, any time.
    void interrupt();
    /// Finishes what was submitted to the validation thread, flushes, ends the threads. Safe to call again.
    void stop();
    /// Whether -reindex or -loadblock files are still being read.
    bool is_importing() const;
    /// Whether all blocks that were on disk at the start, or in those files, have been connected.
    bool is_loaded() const;

    // Handing in ----------------------------------------------------------------------------------------------------

    /// Headers in order, each on top of one known or before it. `work_checked`: see BlockOrigin.
    void submit_headers(std::vector<BlockHeader> headers, bool work_checked, HeadersCallback callback);
    /// May block while more than kMaxSubmittedBytes of blocks wait. The callback comes when the block's fate is known:
    /// once it is connected, stored aside, or refused.
    void submit_block(BlockRef block, BlockOrigin origin, BlockCallback callback);
    static constexpr std::size_t kMaxSubmittedBytes = std::size_t{64} << 20;
    /// The same, waiting for the result. Not from the validation thread.
    HeadersResult submit_headers_and_wait(std::vector<BlockHeader> headers, bool work_checked);
    BlockResult submit_block_and_wait(BlockRef block, BlockOrigin origin);

    /// Runs `task` on the validation thread, between blocks, when all blocks submitted before have their fate: for the
    /// mempool. False after stop.
    bool post(base::Task task);
    /// Runs `work` there and waits for it; throws what it throws. At once if called on the validation thread.
    void run(const std::function<void()>& work);
    bool on_validation_thread() const;

    // On the owner's wish; each waits for its effect. Not from the validation thread. --------------------------------

    /// Marks the block and all that build on it as invalid, and leaves them. Refused for the genesis block (false).
    bool invalidate_block(const BlockNode& block);
    /// Forgets that the block, its ancestors and its descendants were invalid.
    void reconsider_block(const BlockNode& block);
    /// Treats the block as if it had been seen before others of its work.
    void prefer_block(const BlockNode& block);
    /// Whether the block could be connected to the tip as it stands (but for its proof of work): templates,
    /// getblocktemplate proposals. Rejects one that does not build on the tip with the text
    /// "inconclusive-not-best-prevblk".
    std::expected<void, Rejection> test_block(const BlockRef& block, bool check_proof_of_work, bool check_merkle_root);
    /// Writes everything: blocks and undo data, index, coins.
    void flush();
    /// The last `blocks` blocks (0: all) at a level of 0 to 4, as -checkblocks and -checklevel.
    VerifyOutcome verify(int level, int blocks);

    // Reading: any thread --------------------------------------------------------------------------------------------

    const BlockTree& tree() const;
    const consensus::Params& params() const;
    /// The published tip; null before the genesis block is connected.
    const BlockNode* tip() const;
    ChainOf active_chain() const { return ChainOf{tip()}; }
    /// Latched: once false, false until restart.
    bool in_initial_block_download() const;
    const ChainWork& minimum_chain_work() const;
    /// How much of the chain's transactions up to now the block covers, from 0 to 1. For display.
    double verification_progress(const BlockNode& node) const;  // floating: a fraction
    /// Every end of a branch, most work first.
    std::vector<TipInfo> chain_tips() const;
    /// Problems the owner should know of, one line each.
    std::vector<std::string> warnings() const;
    std::uint64_t size_on_disk() const;
    struct CacheUse {
        std::uint64_t coins = 0;           // in the cache
        std::uint64_t coins_bytes = 0;     // of memory, all parts counted
        std::uint64_t coins_limit = 0;     // what coins_bytes may reach
        std::uint64_t database_bytes = 0;  // LevelDB's own
    };
    CacheUse cache_use() const;

    /// From disk, or from memory if it came lately. Null where the data is not there. Throws IoError, StorageError for
    /// data that is damaged.
    BlockRef read_block(const BlockNode& node) const;
    /// Its encoding alone, for peers: unparsed but for the header, which must be the node's. As read_block else.
    std::shared_ptr<const Bytes> read_raw_block(const BlockNode& node) const;
    /// What the block spent. Null where it was never connected (or for the genesis block).
    std::shared_ptr<const SpentOutputs> read_spent_outputs(const BlockNode& node) const;

    /// Of the published tip.
    CoinAnswer coin(const Outpoint& outpoint) const;
    /// On the validation thread only: the coins of the published tip, or, within a MempoolPort call, of the block told
    /// of last.
    CoinsView& coins_view();
    /// Has these coins in the cache from now on. Validation thread.
    void warm_coins(std::span<const Outpoint> outpoints);

    /// All coins of the tip, in the order of their keys, from a snapshot taken after a flush: `visit` runs on the
    /// calling thread, and no one waits for it. It returns false to stop. The block whose coins they were.
    const BlockNode* scan_coins(const std::function<bool(const Outpoint&, const CoinRef&)>& visit);
    /// Nothing where `interrupted` (asked now and then) said so.
    std::optional<UtxoStatistics> utxo_statistics(UtxoHashKind kind, const std::function<bool()>& interrupted);

    /// `listener` is called on the validation thread after each publication of a tip, until the registration ends.
    [[nodiscard]] base::Registration on_tip(std::function<void(const BlockNode&)> listener);
    /// `listener` is called on the validation thread for each block that was connected (without a rejection) or refused
    /// when it was to be connected, however long after it was received; a refusal comes after its submitter was told.
    /// Blocks that fall with an ancestor are not told of.
    using BlockListener = std::function<void(const BlockNode&, const std::optional<Rejection>&)>;
    [[nodiscard]] base::Registration on_block_checked(BlockListener listener);
    /// Returns the tip when `wanted(tip)` holds, or when the time (real, not node time) is over or interrupt() was
    /// called: the caller asks again which.
    const BlockNode* wait_for_tip(const std::function<bool(const BlockNode&)>& wanted,
                                  std::optional<std::chrono::milliseconds> limit) const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace cairn::chain
