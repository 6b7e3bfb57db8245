#include "chain/flusher.h"

#include <utility>

#include "base/log.h"
#include "storage/storage_error.h"

namespace cairn::chain {

namespace {

constexpr std::uint64_t kSpareBytes = std::uint64_t{50} << 20;
/// A coin takes some 48 bytes on disk, is written to log and table, and twice that for safety.
constexpr std::uint64_t kBytesPerCoin = 48 * 2 * 2;

void require_space(base::FileSystem& files, const std::filesystem::path& folder, std::uint64_t bytes)
{
    if (files.free_space(folder) >= kSpareBytes + bytes) return;
    throw storage::StorageError(
        storage::StorageError::Kind::kDiskFull, "Disk space is too low!",
        "Free some space on the disk of " + folder.string() + " and start again: nothing was lost.");
}

}  // namespace

Flusher::Flusher(ChainContext& context) : context_(context), executor_("flush", 4)
{
    schedule_next();
}

Flusher::~Flusher()
{
    executor_.stop();
}

void Flusher::schedule_next()
{
    using std::chrono::milliseconds;
    const auto spread = static_cast<std::uint64_t>(milliseconds(kMaxInterval - kMinInterval).count());
    next_ = context_.ports.clock.steady_now() + kMinInterval +
            milliseconds(static_cast<std::int64_t>(context_.ports.random.below(spread)));
}

void Flusher::apply_written_undo(bool all)
{
    for (const auto& written : context_.archive.take_written_undo(all)) {
        context_.writer.set_undo(BlockTreeWriter::mutate(*written.node), written.position);
        context_.archive.forget_pending_undo(*written.node);
    }
}

void Flusher::poll()
{
    apply_written_undo(false);
    if (!under_way_ || !done_.load(std::memory_order_acquire)) return;
    under_way_ = false;
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
    context_.state.coins.drop_frozen();
}

bool Flusher::is_large() const
{
    // A quarter of the bound is for what comes in while the rest is being written.
    return context_.state.coins.memory() > context_.state.coins_limit / 4 * 3;
}

bool Flusher::is_time() const
{
    return context_.ports.clock.steady_now() >= next_;
}

bool Flusher::is_due() const
{
    return !under_way_ && (is_large() || is_time());
}

bool Flusher::must_wait() const
{
    return under_way_ && context_.state.coins.memory() > context_.state.coins_limit;
}

void Flusher::check_disk_space() const
{
    require_space(context_.ports.files, context_.options.blocks_folder, 0);
    require_space(context_.ports.files, context_.options.folder, kBytesPerCoin * context_.state.coins.dirty_count());
}

void Flusher::begin()
{
    if (!is_large() && context_.state.coins.dirty_count() <= kSyncCoins) {
        flush_all();
        return;
    }
    apply_written_undo(true);
    check_disk_space();
    schedule_next();
    context_.state.coins.freeze();
    under_way_ = true;
    done_.store(false, std::memory_order_relaxed);
    executor_.post([this, changes = BlockArchive::collect(context_.writer)] {
        try {
            context_.archive.flush(changes);
            context_.state.coins.write_frozen();
        } catch (...) {
            failure_ = std::current_exception();
        }
        done_.store(true, std::memory_order_release);
    });
}

void Flusher::flush_all()
{
    wait();
    apply_written_undo(true);
    check_disk_space();
    schedule_next();
    context_.archive.flush(BlockArchive::collect(context_.writer));
    // Before the genesis block there are no coins, and no block to name.
    if (!context_.state.coins.best().is_null()) context_.state.coins.sync();
}

void Flusher::wait()
{
    if (under_way_) executor_.drain();
    poll();
}

}  // namespace cairn::chain
