#include "support/map_coins_view.h"

#include "consensus/script/script.h"

namespace cairn::test {

std::span<const CoinRef> MapCoinsView::fetch(std::span<const Outpoint> outpoints)
{
    ++fetches_;
    answer_.clear();
    for (const Outpoint& outpoint : outpoints) {
        const auto found = coins_.find(outpoint);
        if (found == coins_.end()) {
            answer_.emplace_back();
            continue;
        }
        const Coin& coin = found->second;
        answer_.push_back(
            {coin.value, coin.script_pubkey, coin.height, coin.coinbase, static_cast<std::uint32_t>(slots_.size())});
        slots_.push_back(outpoint);
    }
    return answer_;
}

void MapCoinsView::add_outputs(const Transaction& transaction, Height height)
{
    for (std::uint32_t i = 0; i < transaction.outputs.size(); ++i) {
        const TxOutput& output = transaction.outputs[i];
        if (is_unspendable(output.script_pubkey)) continue;
        add({transaction.txid, i}, {output.value, Bytes(output.script_pubkey.begin(), output.script_pubkey.end()),
                                    height, transaction.is_coinbase()});
    }
}

void MapCoinsView::apply(const Block& block, Height height, const consensus::BlockEffects& effects)
{
    for (const std::uint32_t slot : effects.spent_slots) coins_.erase(slots_.at(slot));
    for (const consensus::CreatedCoin& created : effects.created) {
        const Transaction& transaction = block.transactions[created.transaction];
        const TxOutput& output = transaction.outputs[created.output];
        add({transaction.txid, created.output},
            {output.value, Bytes(output.script_pubkey.begin(), output.script_pubkey.end()), height,
             transaction.is_coinbase()});
    }
    slots_.clear();
}

void MapCoinsView::apply(const consensus::DisconnectEffects& effects, const SpentOutputs& spent)
{
    for (const Outpoint& outpoint : effects.removed) coins_.erase(outpoint);
    for (const auto& restored : effects.restored) {
        const SpentOutputs::Entry& entry = spent[restored.spent_index];
        const ByteSpan script = spent.script_pubkey(restored.spent_index);
        add(restored.outpoint, {entry.value, Bytes(script.begin(), script.end()), entry.height, entry.coinbase});
    }
    slots_.clear();
}

}  // namespace cairn::test
