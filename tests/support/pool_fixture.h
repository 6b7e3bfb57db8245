#pragma once
// A mempool over a chain of two maps, for the tests of mempool and mining. Header-only: for test programs that link the
// mempool.

#include <array>
#include <map>
#include <numeric>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "consensus/connect_block.h"
#include "consensus/connect_context.h"
#include "consensus/limits.h"
#include "consensus/params.h"
#include "consensus/script/script.h"
#include "crypto/sha256.h"
#include "mempool/mempool.h"
#include "support/block_builder.h"
#include "support/map_coins_view.h"

namespace cairn::test {

/// P2WSH of OP_TRUE: standard, and spent with no signature.
inline Bytes standard_script()
{
    const Hash256 program = crypto::sha256(anyone_can_spend());
    return make_witness_program_script(0, program.span());
}

/// Any coins, tip and times that a test wants.
class FakeChain final : public mempool::ChainPort {
public:
    mempool::ChainTip tip() const override { return {{}, height, mtp_at(height), flags}; }
    CoinsView& coins() override { return view; }
    void warm(std::span<const Outpoint> outpoints) override { warmed.assign(outpoints.begin(), outpoints.end()); }
    std::int64_t median_time_past(Height at) const override { return mtp_at(at); }

    /// Ten minutes a block.
    std::int64_t mtp_at(Height at) const { return 1'600'000'000 + 600 * std::int64_t{at}; }

    MapCoinsView view;
    std::vector<Outpoint> warmed;  // by the transaction accepted last
    Height height = 200;
    ScriptFlags flags = kMandatoryFlags;
};

class RecordingObserver final : public mempool::Observer {
public:
    void on_transaction_added(const mempool::TransactionAdded& added) override
    {
        log.push_back("+" + name(added.transaction->txid));
        sequences.push_back(added.mempool_sequence);
    }
    void on_transaction_removed(const mempool::TransactionRemoved& removed) override
    {
        log.push_back("-" + name(removed.transaction->txid) + " " + std::string(word(removed.reason)));
        sequences.push_back(removed.mempool_sequence);
    }
    /// Names for txids, so that tests can read the log.
    std::map<Txid, std::string> names;
    std::vector<std::string> log;
    std::vector<std::uint64_t> sequences;

private:
    static std::string_view word(mempool::RemovalReason reason)
    {
        switch (reason) {
            case mempool::RemovalReason::kExpiry:
                return "expiry";
            case mempool::RemovalReason::kSizeLimit:
                return "sizelimit";
            case mempool::RemovalReason::kReorganised:
                return "reorg";
            case mempool::RemovalReason::kBlock:
                return "block";
            case mempool::RemovalReason::kConflict:
                return "conflict";
            case mempool::RemovalReason::kReplaced:
                return "replaced";
        }
        return "?";
    }
    std::string name(const Txid& txid) const
    {
        const auto found = names.find(txid);
        return found == names.end() ? txid.to_hex().substr(0, 8) : found->second;
    }
};

class PoolFixture : public ::testing::Test {
protected:
    static constexpr std::int64_t kNow = 1'700'000'000;

    explicit PoolFixture(const mempool::MempoolOptions& options = {}) : pool(options, chain, verifier, observer, {1, 2})
    {
    }

    /// A confirmed coin.
    Outpoint fund(Amount value, Height height = 1, bool coinbase = false, const Bytes& script = standard_script())
    {
        TransactionDraft draft;
        draft.lock_time = ++funded_;
        draft.outputs.push_back({value, script});
        const Outpoint outpoint{draft_txid(draft), 0};
        chain.view.add(outpoint, {value, script, height, coinbase});
        values_[outpoint] = value;
        return outpoint;
    }

    /// Spends standard outputs into `outputs` equal ones, leaving `fee`.
    TransactionDraft draft(std::span<const Outpoint> inputs, std::int64_t fee, std::size_t outputs = 1) const
    {
        TransactionDraft result;
        std::int64_t total = -fee;
        for (const Outpoint& input : inputs) {
            result.inputs.push_back({input, {}, 0xffffffff, {anyone_can_spend()}});
            total += values_.at(input).satoshis();
        }
        for (std::size_t i = 0; i < outputs; ++i) {
            std::int64_t value = total / static_cast<std::int64_t>(outputs);
            if (i == 0) value += total % static_cast<std::int64_t>(outputs);
            result.outputs.push_back({Amount{value}, standard_script()});
        }
        return result;
    }
    TransactionRef finish(const TransactionDraft& from)
    {
        TransactionRef transaction = from.finish();
        for (std::uint32_t i = 0; i < transaction->outputs.size(); ++i) {
            values_[{transaction->txid, i}] = transaction->outputs[i].value;
        }
        return transaction;
    }
    TransactionRef spend(std::span<const Outpoint> inputs, std::int64_t fee, std::size_t outputs = 1)
    {
        return finish(draft(inputs, fee, outputs));
    }
    TransactionRef spend(const Outpoint& input, std::int64_t fee, std::size_t outputs = 1)
    {
        return spend(std::array{input}, fee, outputs);
    }
    TransactionRef spend(const TransactionRef& parent, std::int64_t fee, std::size_t outputs = 1)
    {
        return spend(Outpoint{parent->txid, 0}, fee, outputs);
    }
    /// Gives the transaction `bytes` more by OP_RETURN outputs' data.
    TransactionRef pad(TransactionDraft from, std::size_t bytes)
    {
        ScriptWriter script;
        script.op(Opcode::kReturn).push(Bytes(bytes));
        from.outputs.push_back({Amount{0}, script.take()});
        return finish(from);
    }

    mempool::AcceptResult accept(const TransactionRef& transaction)
    {
        return pool.accept(transaction, {now, false, std::nullopt});
    }
    void expect_accepted(const TransactionRef& transaction)
    {
        const auto result = accept(transaction);
        EXPECT_TRUE(result.has_value()) << (result ? "" : result.error().to_string());
        EXPECT_TRUE(pool.contains(transaction->txid));
    }
    void expect_refused(const TransactionRef& transaction, const std::string& reason,
                        std::optional<policy::Fault> fault = std::nullopt)
    {
        const auto result = accept(transaction);
        ASSERT_FALSE(result.has_value()) << "accepted; expected: " << reason;
        EXPECT_EQ(result.error().reason, reason) << result.error().detail;
        if (fault) {
            EXPECT_EQ(result.error().fault, *fault);
        }
    }
    bool has(const TransactionRef& transaction) const { return pool.contains(transaction->txid); }
    std::size_t size() const { return pool.totals().transactions; }

    /// A block of these transactions on the fake chain; connects it to chain and mempool.
    BlockRef connect(const std::vector<TransactionRef>& transactions)
    {
        static const consensus::Params params = consensus::make_params(Network::kRegtest);
        BlockPlan plan;
        plan.height = chain.height + 1;
        plan.time = static_cast<std::uint32_t>(chain.mtp_at(chain.height + 2));
        plan.transactions = transactions;
        const BlockRef block = make_block(plan, params);
        std::vector<MapCoinsView::Coin> undo;
        for (const TransactionRef& transaction : transactions) {
            for (const TxInput& input : transaction->inputs) {
                undo.push_back(chain.view.coins().at(input.prevout));
                chain.view.remove(input.prevout);
            }
            chain.view.add_outputs(*transaction, chain.height + 1);
        }
        chain.view.add_outputs(block->transactions[0], chain.height + 1);
        values_[{block->transactions[0].txid, 0}] = block->transactions[0].outputs[0].value;
        undo_.push_back({block, std::move(undo)});
        ++chain.height;
        pool.on_block_connected(*block, now);
        return block;
    }
    /// Takes the last block back; the mempool hears of it, but not yet that the tip has settled.
    BlockRef disconnect()
    {
        auto [block, undo] = std::move(undo_.back());
        undo_.pop_back();
        std::size_t next = undo.size();
        for (std::size_t i = block->transactions.size(); i-- > 0;) {
            const Transaction& transaction = block->transactions[i];
            for (std::uint32_t n = 0; n < transaction.outputs.size(); ++n) chain.view.remove({transaction.txid, n});
            if (i == 0) break;
            for (std::size_t n = transaction.inputs.size(); n-- > 0;) {
                chain.view.add(transaction.inputs[n].prevout, undo[--next]);
            }
        }
        --chain.height;
        pool.on_block_disconnected(*block);
        return block;
    }
    void settle() { pool.on_tip_settled(now); }

    FakeChain chain;
    consensus::ImmediateVerifier verifier;
    RecordingObserver observer;
    mempool::Mempool pool;
    std::int64_t now = kNow;

private:
    static Txid draft_txid(TransactionDraft draft)
    {
        draft.inputs.push_back({});
        return draft.finish()->txid;
    }

    struct Undo {
        BlockRef block;
        std::vector<MapCoinsView::Coin> spent;
    };
    std::uint32_t funded_ = 0;
    std::map<Outpoint, Amount> values_;
    std::vector<Undo> undo_;
};

}  // namespace cairn::test
