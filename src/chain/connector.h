#pragma once
// Connects blocks one after another, each on the effects of the former, while their scripts are being checked; commits
// them in order. Validation thread. Not a public header of the room.

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "chain/chain_context.h"
#include "chain/coins/coins_prefetch.h"
#include "consensus/connect_block.h"

namespace cairn::chain {

/// What becomes of connected blocks. Called in the order of the chain.
class ConnectListener {
public:
    virtual ~ConnectListener() = default;
    /// state.tip and the published coins are those of `node` now.
    virtual void on_committed(const BlockNode& node, const BlockRef& block,
                              const std::shared_ptr<const SpentOutputs>& spent) = 0;
    /// The block, and so all on it, is invalid; the tree says so already. Nothing of it was committed.
    virtual void on_refused(const BlockNode& node, const Rejection& rejection) = 0;
};

class Connector {
public:
    /// Blocks whose scripts may be under way; their bytes are bounded by ChainContext::window_limit, which the last one
    /// may exceed.
    static constexpr std::size_t kMaxBlocks = 8;
    static_assert(kMaxBlocks <= CoinsCache::kMaxLayers);

    Connector(ChainContext& context, ConnectListener& listener)
        : context_(context), listener_(listener), prefetch_(context.state.coins, context.coin_pool)
    {
    }

    /// The block on which the next is connected.
    const BlockNode* end() const { return window_.empty() ? context_.state.tip : window_.back().node; }
    bool empty() const { return window_.empty(); }
    /// While catching up, as many blocks are under way as the window holds; at the tip there is only one.
    bool has_room() const;

    /// Connects `node`, whose parent is end(). Where that fails, waits for those before it, and if they hold tells the
    /// listener. Throws what storage throws.
    void connect(const BlockNode& node);
    /// Whether coins of blocks to come are worth reading now.
    bool wants_coins() const { return prefetch_.wants_more(); }
    /// `block` will be connected soon: its coins may be read ahead.
    void read_coins_ahead(const BlockRef& block, Height height) { prefetch_.begin(block, height); }
    /// Commits what is ready. With `wait`, helps with the first block's scripts until it is.
    void commit(bool wait);
    /// Until the window is empty.
    void settle();
    /// Drops all that is not committed.
    void drop();
    /// The same, leaving the coins as they are, which nobody will use again.
    void cancel();

    /// Why this block's scripts must be checked; null if -assumevalid covers it. Bitcoin Core's five conditions.
    const char* script_check_reason(const BlockNode& node) const;

private:
    struct InFlight {
        const BlockNode* node = nullptr;
        BlockRef block;
        std::shared_ptr<const SpentOutputs> spent;
        std::shared_ptr<const consensus::ScriptBatch> scripts;
        std::shared_ptr<base::PoolBatch> checks;
    };

    void connect_genesis(const BlockNode& node);
    BlockRef read(const BlockNode& node) const;
    bool log_script_checks(const BlockNode& node);
    /// Takes the effects, or leaves them and returns false.
    bool push(const BlockNode& node, const BlockRef& block, consensus::BlockEffects& effects);
    void commit_first();
    void refuse(const BlockNode& node, const Rejection& rejection);

    ChainContext& context_;
    ConnectListener& listener_;
    CoinsPrefetch prefetch_;
    std::deque<InFlight> window_;
    std::size_t bytes_ = 0;
    const char* last_reason_ = "";
};

/// Checks all of a block's scripts in the pool and the calling thread. The rejection has Bitcoin Core's text.
std::optional<Rejection> check_scripts(const Block& block, const std::shared_ptr<const consensus::ScriptBatch>& scripts,
                                       base::ThreadPool& pool, consensus::SignatureVerifier& verifier);

}  // namespace cairn::chain
