#pragma once
// A coins view over a map: the simplest thing that keeps CoinsView's contract.

#include <map>
#include <vector>

#include "consensus/coins.h"
#include "consensus/connect_block.h"

namespace cairn::test {

class MapCoinsView final : public CoinsView {
public:
    struct Coin {
        Amount value;
        Bytes script_pubkey;
        Height height = 0;
        bool coinbase = false;

        friend bool operator==(const Coin&, const Coin&) = default;
    };

    std::span<const CoinRef> fetch(std::span<const Outpoint> outpoints) override;

    void add(const Outpoint& outpoint, Coin coin) { coins_[outpoint] = std::move(coin); }
    /// All outputs of the transaction that can be spent.
    void add_outputs(const Transaction& transaction, Height height);
    void remove(const Outpoint& outpoint) { coins_.erase(outpoint); }
    /// What a connected block makes of the coins.
    void apply(const Block& block, Height height, const consensus::BlockEffects& effects);
    /// What disconnecting it makes of them; `spent` is the block's undo data.
    void apply(const consensus::DisconnectEffects& effects, const SpentOutputs& spent);

    const std::map<Outpoint, Coin>& coins() const { return coins_; }
    /// How often fetch was called.
    int fetches() const { return fetches_; }

private:
    std::map<Outpoint, Coin> coins_;
    std::vector<Outpoint> slots_;  // a coin's slot is its index here, until the coins change
    std::vector<CoinRef> answer_;
    int fetches_ = 0;
};

}  // namespace cairn::test
