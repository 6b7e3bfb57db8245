// USES: consensus test_support
// Connecting a block agrees with applying its transactions one by one to a map; no money comes from nothing; and
// disconnecting gives back exactly the coins there were.

#include <cstdint>
#include <cstdlib>
#include <map>
#include <vector>

#include "consensus/connect_context.h"
#include "consensus/limits.h"
#include "consensus/script/script.h"
#include "support/block_builder.h"
#include "support/map_coins_view.h"

namespace {

using namespace cairn;
using Coins = std::map<Outpoint, test::MapCoinsView::Coin>;

constexpr Height kHeight = 500;
constexpr std::uint32_t kCoins = 8;
constexpr Amount kCoinValue{1000};

void require(bool condition)
{
    if (!condition) std::abort();
}

class Choices {
public:
    Choices(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
    std::uint32_t next(std::uint32_t bound) { return size_ == 0 ? 0 : (--size_, *data_++) % bound; }
    bool done() const { return size_ == 0; }

private:
    const std::uint8_t* data_;
    std::size_t size_;
};

Outpoint view_coin(std::uint32_t index)
{
    Txid txid;
    txid.value.bytes[0] = static_cast<std::byte>(index / 2 + 1);
    return {txid, index % 2};
}

/// An outpoint of the view, of the coinbase, of a transaction before, or of none.
Outpoint choose_outpoint(Choices& choices, const std::vector<TransactionRef>& made)
{
    if (choices.next(2) == 0) return view_coin(choices.next(kCoins + 1));
    const auto& maker = made[choices.next(static_cast<std::uint32_t>(made.size()))];
    return {maker->txid, choices.next(static_cast<std::uint32_t>(maker->outputs.size() + 1))};
}

TransactionRef choose_transaction(Choices& choices, const std::vector<TransactionRef>& made)
{
    std::vector<Outpoint> outpoints(1 + choices.next(2));
    for (Outpoint& outpoint : outpoints) outpoint = choose_outpoint(choices, made);
    TransactionDraft draft = test::make_spend(outpoints, Amount{choices.next(8) * 150});
    for (std::uint32_t extra = choices.next(3); extra > 0; --extra) {
        draft.outputs.push_back({Amount{choices.next(20)}, test::anyone_can_spend()});
    }
    if (choices.next(4) == 3) draft.outputs[0].script_pubkey = {static_cast<std::byte>(Opcode::kReturn)};
    if (choices.next(4) == 3) draft.inputs[0].sequence = choices.next(8);
    return draft.finish();
}

/// The rules as one would tell them: one transaction after the other. False if one of them may not be.
bool apply_plainly(const Block& block, const consensus::ConnectContext& context, Coins& coins)
{
    std::int64_t fees = 0;
    for (const Transaction& transaction : block.transactions) {
        std::int64_t in = 0;
        std::int64_t out = 0;
        std::vector<Height> heights;
        for (const TxInput& input : transaction.inputs) {
            if (transaction.is_coinbase()) break;
            const auto found = coins.find(input.prevout);
            if (found == coins.end()) return false;
            if (found->second.coinbase && context.height - found->second.height < 100) return false;
            in += found->second.value.satoshis();
            heights.push_back(found->second.height);
            coins.erase(found);
        }
        for (std::uint32_t i = 0; i < transaction.outputs.size(); ++i) {
            const TxOutput& output = transaction.outputs[i];
            out += output.value.satoshis();
            if (is_unspendable(output.script_pubkey)) continue;
            coins[{transaction.txid, i}] = {output.value,
                                            Bytes(output.script_pubkey.begin(), output.script_pubkey.end()),
                                            context.height, transaction.is_coinbase()};
        }
        if (transaction.is_coinbase()) continue;
        if (in < out) return false;
        fees += in - out;
        const auto lock = consensus::sequence_lock(transaction, heights, *context.ancestor_times);
        if (!consensus::is_unlocked(lock, context.height, context.median_time_past)) return false;
    }
    std::int64_t claimed = 0;
    for (const TxOutput& output : block.transactions[0].outputs) claimed += output.value.satoshis();
    return claimed <= fees + context.subsidy.satoshis();
}

std::int64_t supply(const Coins& coins)
{
    std::int64_t total = 0;
    for (const auto& [outpoint, coin] : coins) total += coin.value.satoshis();
    return total;
}

class NoTimes final : public consensus::AncestorTimes {
public:
    std::int64_t median_time_past(Height) const override { return 0; }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const consensus::Params params = consensus::make_params(Network::kRegtest);
    Choices choices{data, size};
    test::MapCoinsView view;
    for (std::uint32_t i = 0; i < kCoins; ++i) {
        const Height height = kHeight - 1 - static_cast<Height>(choices.next(4)) * 50;
        view.add(view_coin(i), {kCoinValue, test::anyone_can_spend(), height, choices.next(8) == 7});
    }
    test::BlockPlan plan;
    plan.height = kHeight;
    plan.fees = Amount{choices.next(3)};
    plan.witness_commitment = false;  // so that the coinbase is the same whatever else the block holds
    std::vector<TransactionRef> made = test::make_block_draft(plan, params).transactions;
    while (!choices.done() && made.size() < 20) {
        const bool repeat = choices.next(16) == 15 && made.size() > 1;
        made.push_back(repeat ? made.back() : choose_transaction(choices, made));
    }
    plan.transactions.assign(made.begin() + 1, made.end());
    const BlockRef block = test::make_block_draft(plan, params).finish();

    const NoTimes times;
    consensus::ConnectContext context;
    context.height = kHeight;
    context.median_time_past = 1000;
    context.ancestor_times = &times;
    context.relative_locks = true;
    context.forbid_existing_txids = false;
    context.subsidy = Amount{(50 * kCoin.satoshis()) >> (kHeight / params.subsidy_halving_interval)};
    context.check_scripts = false;

    const Coins before = view.coins();
    Coins expected = before;
    const bool plainly_valid = apply_plainly(*block, context, expected);
    const auto effects = consensus::connect_block(block, context, view);
    require(effects.has_value() == plainly_valid);
    require(view.coins() == before);
    if (!effects) return 0;
    view.apply(*block, kHeight, *effects);
    require(view.coins() == expected);
    require(supply(view.coins()) <= supply(before) + context.subsidy.satoshis());
    const auto undone = consensus::disconnect_block(*block, kHeight, *effects->spent, view);
    require(undone && undone->clean);
    view.apply(*undone, *effects->spent);
    require(view.coins() == before);
    return 0;
}
