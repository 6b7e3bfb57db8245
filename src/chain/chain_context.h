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

/// Functions called on the validation thread. A registration's end waits for a call under way.
template <class... Facts>
class Listeners {
public:
    void tell(Facts... facts) const
    {
        const std::lock_guard lock(shared_->mutex);
        for (const auto& listener : shared_->list) listener(facts...);
    }
    [[nodiscard]] base::Registration listen(std::function<void(Facts...)> listener)
    {
        const std::lock_guard lock(shared_->mutex);
        const auto place = shared_->list.insert(shared_->list.end(), std::move(listener));
        return base::Registration([shared = shared_, place] {
            const std::lock_guard ending(shared->mutex);
            shared->list.erase(place);
        });
    }

private:
    struct Shared {
        std::mutex mutex;
        std::list<std::function<void(Facts...)>> list;
    };
    std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
};

/// The tip as everybody sees it. Written by the validation thread.
class PublishedTip {
public:
    const BlockNode* get() const { return tip_.load(std::memory_order_acquire); }
    void set(const BlockNode* tip);
    /// Ends all waiting, now and later.
    void interrupt();
    const BlockNode* wait(const std::function<bool(const BlockNode&)>& wanted,
                          std::optional<std::chrono::milliseconds> limit) const;
    [[nodiscard]] base::Registration listen(std::function<void(const BlockNode&)> listener)
    {
        return listeners_.listen(std::move(listener));
    }

private:
    std::atomic<const BlockNode*> tip_{nullptr};
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    bool interrupted_ = false;
    Listeners<const BlockNode&> listeners_;
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
    base::ThreadPool& coin_pool;
    consensus::SignatureVerifier& verifier;
    consensus::SignatureVerifier& immediate;
    PublishedTip& published;
    Listeners<const BlockNode&, const std::optional<Rejection>&>& verdicts;
    std::size_t window_limit = 0;

    std::atomic<bool> interrupted{false};
    std::atomic<bool> importing{false};
    /// All that was on disk at the start, or in files to import, has been connected.
    std::atomic<bool> loaded{false};
    std::atomic<bool> initial_download{true};

    /// While the node downloads the chain, nobody has seen a block's signatures before.
    consensus::SignatureVerifier& signatures() const { return initial_download.load() ? immediate : verifier; }
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
