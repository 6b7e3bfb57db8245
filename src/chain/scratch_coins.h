#pragma once
// Coins over another view, changed without consequence: for verifying. Not a public header of the room.

#include <map>
#include <optional>
#include <vector>

#include "chain/results.h"
#include "consensus/connect_block.h"

namespace cairn::chain {

class ScratchCoins final : public CoinsView {
public:
    explicit ScratchCoins(CoinsView& below) : below_(below) {}

    std::span<const CoinRef> fetch(std::span<const Outpoint> outpoints) override;
    void connect(const Block& block, Height height, const consensus::BlockEffects& effects);
    void disconnect(const consensus::DisconnectEffects& effects, const SpentOutputs& spent);
    /// About.
    std::size_t memory() const { return memory_; }

private:
    using Entries = std::map<Outpoint, std::optional<Coin>>;  // no coin: spent
    void put(const Outpoint& outpoint, std::optional<Coin> coin);

    CoinsView& below_;
    Entries entries_;
    std::vector<CoinRef> answer_;
    /// What the slots of the last answers mean.
    std::vector<Outpoint> slots_;
    std::size_t memory_ = 0;
};

}  // namespace cairn::chain
