#pragma once
// The thread that validates: takes jobs, follows the best chain, and in between lets others have a word. Not a public
// header of the room.

#include <atomic>
#include <thread>

#include "chain/importer.h"
#include "chain/validation_queue.h"

namespace cairn::chain {

class ValidationThread {
public:
    ValidationThread(ChainContext& context, Activation& activation, Acceptance& acceptance, std::size_t max_bytes);
    ~ValidationThread();

    /// What has to be read from block files comes first: all of them when `reindexing`, else what a crash kept from the
    /// index, then -loadblock's. Nothing but the genesis block is connected meanwhile.
    void start(bool reindexing, std::function<void()> on_reindexed);
    /// Finishes what was submitted, flushes, and ends. Again: nothing.
    void stop();

    void submit(HeadersJob job);
    void submit(BlockRef block, BlockOrigin origin, BlockCallback callback);
    bool post(base::Task task);
    void run(const std::function<void()>& work);
    bool is_here() const { return std::this_thread::get_id() == id_.load(); }

private:
    void loop();
    void catch_up();
    void handle(Job job);
    void finish();
    bool hand_over(IncomingBlock incoming);
    void prepare_and_push(IncomingBlock incoming);
    void import(bool reindexing, const std::function<void()>& on_reindexed);
    void end_import();

    ChainContext& context_;
    Activation& activation_;
    Acceptance& acceptance_;
    ValidationQueue queue_;
    /// Checks and writes blocks before the validation thread sees them, in the order submitted.
    base::SerialExecutor preparer_;
    std::atomic<std::thread::id> id_;
    base::Thread thread_;
    base::Thread importer_;
    std::vector<storage::FilePosition> unread_;  // parts of the node's own block files, each to its end
    bool stopped_ = false;
};

}  // namespace cairn::chain
