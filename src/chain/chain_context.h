#pragma once
// What the parts of the validation thread share. Not a public header of the room.

#include <atomic>
#include <condition_variable>
#include <list>
#include <mutex>

#include "base/thread_pool.h"
#include "chain/block_archive.h"
#include "chain/chain_manager.h"
#include "chain/chain_state.h"
#include "consensus/script/signature_verifier.h"

namespace cairn::chain {

/// The tip as everybody sees it. Written by the validation thread.
class PublishedTip {
public:
    const BlockNode* get() const { return tip_.load(std::memory_order_acquire); }
    void set(const BlockNode* tip);
    /// Ends all waiting, now and later.
    void interrupt();
    const BlockNode* wait(const std::function<bool(const BlockNode&)>& wanted,
                          std::optional<std::chrono::milliseconds> limit) const;
    [[nodiscard]] base::Registration listen(std::function<void(const BlockNode&)> listener);

private:
    struct Listeners {
        std::mutex mutex;
        std::list<std::function<void(const BlockNode&)>> list;
    };
    std::atomic<const BlockNode*> tip_{nullptr};
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    bool interrupted_ = false;
    std::shared_ptr<Listeners> listeners_ = std::make_shared<Listeners>();
};

struct ChainContext {
    const ChainOptions& options;
    const consensus::Params& params;
    ChainPorts& ports;
    ChainWork minimum_chain_work;
    BlockHash assume_valid;

    BlockTree& tree;
    BlockTreeWriter& writer;
    BlockArchive& archive;
    ChainState& state;
    base::ThreadPool& pool;
    consensus::SignatureVerifier& verifier;
    PublishedTip& published;
    std::size_t window_limit = 0;

    std::atomic<bool> interrupted{false};
    std::atomic<bool> importing{false};
    std::atomic<bool> initial_download{true};

    std::int64_t now() const { return base::unix_seconds(ports.clock.now()); }
    void progress(std::string_view what, int percent) const
    {
        if (ports.on_progress) ports.on_progress(what, percent);
    }
    /// Marks all that build on a failed block, remembers the most work that failed, and finds the best header anew.
    void on_invalid_chain(const BlockNode& failed);
    void mark_failed(const BlockNode& node);
};

}  // namespace cairn::chain
