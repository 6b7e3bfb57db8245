#include "chain/coins/coins_cache.h"

#include <algorithm>
#include <cassert>
#include <mutex>
#include <utility>

#include "consensus/script/script.h"

namespace cairn::chain {

namespace {

/// How many entries are changed under one hold of the lock.
constexpr std::size_t kLockedChanges = 256;
/// How far ahead memory is asked for.
constexpr std::size_t kPrefetchDistance = 12;

/// Calls change(i) for i in [0, count), a few hundred under one lock.
template <class Change>
void change_in_pieces(std::shared_mutex& mutex, std::size_t count, Change change)
{
    for (std::size_t i = 0; i < count;) {
        const std::size_t end = std::min(count, i + kLockedChanges);
        const std::unique_lock lock(mutex);
        for (; i < end; ++i) change(i);
    }
}

}  // namespace

std::size_t CoinsCache::Layer::memory() const
{
    return (created.capacity() + spent.capacity()) * sizeof(std::uint32_t) + replaced.capacity() * sizeof(Replaced);
}

CoinsCache::CoinsCache(storage::CoinsStore& store, CoinSalt salt)
    : store_(store), salt_(salt), active_(std::make_unique<CoinTable>(salt))
{
    if (const auto best = store_.best_block()) best_ = *best;
    disk_best_ = best_;
    const auto heads = store_.head_blocks();
    // A flush was interrupted: the database lies between two blocks, and the next flush ends that transition.
    if (heads) disk_best_ = heads->base;
    disk_has_coins_ = heads.has_value() || !best_.is_null();
}

CoinsCache::~CoinsCache() = default;

void CoinsCache::set_best(const BlockHash& best)
{
    const std::unique_lock lock(mutex_);
    best_ = best;
}

std::size_t CoinsCache::memory() const
{
    std::size_t total = active_->memory();
    // A flush sorts the slots of what it writes: four bytes each.
    if (frozen_) total += frozen_->memory() + frozen_->size() * sizeof(std::uint32_t);
    for (const Layer& layer : layers_) total += layer.memory();
    for (const View* view : {&top_, &published_view_}) {
        total += view->answer.capacity() * sizeof(CoinRef) + view->tags.capacity() * sizeof(std::uint32_t);
    }
    return total;
}

bool CoinsCache::visible(const CoinEntry& entry, bool top) const
{
    if (entry.spent()) return false;
    if (top) return entry.spent_by() == 0;
    if (entry.created_by() != 0 && !published_[entry.created_by()]) return false;
    return entry.spent_by() == 0 || !published_[entry.spent_by()];
}

CoinRef CoinsCache::ref(std::uint32_t slot, bool top) const
{
    if (slot == 0) return {};
    const CoinEntry& entry = (*active_)[slot];
    if (!visible(entry, top)) return {};
    return {entry.value(), entry.script(), entry.height(), entry.coinbase(), slot};
}

std::span<const CoinRef> CoinsCache::View::fetch(std::span<const Outpoint> outpoints)
{
    const CoinTable& table = *cache.active_;
    tags.resize(outpoints.size());
    answer.resize(outpoints.size());
    from_disk.clear();
    const std::size_t count = outpoints.size();
    // Three look-ups are under way at any time: buckets are asked for two distances ahead, entries one.
    for (std::size_t i = 0; i < count + 2 * kPrefetchDistance; ++i) {
        if (i < count) {
            tags[i] = table.tag(outpoints[i]);
            table.prefetch_bucket(tags[i]);
        }
        if (i >= kPrefetchDistance && i - kPrefetchDistance < count) table.prefetch_entry(tags[i - kPrefetchDistance]);
        if (i < 2 * kPrefetchDistance) continue;
        const std::size_t k = i - 2 * kPrefetchDistance;
        answer[k] = top ? cache.ref(cache.find_or_load(outpoints[k], tags[k]), true)
                        : cache.peek(outpoints[k], tags[k], from_disk);
    }
    return answer;
}

CoinRef CoinsCache::peek(const Outpoint& outpoint, std::uint32_t tag, std::deque<storage::StoredCoin>& from_disk) const
{
    if (outpoint.index >= CoinEntry::kMaxIndex) return {};
    if (const std::uint32_t slot = active_->find(outpoint, tag)) return ref(slot, false);
    if (const std::uint32_t slot = frozen_ ? frozen_->find(outpoint, tag) : 0) {
        const CoinEntry& entry = std::as_const(*frozen_)[slot];
        if (entry.spent()) return {};
        return {entry.value(), entry.script(), entry.height(), entry.coinbase(), 0};
    }
    if (!disk_has_coins_) return {};
    auto stored = store_.get(outpoint);
    if (!stored) return {};
    const storage::StoredCoin& coin = from_disk.emplace_back(std::move(*stored));
    return {coin.value, coin.script_pubkey, coin.height, coin.coinbase, 0};
}

std::uint32_t CoinsCache::find_or_load(const Outpoint& outpoint, std::uint32_t tag)
{
    if (outpoint.index >= CoinEntry::kMaxIndex) return 0;
    if (const std::uint32_t slot = active_->find(outpoint, tag)) return slot;
    return load(outpoint, tag);
}

std::uint32_t CoinsCache::load(const Outpoint& outpoint, std::uint32_t tag)
{
    if (frozen_) {
        if (const std::uint32_t slot = frozen_->find(outpoint, tag)) {
            const CoinEntry& entry = std::as_const(*frozen_)[slot];
            if (entry.spent()) return 0;
            reserve(1);
            const std::unique_lock lock(mutex_);
            return active_->insert(outpoint, tag, entry.value(), entry.script(), entry.height(), entry.coinbase());
        }
    }
    if (!disk_has_coins_) return 0;
    const auto stored = store_.get(outpoint);
    if (!stored) return 0;
    ++disk_loads_;
    reserve(1);
    const std::unique_lock lock(mutex_);
    return active_->insert(outpoint, tag, stored->value, stored->script_pubkey, stored->height, stored->coinbase);
}

bool CoinsCache::knows(const Outpoint& outpoint) const
{
    const std::uint32_t tag = active_->tag(outpoint);
    return active_->find(outpoint, tag) != 0 || (frozen_ && frozen_->find(outpoint, tag) != 0);
}

std::optional<storage::StoredCoin> CoinsCache::read_missing(const Outpoint& outpoint) const
{
    if (outpoint.index >= CoinEntry::kMaxIndex) return std::nullopt;
    {
        const std::shared_lock lock(mutex_);
        if (knows(outpoint)) return std::nullopt;
    }
    return store_.get(outpoint);
}

void CoinsCache::adopt(std::span<const Outpoint> outpoints, std::span<const std::optional<storage::StoredCoin>> coins,
                       std::uint64_t generation)
{
    // What was frozen meanwhile is looked up below; once it has been written, the disk is no longer what was read.
    if (generation != this->generation()) return;
    reserve(outpoints.size());
    change_in_pieces(mutex_, outpoints.size(), [&](std::size_t i) {
        if (!coins[i] || knows(outpoints[i])) return;
        const storage::StoredCoin& coin = *coins[i];
        active_->insert(outpoints[i], active_->tag(outpoints[i]), coin.value, coin.script_pubkey, coin.height,
                        coin.coinbase);
        ++disk_loads_;
    });
}

void CoinsCache::reserve(std::size_t more)
{
    if (!active_->must_grow(more)) return;
    CoinTable::Buckets grown = active_->grown(more);
    const std::unique_lock lock(mutex_);
    active_->install(std::move(grown));
}

unsigned CoinsCache::free_layer_number() const
{
    for (unsigned number = 1; number <= kMaxLayers; ++number) {
        const bool used = std::ranges::any_of(layers_, [&](const Layer& layer) { return layer.number == number; });
        if (!used) return number;
    }
    assert(false);
    return 0;
}

bool CoinsCache::push_layer(const Block& block, Height height, const consensus::BlockEffects& effects)
{
    assert(layers_.size() < kMaxLayers);
    Layer layer;
    layer.number = free_layer_number();
    layer.spent = effects.spent_slots;
    layer.created.reserve(effects.created.size());
    reserve(effects.created.size());
    mark_spent(layer.spent, layer.number);
    if (!create_coins(block, height, effects, layer)) {
        undo_layer(layer);
        return false;
    }
    layers_.push_back(std::move(layer));
    return true;
}

void CoinsCache::mark_spent(const std::vector<std::uint32_t>& slots, unsigned number)
{
    change_in_pieces(mutex_, slots.size(), [&](std::size_t i) { (*active_)[slots[i]].set_spent_by(number); });
}

bool CoinsCache::create_coins(const Block& block, Height height, const consensus::BlockEffects& effects, Layer& layer)
{
    const auto& created = effects.created;
    const auto outpoint_of = [&](const consensus::CreatedCoin& coin) {
        return Outpoint{block.transactions[coin.transaction].txid, coin.output};
    };
    std::array<std::uint32_t, kPrefetchDistance> tags;
    const auto look_ahead = [&](std::size_t i) {
        if (i >= created.size()) return;
        tags[i % kPrefetchDistance] = active_->tag(outpoint_of(created[i]));
        active_->prefetch_bucket(tags[i % kPrefetchDistance]);
    };
    for (std::size_t i = 0; i < kPrefetchDistance; ++i) look_ahead(i);
    bool fits = true;
    change_in_pieces(mutex_, created.size(), [&](std::size_t i) {
        if (!fits) return;
        const std::uint32_t tag = tags[i % kPrefetchDistance];
        look_ahead(i + kPrefetchDistance);
        const Transaction& transaction = block.transactions[created[i].transaction];
        fits = create_coin(outpoint_of(created[i]), tag, transaction.outputs[created[i].output], height,
                           created[i].transaction == 0, layer);
    });
    return fits;
}

bool CoinsCache::create_coin(const Outpoint& outpoint, std::uint32_t tag, const TxOutput& output, Height height,
                             bool coinbase, Layer& layer)
{
    std::uint32_t slot = active_->find(outpoint, tag);
    // CONSENSUS: a coinbase may repeat an earlier one whose coin is on disk (BIP30's two exceptions), so it is never
    // known to be fresh. Test: CoinsCacheTest.OverwritesACoinOnDisk
    bool fresh = !coinbase;
    if (slot == 0) {
        slot = active_->insert(outpoint, tag, output.value, output.script_pubkey, height, coinbase);
    } else {
        const CoinEntry& old = (*active_)[slot];
        if (old.created_by() != 0 || old.spent_by() != 0) return false;
        if (!old.spent() && !layers_.empty()) return false;
        fresh = !old.spent() && old.fresh();
        const std::uint32_t old_slot = slot;
        slot = active_->make_entry(outpoint, output.value, output.script_pubkey, height, coinbase);
        active_->replace(old_slot, slot);
        layer.replaced.push_back({old_slot, slot});
    }
    CoinEntry& entry = (*active_)[slot];
    entry.set_dirty(true);
    entry.set_fresh(fresh);
    entry.set_created_by(layer.number);
    layer.created.push_back(slot);
    return true;
}

void CoinsCache::undo_layer(Layer& layer)
{
    change_in_pieces(mutex_, layer.replaced.size(), [&](std::size_t i) {
        const auto& replaced = layer.replaced[i];
        active_->replace(replaced.new_slot, replaced.old_slot);
        active_->free_entry(replaced.new_slot);
        std::erase(layer.created, replaced.new_slot);
    });
    change_in_pieces(mutex_, layer.created.size(), [&](std::size_t i) { active_->erase(layer.created[i]); });
    mark_spent(layer.spent, 0);
}

void CoinsCache::drop_layers()
{
    while (!layers_.empty()) {
        undo_layer(layers_.back());
        layers_.pop_back();
    }
}

void CoinsCache::publish_layer(const BlockHash& best)
{
    assert(!layers_.empty());
    const unsigned number = layers_.front().number;
    {
        const std::unique_lock lock(mutex_);
        published_[number] = true;
        best_ = best;
    }
    fold_layer(layers_.front());
    {
        const Use now{size(), memory()};
        const std::unique_lock lock(mutex_);
        published_[number] = false;
        use_ = now;
    }
    layers_.pop_front();
}

void CoinsCache::fold_layer(const Layer& layer)
{
    change_in_pieces(mutex_, layer.replaced.size(),
                     [&](std::size_t i) { active_->free_entry(layer.replaced[i].old_slot); });
    change_in_pieces(mutex_, layer.created.size(),
                     [&](std::size_t i) { (*active_)[layer.created[i]].set_created_by(0); });
    change_in_pieces(mutex_, layer.spent.size(), [&](std::size_t i) {
        (*active_)[layer.spent[i]].set_spent_by(0);
        spend_unlocked(layer.spent[i]);
    });
}

void CoinsCache::spend_unlocked(std::uint32_t slot)
{
    CoinEntry& entry = (*active_)[slot];
    if (entry.fresh()) {
        active_->erase(slot);
        return;
    }
    entry.set_spent(true);
    entry.set_dirty(true);
}

void CoinsCache::put_unlocked(const Outpoint& outpoint, Amount value, ByteSpan script, Height height, bool coinbase)
{
    const std::uint32_t tag = active_->tag(outpoint);
    bool fresh = false;
    if (const std::uint32_t old = active_->find(outpoint, tag)) {
        fresh = (*active_)[old].fresh();
        active_->erase(old);
    }
    const std::uint32_t slot = active_->insert(outpoint, tag, value, script, height, coinbase);
    (*active_)[slot].set_dirty(true);
    (*active_)[slot].set_fresh(fresh);
}

void CoinsCache::disconnect(const consensus::DisconnectEffects& effects, const SpentOutputs& spent,
                            const BlockHash& parent)
{
    assert(layers_.empty());
    for (const Outpoint& outpoint : effects.removed) find_or_load(outpoint, active_->tag(outpoint));
    reserve(effects.restored.size());
    change_in_pieces(mutex_, effects.removed.size(), [&](std::size_t i) {
        if (const std::uint32_t slot = active_->find(effects.removed[i])) spend_unlocked(slot);
    });
    change_in_pieces(mutex_, effects.restored.size(), [&](std::size_t i) {
        const auto& restored = effects.restored[i];
        const auto& entry = spent[restored.spent_index];
        put_unlocked(restored.outpoint, entry.value, spent.script_pubkey(restored.spent_index), entry.height,
                     entry.coinbase);
    });
    set_best(parent);
}

void CoinsCache::reapply(const Block& block, Height height)
{
    assert(layers_.empty());
    for (std::size_t t = 0; t < block.transactions.size(); ++t) {
        const Transaction& transaction = block.transactions[t];
        for (const TxInput& input : transaction.inputs) {
            if (t == 0) break;
            const std::uint32_t slot = find_or_load(input.prevout, active_->tag(input.prevout));
            const std::unique_lock lock(mutex_);
            if (slot != 0) spend_unlocked(slot);
        }
        reserve(transaction.outputs.size());
        const std::unique_lock lock(mutex_);
        for (std::uint32_t i = 0; i < transaction.outputs.size(); ++i) {
            const TxOutput& output = transaction.outputs[i];
            if (is_unspendable(output.script_pubkey)) continue;
            put_unlocked({transaction.txid, i}, output.value, output.script_pubkey, height, t == 0);
        }
    }
}

void CoinsCache::sync()
{
    assert(layers_.empty() && !frozen_);
    write_table(*active_, best_);
    disk_best_ = best_;
    disk_has_coins_ = true;
    forget_clean_marks();
    generation_.fetch_add(1, std::memory_order_acq_rel);
}

void CoinsCache::forget_clean_marks()
{
    std::vector<std::uint32_t> dirty;
    std::as_const(*active_).for_each([&](std::uint32_t slot) {
        if (std::as_const(*active_)[slot].dirty()) dirty.push_back(slot);
    });
    change_in_pieces(mutex_, dirty.size(), [&](std::size_t i) {
        CoinEntry& entry = (*active_)[dirty[i]];
        if (entry.spent()) {
            active_->erase(dirty[i]);
            return;
        }
        entry.set_dirty(false);
        entry.set_fresh(false);
    });
}

CoinsCache::Use CoinsCache::use() const
{
    const std::shared_lock lock(mutex_);
    return use_;
}

std::size_t CoinsCache::dirty_count() const
{
    std::size_t count = 0;
    std::as_const(*active_).for_each([&](std::uint32_t slot) { count += std::as_const(*active_)[slot].dirty(); });
    return count;
}

void CoinsCache::freeze()
{
    assert(layers_.empty() && !frozen_);
    auto fresh = std::make_unique<CoinTable>(salt_);
    const std::unique_lock lock(mutex_);
    frozen_ = std::exchange(active_, std::move(fresh));
    frozen_best_ = best_;
}

void CoinsCache::write_frozen()
{
    write_table(*frozen_, frozen_best_);
}

void CoinsCache::drop_frozen()
{
    std::unique_ptr<CoinTable> dropped;
    {
        const std::unique_lock lock(mutex_);
        dropped = std::move(frozen_);
        generation_.fetch_add(1, std::memory_order_acq_rel);
    }
    disk_best_ = frozen_best_;
    disk_has_coins_ = true;
}

CoinAnswer CoinsCache::read(const Outpoint& outpoint) const
{
    while (true) {
        CoinAnswer answer;
        std::uint64_t generation = 0;
        {
            const std::shared_lock lock(mutex_);
            answer.best = best_;
            generation = this->generation();
            if (outpoint.index >= CoinEntry::kMaxIndex) return answer;
            const CoinEntry* entry = nullptr;
            bool seen = false;
            if (const std::uint32_t slot = active_->find(outpoint)) {
                seen = true;
                if (visible(std::as_const(*active_)[slot], false)) entry = &std::as_const(*active_)[slot];
            } else if (const std::uint32_t old = frozen_ ? frozen_->find(outpoint) : 0) {
                seen = true;
                if (!std::as_const(*frozen_)[old].spent()) entry = &std::as_const(*frozen_)[old];
            }
            if (entry != nullptr) {
                answer.coin = Coin{entry->value(), Bytes(entry->script().begin(), entry->script().end()),
                                   entry->height(), entry->coinbase()};
            }
            if (seen) return answer;
        }
        if (auto stored = store_.get(outpoint)) {
            answer.coin = Coin{stored->value, std::move(stored->script_pubkey), stored->height, stored->coinbase};
        }
        // What the disk says is of answer.best as long as nothing newer has been written meanwhile.
        const std::shared_lock lock(mutex_);
        if (generation == this->generation() && answer.best == best_) return answer;
    }
}

}  // namespace cairn::chain
