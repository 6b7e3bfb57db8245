#pragma once
// Blocks and undo data: on disk, on their way there, and lately seen. Not a public header of the room.
//
// Threads: reading by any. Everything else by the validation thread, but for write_block, which one other thread may
// call before the validation thread knows of the block.

#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <utility>
#include <variant>
#include <vector>

#include "base/executor.h"
#include "chain/block_tree.h"
#include "chain/chain_options.h"
#include "storage/block_files.h"
#include "storage/block_index_store.h"

namespace cairn::chain {

class BlockArchive {
public:
    /// Undo data on its way to the disk: the validation thread waits above this.
    static constexpr std::size_t kMaxPendingUndo = 64;

    /// `recent_limit`: blocks that were handed in or read ahead and wait to be connected take at most this many bytes;
    /// those highest up, which are needed last, are let go first and read back later. (One is kept whatever its size.)
    BlockArchive(storage::BlockFiles& files, storage::BlockIndexStore& index, const consensus::Params& params,
                 std::size_t recent_limit);
    ~BlockArchive();

    storage::FilePosition write_block(const Block& block, Height height);
    storage::BlockFiles& files() { return files_; }
    storage::BlockIndexStore& index() { return index_; }

    /// Keeps the block until it, or another at its height, is connected.
    void keep(const BlockRef& block, Height height);
    /// `node` was connected: no block up to its height waits any more.
    void forget_up_to(const BlockNode& node);
    /// `node` was refused.
    void forget(const BlockNode& node);
    std::size_t recent_bytes() const;
    /// From memory: a block that passed check_block. Null if it is not kept.
    BlockRef find_recent(const BlockNode& node) const;
    /// From memory or from disk; throws StorageError (kCorrupt) where what the index promises is not there. Null where
    /// the node has no data.
    BlockRef read_block(const BlockNode& node) const;
    /// Its encoding alone, unparsed: only the header is compared with the node's. As read_block else.
    std::shared_ptr<const Bytes> read_raw_block(const BlockNode& node) const;
    std::shared_ptr<const SpentOutputs> read_spent(const BlockNode& node) const;
    /// Has the block, which will be asked for soon, read by another thread.
    void read_ahead(const BlockNode& node);

    /// Encodes and writes undo data on another thread; take_written_undo tells where it went.
    void write_undo(const BlockNode& node, const BlockRef& block, std::shared_ptr<const SpentOutputs> spent);
    struct WrittenUndo {
        const BlockNode* node;
        storage::FilePosition position;
    };
    /// Throws what the writing threw. `all`: waits until everything is written.
    std::vector<WrittenUndo> take_written_undo(bool all);
    /// The node names its undo data's place now.
    void forget_pending_undo(const BlockNode& node);

    /// What a write of the index needs, taken now; written by flush() later, on any one thread.
    struct IndexChanges {
        std::vector<std::pair<BlockHash, storage::BlockIndexRecord>> records;
    };
    static IndexChanges collect(BlockTreeWriter& tree);
    /// Block and undo data first, then the index.
    void flush(const IndexChanges& changes);

private:
    struct Recent {
        BlockRef block;
        std::size_t bytes;
    };
    using RecentKey = std::pair<Height, BlockHash>;
    /// Undo data whose place the node does not name yet. Once written it is read from its file, so that one which was
    /// taken away is missed at once, and its memory is free.
    using PendingUndo = std::variant<std::shared_ptr<const SpentOutputs>, storage::FilePosition>;

    void encode_and_write(const BlockNode& node, const BlockRef& block, const SpentOutputs& spent);
    /// What read_spent has to go by; none where nothing is pending.
    std::optional<PendingUndo> find_pending_undo(const BlockNode& node) const;
    void read_one_ahead(const BlockNode& node);
    /// With recent_mutex_.
    void keep_locked(const BlockRef& block, Height height);
    void drop_recent(std::map<RecentKey, Recent>::iterator entry);

    storage::BlockFiles& files_;
    storage::BlockIndexStore& index_;
    const consensus::Params& params_;
    const std::size_t recent_limit_;

    mutable std::mutex recent_mutex_;
    std::map<RecentKey, Recent> recent_;
    std::size_t recent_bytes_ = 0;
    Height connected_ = -1;  // what is read ahead comes too late up to here

    mutable std::mutex undo_mutex_;
    std::map<const BlockNode*, PendingUndo> pending_undo_;
    std::vector<WrittenUndo> written_undo_;
    std::exception_ptr undo_failure_;

    base::SerialExecutor undo_writer_;
    base::SerialExecutor reader_;
    std::set<const BlockNode*> asked_ahead_;  // the validation thread's
};

}  // namespace cairn::chain
