#include <algorithm>
#include <vector>

#include "consensus/block_outputs.h"
#include "consensus/connect_context.h"

namespace cairn::consensus {
namespace {

bool matches(const CoinRef& coin, const TxOutput& output, Height height, bool coinbase)
{
    return coin.exists() && coin.value == output.value && coin.height == height && coin.coinbase == coinbase &&
           std::ranges::equal(coin.script_pubkey, output.script_pubkey);
}

/// The work of disconnect_block.
class Disconnector {
public:
    Disconnector(const Block& block, Height height, const SpentOutputs& spent)
        : block_(block), height_(height), spent_(spent), own_outputs_(block)
    {
    }

    std::expected<DisconnectEffects, Rejection> run(CoinsView& view)
    {
        if (!take_inputs()) {
            return std::unexpected(Rejection{RejectReason::kBadUndoData, "block and undo data inconsistent"});
        }
        check_absent(view);
        remove_outputs(view);
        return std::move(effects_);
    }

private:
    bool take_inputs();
    void take_input(const Outpoint& prevout, std::uint32_t transaction, std::uint32_t spent_index);
    void check_absent(CoinsView& view);
    void remove_outputs(CoinsView& view);
    void check_own(std::uint32_t maker, std::uint32_t output, std::uint32_t spent_index);

    const Block& block_;
    Height height_;
    const SpentOutputs& spent_;
    BlockOutputs own_outputs_;
    DisconnectEffects effects_;
};

/// Pairs inputs with undo data; false if there are not as many.
bool Disconnector::take_inputs()
{
    std::size_t inputs = 0;
    for (std::size_t i = 1; i < block_.transactions.size(); ++i) inputs += block_.transactions[i].inputs.size();
    if (inputs != spent_.size()) return false;
    std::uint32_t spent_index = 0;
    for (std::uint32_t i = 1; i < block_.transactions.size(); ++i) {
        for (const TxInput& input : block_.transactions[i].inputs) take_input(input.prevout, i, spent_index++);
    }
    return true;
}

void Disconnector::take_input(const Outpoint& prevout, std::uint32_t transaction, std::uint32_t spent_index)
{
    const auto maker = own_outputs_.find(prevout.txid, transaction);
    if (!maker) {
        effects_.restored.push_back({prevout, spent_index});
    } else if (prevout.index >= block_.transactions[*maker].outputs.size() ||
               !own_outputs_.spend(*maker, prevout.index)) {
        effects_.clean = false;
    } else {
        check_own(*maker, prevout.index, spent_index);
    }
}

/// The undo data of a coin that the block made and spent must be that coin.
void Disconnector::check_own(std::uint32_t maker, std::uint32_t output, std::uint32_t spent_index)
{
    const SpentOutputs::Entry& entry = spent_[spent_index];
    const CoinRef undone{entry.value, spent_.script_pubkey(spent_index), entry.height, entry.coinbase, 0};
    if (!matches(undone, block_.transactions[maker].outputs[output], height_, maker == 0)) effects_.clean = false;
}

void Disconnector::check_absent(CoinsView& view)
{
    std::vector<Outpoint> outpoints;
    outpoints.reserve(effects_.restored.size());
    for (const auto& restored : effects_.restored) outpoints.push_back(restored.outpoint);
    if (std::ranges::any_of(view.fetch(outpoints), &CoinRef::exists)) effects_.clean = false;
}

void Disconnector::remove_outputs(CoinsView& view)
{
    const std::vector<CreatedCoin> created = own_outputs_.unspent();
    std::vector<Outpoint> outpoints;
    outpoints.reserve(created.size());
    for (const CreatedCoin& coin : created) {
        outpoints.push_back({block_.transactions[coin.transaction].txid, coin.output});
    }
    // CONSENSUS: the coinbases of these two blocks were overwritten by later ones, so disconnecting finds them gone, or
    // (where the later one is disconnected too) as the later one had them. Test: DisconnectBlockTest.
    const bool overwritten = is_bip30_unspendable(block_.hash, height_);
    const std::span<const CoinRef> coins = view.fetch(outpoints);
    for (std::size_t i = 0; i < coins.size(); ++i) {
        const bool coinbase = created[i].transaction == 0;
        const TxOutput& output = block_.transactions[created[i].transaction].outputs[created[i].output];
        if (coins[i].exists()) effects_.removed.push_back(outpoints[i]);
        if (!matches(coins[i], output, height_, coinbase) && !(coinbase && overwritten)) effects_.clean = false;
    }
}

}  // namespace

std::expected<DisconnectEffects, Rejection> disconnect_block(const Block& block, Height height,
                                                             const SpentOutputs& spent, CoinsView& coins)
{
    return Disconnector{block, height, spent}.run(coins);
}

}  // namespace cairn::consensus
