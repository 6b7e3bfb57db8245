#include "chain/scratch_coins.h"

#include <utility>

namespace cairn::chain {

std::span<const CoinRef> ScratchCoins::fetch(std::span<const Outpoint> outpoints)
{
    answer_.clear();
    std::vector<Outpoint> missing;
    for (const Outpoint& outpoint : outpoints) {
        if (!entries_.contains(outpoint)) missing.push_back(outpoint);
    }
    const auto found = below_.fetch(missing);
    std::size_t next = 0;
    for (const Outpoint& outpoint : outpoints) {
        const auto entry = entries_.find(outpoint);
        CoinRef ref = entry == entries_.end() ? found[next++] : CoinRef{};
        if (entry != entries_.end() && entry->second) {
            const Coin& coin = *entry->second;
            ref = {coin.value, coin.script_pubkey, coin.height, coin.coinbase, 0};
        }
        if (ref.exists()) {
            ref.slot = static_cast<std::uint32_t>(slots_.size());
            slots_.push_back(outpoint);
        }
        answer_.push_back(ref);
    }
    return answer_;
}

void ScratchCoins::put(const Outpoint& outpoint, std::optional<Coin> coin)
{
    memory_ += sizeof(Entries::value_type) + 4 * sizeof(void*) + (coin ? coin->script_pubkey.size() : 0);
    entries_.insert_or_assign(outpoint, std::move(coin));
}

void ScratchCoins::connect(const Block& block, Height height, const consensus::BlockEffects& effects)
{
    for (const std::uint32_t slot : effects.spent_slots) put(slots_[slot], std::nullopt);
    for (const consensus::CreatedCoin& created : effects.created) {
        const Transaction& transaction = block.transactions[created.transaction];
        const TxOutput& output = transaction.outputs[created.output];
        put({transaction.txid, created.output},
            Coin{output.value, Bytes(output.script_pubkey.begin(), output.script_pubkey.end()), height,
                 created.transaction == 0});
    }
    slots_.clear();
}

void ScratchCoins::disconnect(const consensus::DisconnectEffects& effects, const SpentOutputs& spent)
{
    for (const Outpoint& outpoint : effects.removed) put(outpoint, std::nullopt);
    for (const auto& restored : effects.restored) {
        const auto& entry = spent[restored.spent_index];
        const ByteSpan script = spent.script_pubkey(restored.spent_index);
        put(restored.outpoint, Coin{entry.value, Bytes(script.begin(), script.end()), entry.height, entry.coinbase});
    }
    slots_.clear();
}

}  // namespace cairn::chain
