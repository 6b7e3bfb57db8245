#include "chain/block_archive.h"

#include <utility>

#include "consensus/check_block.h"
#include "storage/storage_error.h"
#include "storage/undo_codec.h"

namespace cairn::chain {

namespace {

storage::StorageError corrupt(const std::string& what)
{
    return {storage::StorageError::Kind::kCorrupt, what,
            "The disk or the files may be damaged. Restart with -reindex to rebuild the index and the coins from the "
            "block files."};
}

storage::BlockIndexRecord make_record(const BlockNode& node)
{
    storage::BlockIndexRecord record;
    record.header = node.header();
    record.height = node.height();
    record.status = node.status().bits;
    record.transactions = node.transaction_count();
    record.file = node.data_position().file;
    if (node.status().has_undo() && !node.status().has_data()) record.file = node.undo_position().file;
    if (record.file < 0) record.file = 0;
    record.data_offset = node.data_position().offset;
    record.undo_offset = node.undo_position().offset;
    return record;
}

}  // namespace

BlockArchive::BlockArchive(storage::BlockFiles& files, storage::BlockIndexStore& index, const consensus::Params& params,
                           std::size_t recent_limit)
    : files_(files),
      index_(index),
      params_(params),
      recent_limit_(recent_limit),
      undo_writer_("undo", kMaxPendingUndo),
      reader_("readahead", 1024)
{
}

BlockArchive::~BlockArchive()
{
    reader_.stop();
    undo_writer_.stop();
}

storage::FilePosition BlockArchive::write_block(const Block& block, Height height)
{
    return files_.write_block(block.raw, height, block.header.time);
}

void BlockArchive::keep(const BlockRef& block, Height height)
{
    const std::lock_guard lock(recent_mutex_);
    keep_locked(block, height);
}

void BlockArchive::keep_locked(const BlockRef& block, Height height)
{
    const std::size_t bytes = block->raw.size();
    if (!recent_.try_emplace({height, block->hash}, Recent{block, bytes}).second) return;
    recent_bytes_ += bytes;
    while (recent_bytes_ > recent_limit_ && recent_.size() > 1) drop_recent(std::prev(recent_.end()));
}

void BlockArchive::drop_recent(std::map<RecentKey, Recent>::iterator entry)
{
    recent_bytes_ -= entry->second.bytes;
    recent_.erase(entry);
}

void BlockArchive::forget_up_to(const BlockNode& node)
{
    std::erase_if(asked_ahead_, [&](const BlockNode* asked) { return asked->height() <= node.height(); });
    const std::lock_guard lock(recent_mutex_);
    connected_ = node.height();
    while (!recent_.empty() && recent_.begin()->first.first <= node.height()) drop_recent(recent_.begin());
}

void BlockArchive::forget(const BlockNode& node)
{
    asked_ahead_.erase(&node);
    const std::lock_guard lock(recent_mutex_);
    const auto found = recent_.find({node.height(), node.hash()});
    if (found != recent_.end()) drop_recent(found);
}

std::size_t BlockArchive::recent_bytes() const
{
    const std::lock_guard lock(recent_mutex_);
    return recent_bytes_;
}

BlockRef BlockArchive::find_recent(const BlockNode& node) const
{
    const std::lock_guard lock(recent_mutex_);
    const auto found = recent_.find({node.height(), node.hash()});
    return found == recent_.end() ? nullptr : found->second.block;
}

BlockRef BlockArchive::read_block(const BlockNode& node) const
{
    if (BlockRef recent = find_recent(node)) return recent;
    if (node.height() == 0) return params_.genesis;
    const storage::FilePosition position = node.data_position();
    if (position.is_null()) return nullptr;
    auto block = files_.read_block(position, node.hash());
    if (block) return std::move(*block);
    // Pruned in the moment between.
    if (!node.status().has_data()) return nullptr;
    throw corrupt("Block " + node.hash().to_hex() + " cannot be read: " + block.error().text);
}

std::shared_ptr<const Bytes> BlockArchive::read_raw_block(const BlockNode& node) const
{
    const storage::FilePosition position = node.data_position();
    if (node.height() == 0 || position.is_null()) {
        const BlockRef block = read_block(node);
        return block ? std::make_shared<const Bytes>(block->raw.begin(), block->raw.end()) : nullptr;
    }
    auto raw = files_.read_raw_block(position);
    if (raw) {
        const auto header = decode_header(*raw);
        if (header && header->hash() == node.hash()) return std::make_shared<const Bytes>(std::move(*raw));
    }
    if (!node.status().has_data()) return nullptr;
    throw corrupt("Block " + node.hash().to_hex() +
                  " cannot be read: " + (raw ? std::string("another block stands in its place") : raw.error().text));
}

std::optional<BlockArchive::PendingUndo> BlockArchive::find_pending_undo(const BlockNode& node) const
{
    const std::lock_guard lock(undo_mutex_);
    const auto found = pending_undo_.find(&node);
    if (found == pending_undo_.end()) return std::nullopt;
    return found->second;
}

std::shared_ptr<const SpentOutputs> BlockArchive::read_spent(const BlockNode& node) const
{
    const auto pending = find_pending_undo(node);
    // It has its place before it ceases to be pending.
    const PendingUndo undo = pending ? *pending : node.undo_position();
    if (const auto* spent = std::get_if<std::shared_ptr<const SpentOutputs>>(&undo)) return *spent;
    const auto position = std::get<storage::FilePosition>(undo);
    if (position.is_null() || node.parent() == nullptr) return nullptr;
    auto read = files_.read_undo(position, node.parent()->hash());
    if (read) return std::make_shared<const SpentOutputs>(std::move(read->spent));
    // Pruned in the moment between.
    if (!pending && !node.status().has_undo()) return nullptr;
    throw corrupt("Undo data of block " + node.hash().to_hex() + " cannot be read: " + read.error().text);
}

void BlockArchive::read_ahead(const BlockNode& node)
{
    if (!asked_ahead_.insert(&node).second) return;
    base::Task task = [this, &node] { read_one_ahead(node); };
    reader_.try_post(task);
}

void BlockArchive::read_one_ahead(const BlockNode& node)
{
    if (find_recent(node) || recent_bytes() > recent_limit_ / 2) return;
    // What is wrong with the block, the validation thread will find when it reads it itself.
    auto block = files_.read_block(node.data_position(), node.hash());
    if (!block || !consensus::check_block(**block, params_)) return;
    const std::lock_guard lock(recent_mutex_);
    // The validation thread may have been faster: nobody would ever let go of the block.
    if (node.height() > connected_) keep_locked(*block, node.height());
}

void BlockArchive::write_undo(const BlockNode& node, const BlockRef& block, std::shared_ptr<const SpentOutputs> spent)
{
    {
        const std::lock_guard lock(undo_mutex_);
        if (undo_failure_) std::rethrow_exception(undo_failure_);
        if (!pending_undo_.emplace(&node, spent).second) return;
    }
    undo_writer_.post([this, &node, block, spent = std::move(spent)] { encode_and_write(node, block, *spent); });
}

void BlockArchive::encode_and_write(const BlockNode& node, const BlockRef& block, const SpentOutputs& spent)
{
    try {
        const Bytes undo = storage::encode_undo(*block, spent);
        const auto position = files_.write_undo(node.data_position().file, undo, node.parent()->hash(), node.height());
        const std::lock_guard lock(undo_mutex_);
        pending_undo_.insert_or_assign(&node, position);
        written_undo_.push_back({&node, position});
    } catch (...) {
        const std::lock_guard lock(undo_mutex_);
        undo_failure_ = std::current_exception();
    }
}

std::vector<BlockArchive::WrittenUndo> BlockArchive::take_written_undo(bool all)
{
    if (all) undo_writer_.drain();
    const std::lock_guard lock(undo_mutex_);
    if (undo_failure_) std::rethrow_exception(undo_failure_);
    return std::exchange(written_undo_, {});
}

void BlockArchive::forget_pending_undo(const BlockNode& node)
{
    const std::lock_guard lock(undo_mutex_);
    pending_undo_.erase(&node);
}

BlockArchive::IndexChanges BlockArchive::collect(BlockTreeWriter& tree)
{
    IndexChanges changes;
    for (const BlockNode* node : tree.take_dirty()) changes.records.emplace_back(node->hash(), make_record(*node));
    return changes;
}

void BlockArchive::flush(const IndexChanges& changes)
{
    files_.flush();
    const auto infos = files_.take_changed_infos();
    index_.write(infos, files_.last_file(), changes.records);
}

}  // namespace cairn::chain
