#pragma once
// Follows the chain of most work: connects, reorganises, publishes. Validation thread. Not a public header of the room.

#include <map>
#include <vector>

#include "chain/connector.h"
#include "chain/flusher.h"
#include "consensus/versionbits.h"
#include "events/event_bus.h"

namespace cairn::chain {

class Activation final : private ConnectListener {
public:
    /// Of so many blocks taken back by invalidateblock the mempool gets the transactions back, and of none below.
    static constexpr int kMaxKeptDisconnected = 10;
    /// How many blocks ahead are read from disk.
    static constexpr int kReadAhead = 8;

    explicit Activation(ChainContext& context) : context_(context), connector_(context, *this), flusher_(context) {}

    /// Does a piece of what is to do: connects a block, commits some, or reorganises. With `wait`, also if that means
    /// to wait for scripts. False: there is nothing to do (without `wait`: nothing without waiting).
    bool advance(bool wait);
    /// Until nothing is left to do, or the chain is interrupted.
    void finish();
    /// All that is connected is committed.
    bool is_settled() const { return connector_.empty(); }
    /// Until all that is connected is committed: the chain stands still between two blocks.
    void settle() { connector_.settle(); }
    /// All fates that are known by now are told; what is neither connected nor refused is stored.
    void tell_fates();

    /// The last block that `node`, received just now, may bring into the chain: itself, or one on it that was there
    /// before. Null: none.
    const BlockNode* brings_about(const BlockNode& node);
    /// Calls back when the fate of `node`, received just now, is known, and with it that of the blocks on it which were
    /// there before: who asks then for the tip sees all that `node` has brought about.
    /// `until`: what brings_about() gave.
    void await(const BlockNode& node, const BlockNode& until, BlockCallback callback);

    /// The thread ends by a failure: nobody will be told anything more.
    void abandon()
    {
        connector_.cancel();
        waiting_.clear();
    }

    bool invalidate(const BlockNode& node);
    void reconsider(const BlockNode& node);
    void prefer(const BlockNode& node);
    /// Where there is no tip yet. Whether the block is in a file does not matter: everybody knows it.
    void connect_genesis();
    /// Makes the tip of the last run the tip. At start.
    void restore_tip(const BlockNode& node);
    /// At start, after that: a crash in invalidateblock may have left the coins at a block that is known to be invalid.
    void leave_failed_blocks();

    Flusher& flusher() { return flusher_; }
    /// Any thread.
    std::vector<std::string> warnings() const;
    /// Latches to false once `tip` (the published one, or the one about to be) is recent and has work enough.
    void update_initial_download(const BlockNode* tip);

private:
    struct Waiting {
        const BlockNode* node;
        BlockCallback callback;
        bool was_connected = false;  // on a branch that was left again
    };

    void on_committed(const BlockNode& node, const BlockRef& block,
                      const std::shared_ptr<const SpentOutputs>& spent) override;
    void on_refused(const BlockNode& node, const Rejection& rejection) override;

    bool extend(const BlockNode& best, bool wait);
    void read_ahead(const BlockNode& best);
    void reorganise(const BlockNode* best);
    void disconnect_tip();
    void disconnect_to(const BlockNode* fork);
    void flush_if_due();
    /// Who is told of a new block counts on its undo data being in its file, as with Bitcoin Core.
    void wait_for_undo();
    void publish(const BlockNode& tip);
    void publish_tip_changed(const BlockNode& tip, const BlockNode* before);
    void log_tip(const BlockNode& tip) const;
    void update_warnings(const BlockNode& tip);
    using WaitingFor = std::multimap<const BlockNode*, Waiting>;
    void tell_fates(WaitingFor::iterator begin, WaitingFor::iterator end);
    /// Those who wait until that block is connected or refused.
    void tell_reached(const BlockNode& until);
    BlockResult fate(const Waiting& waiting) const;
    template <class Fact>
    void publish_fact(Fact fact)
    {
        if (context_.ports.events != nullptr) context_.ports.events->publish(std::move(fact));
    }

    ChainContext& context_;
    Connector connector_;
    Flusher flusher_;
    WaitingFor waiting_;  // by the block until which they wait
    /// Within a reorganisation no tip is published between its steps.
    bool reorganising_ = false;
    consensus::VersionBitsCache version_bits_;
    mutable std::mutex warnings_mutex_;
    std::vector<std::string> warnings_;
};

/// How much of all transactions the block's chain holds, from 0 to 1, guessed from what is known of the network.
double verification_progress(  // floating: a fraction
    const BlockNode& node, const BlockNode& best_header, const consensus::Params& params, std::int64_t now);

}  // namespace cairn::chain
