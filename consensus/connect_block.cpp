#include "consensus/connect_block.h"

#include <algorithm>
#include <bitset>
#include <cassert>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "consensus/block_outputs.h"
#include "consensus/check_transaction.h"
#include "consensus/limits.h"
#include "consensus/script/script.h"
#include "consensus/script/sigops.h"

namespace cairn::consensus {
namespace {

/// Slot of a coin that the block itself creates: exists, but the view knows nothing of it.
constexpr std::uint32_t kOwnSlot = CoinRef::kMissing - 1;

std::unexpected<Rejection> reject(RejectReason reason, std::string detail)
{
    return std::unexpected(Rejection{reason, std::move(detail), {}, RejectionKind::kPermanent});
}

/// CONSENSUS: BIP30, CVE-2012-1909: a transaction must not take the place of one that still has coins. Test:
/// ConnectBlockTest.
bool has_existing_txid(const Block& block, CoinsView& coins)
{
    std::vector<Outpoint> outpoints;
    for (const Transaction& transaction : block.transactions) {
        for (std::uint32_t i = 0; i < transaction.outputs.size(); ++i) outpoints.push_back({transaction.txid, i});
    }
    return std::ranges::any_of(coins.fetch(outpoints), &CoinRef::exists);
}

/// Positions of outpoints that stand earlier in the list already. Most lists have none: of all outpoints only those
/// that share a bit of a table with another are sorted, so that it is fast, and never slower than sorting all.
std::vector<std::uint32_t> find_repeated(std::span<const Outpoint> outpoints)
{
    constexpr std::size_t kBits = 1 << 18;
    const auto bit_of = [](const Outpoint& outpoint) {
        std::uint64_t prefix = 0;
        std::memcpy(&prefix, outpoint.txid.value.bytes.data(), sizeof prefix);
        return static_cast<std::size_t>((prefix + outpoint.index) % kBits);
    };
    const auto seen = std::make_unique<std::bitset<kBits>>();
    const auto shared = std::make_unique<std::bitset<kBits>>();
    for (const Outpoint& outpoint : outpoints) {
        const std::size_t bit = bit_of(outpoint);
        if (seen->test(bit)) shared->set(bit);
        seen->set(bit);
    }
    std::vector<std::uint32_t> suspects;
    for (std::uint32_t i = 0; i < outpoints.size(); ++i) {
        if (shared->test(bit_of(outpoints[i]))) suspects.push_back(i);
    }
    std::ranges::sort(suspects, [&outpoints](std::uint32_t a, std::uint32_t b) {
        const auto order = outpoints[a] <=> outpoints[b];
        return order != 0 ? order < 0 : a < b;
    });
    std::vector<std::uint32_t> repeated;
    for (std::size_t i = 1; i < suspects.size(); ++i) {
        if (outpoints[suspects[i]] == outpoints[suspects[i - 1]]) repeated.push_back(suspects[i]);
    }
    return repeated;
}

/// The work of connect_block: one pass over the block's transactions, with all coins at hand.
class Connector {
public:
    Connector(const BlockRef& block, const ConnectContext& context)
        : block_(block), context_(context), own_outputs_(*block), spent_(std::make_shared<SpentOutputs>())
    {
    }

    std::expected<BlockEffects, Rejection> run(CoinsView& view)
    {
        gather_coins(view);
        for (std::uint32_t i = 0; i < block_->transactions.size(); ++i) {
            if (auto connected = connect(i); !connected) return std::unexpected(std::move(connected.error()));
        }
        if (auto checked = check_coinbase_value(); !checked) return std::unexpected(std::move(checked.error()));
        effects_.created = own_outputs_.unspent();
        effects_.spent = spent_;
        if (context_.check_scripts && spent_->size() != 0) {
            effects_.scripts = std::make_shared<const ScriptBatch>(block_, spent_, context_.script_flags);
        }
        return std::move(effects_);
    }

private:
    /// Asks the view once for all coins that the block does not make itself, and finds those spent more than once.
    void gather_coins(CoinsView& view);
    void mark_repeated(std::span<const Outpoint> outpoints, std::span<const std::uint32_t> inputs);
    void take_own_output(const Outpoint& prevout, std::uint32_t maker, CoinRef& coin);

    std::expected<void, Rejection> connect(std::uint32_t index);
    std::expected<void, Rejection> check_spending(const Transaction& transaction, std::span<const CoinRef> coins);
    bool is_relatively_locked(const Transaction& transaction, std::span<const CoinRef> coins);
    std::expected<void, Rejection> check_coinbase_value() const;

    const BlockRef& block_;
    const ConnectContext& context_;
    BlockOutputs own_outputs_;
    std::vector<CoinRef> coins_;  // of all inputs but the coinbase's, in order
    std::size_t next_coin_ = 0;
    std::vector<Height> heights_;
    std::shared_ptr<SpentOutputs> spent_;
    BlockEffects effects_;
};

void Connector::gather_coins(CoinsView& view)
{
    std::vector<Outpoint> outpoints;
    std::vector<std::uint32_t> inputs;  // which of coins_ each outpoint is for
    std::size_t count = 0;
    for (const Transaction& transaction : block_->transactions.subspan(1)) count += transaction.inputs.size();
    coins_.resize(count);
    outpoints.reserve(count);
    inputs.reserve(count);
    std::uint32_t input_index = 0;
    for (std::uint32_t i = 1; i < block_->transactions.size(); ++i) {
        for (const TxInput& input : block_->transactions[i].inputs) {
            if (const auto maker = own_outputs_.find(input.prevout.txid, i)) {
                take_own_output(input.prevout, *maker, coins_[input_index]);
            } else {
                outpoints.push_back(input.prevout);
                inputs.push_back(input_index);
            }
            ++input_index;
        }
    }
    const std::span<const CoinRef> fetched = view.fetch(outpoints);
    assert(fetched.size() == outpoints.size());
    std::size_t script_bytes = 0;
    for (std::size_t i = 0; i < fetched.size(); ++i) {
        coins_[inputs[i]] = fetched[i];
        script_bytes += fetched[i].script_pubkey.size();
    }
    mark_repeated(outpoints, inputs);
    spent_->reserve(count, script_bytes);
    effects_.spent_slots.reserve(fetched.size());
}

/// An output of the block itself is a coin if it exists, can be spent at all, and has not been yet.
void Connector::take_own_output(const Outpoint& prevout, std::uint32_t maker, CoinRef& coin)
{
    const Transaction& transaction = block_->transactions[maker];
    if (prevout.index >= transaction.outputs.size()) return;
    const TxOutput& output = transaction.outputs[prevout.index];
    if (is_unspendable(output.script_pubkey) || !own_outputs_.spend(maker, prevout.index)) return;
    coin = {output.value, output.script_pubkey, context_.height, maker == 0, kOwnSlot};
}

/// The view shows a coin to each that asks; only the first in the block's order gets it.
void Connector::mark_repeated(std::span<const Outpoint> outpoints, std::span<const std::uint32_t> inputs)
{
    for (const std::uint32_t position : find_repeated(outpoints)) coins_[inputs[position]].slot = CoinRef::kMissing;
}

std::expected<void, Rejection> Connector::connect(std::uint32_t index)
{
    const Transaction& transaction = block_->transactions[index];
    std::span<const CoinRef> coins;
    if (index != 0) {
        coins = std::span<const CoinRef>{coins_}.subspan(next_coin_, transaction.inputs.size());
        next_coin_ += coins.size();
        if (auto checked = check_spending(transaction, coins); !checked) return checked;
    }
    const std::size_t first_spent = spent_->size();
    for (const CoinRef& coin : coins) {
        spent_->add(coin.value, coin.script_pubkey, coin.height, coin.coinbase);
        if (coin.slot != kOwnSlot) effects_.spent_slots.push_back(coin.slot);
    }
    effects_.sigop_cost += transaction_sigop_cost(transaction, *spent_, first_spent, context_.script_flags);
    if (effects_.sigop_cost > kMaxBlockSigopCost) return reject(RejectReason::kBadBlockSigops, "too many sigops");
    return {};
}

std::expected<void, Rejection> Connector::check_spending(const Transaction& transaction, std::span<const CoinRef> coins)
{
    auto fee = check_inputs(transaction, coins, context_.height);
    if (!fee) {
        return reject(fee.error().reason, fee.error().detail + " in transaction " + transaction.txid.to_hex());
    }
    effects_.fees += *fee;
    if (!effects_.fees.is_money()) {
        return reject(RejectReason::kAccumulatedFeeOutOfRange, "accumulated fee in the block out of range");
    }
    if (context_.relative_locks && is_relatively_locked(transaction, coins)) {
        return reject(RejectReason::kBlockNonFinal,
                      "contains a non-BIP68-final transaction " + transaction.txid.to_hex());
    }
    return {};
}

bool Connector::is_relatively_locked(const Transaction& transaction, std::span<const CoinRef> coins)
{
    heights_.clear();
    for (const CoinRef& coin : coins) heights_.push_back(coin.height);
    const SequenceLock lock = sequence_lock(transaction, heights_, *context_.ancestor_times);
    return !is_unlocked(lock, context_.height, context_.median_time_past);
}

std::expected<void, Rejection> Connector::check_coinbase_value() const
{
    const Amount claimed = output_total(block_->transactions[0]);
    const Amount limit = effects_.fees + context_.subsidy;
    if (claimed <= limit) return {};
    return reject(RejectReason::kBadCoinbaseAmount,
                  "coinbase pays too much (actual=" + std::to_string(claimed.satoshis()) +
                      " vs limit=" + std::to_string(limit.satoshis()) + ")");
}

}  // namespace

std::expected<BlockEffects, Rejection> connect_block(const BlockRef& block, const ConnectContext& context,
                                                     CoinsView& coins)
{
    assert(!block->transactions.empty() && block->transactions[0].is_coinbase());
    if (context.forbid_existing_txids && has_existing_txid(*block, coins)) {
        return reject(RejectReason::kExistingTxid, "tried to overwrite transaction");
    }
    return Connector{block, context}.run(coins);
}

Rejection script_rejection(const ScriptFailure& failure, const Block& block)
{
    const Transaction& transaction = block.transactions[failure.transaction];
    const Outpoint& prevout = transaction.inputs[failure.input].prevout;
    Rejection rejection{RejectReason::kBlockScriptFailed};
    rejection.text_override = std::string{info(rejection.reason).text} + " (" + std::string{text(failure.error)} + ")";
    rejection.detail = "input " + std::to_string(failure.input) + " of " + transaction.txid.to_hex() + " (wtxid " +
                       transaction.wtxid.to_hex() + "), spending " + prevout.txid.to_hex() + ":" +
                       std::to_string(prevout.index);
    return rejection;
}

}  // namespace cairn::consensus
