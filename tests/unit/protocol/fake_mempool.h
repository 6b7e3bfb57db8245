#pragma once
// A mempool that takes whatever spends known transactions.

#include <algorithm>
#include <map>
#include <set>

#include "consensus/encoding/writer.h"
#include "consensus/primitives/transaction_draft.h"
#include "protocol/actions.h"
#include "protocol/ports.h"
#include "protocol/random.h"

namespace cairn::protocol::test {

/// The first output of `parent` spent; `tag` makes it one of many.
inline TransactionRef make_spend(const Txid& parent, std::uint32_t index = 0, std::uint64_t tag = 0,
                                 bool with_witness = true)
{
    TransactionDraft draft;
    TxInputDraft input;
    input.prevout = {parent, index};
    if (with_witness) input.witness.push_back(Writer{}.u64(tag).take());
    draft.inputs.push_back(input);
    draft.outputs.push_back({Amount{10}, Writer{}.u64(tag).take()});
    return draft.finish();
}

class FakeMempool final : public MempoolPort {
public:
    std::set<Txid> confirmed;
    std::set<Wtxid> rejects;
    std::set<Txid> own;
    Amount fee{10'000};
    Amount minimum_fee{1000};

    TransactionResult offer(const TransactionRef& tx)
    {
        if (has(tx->txid)) return {TxVerdict::kAlreadyKnown, "txn-already-in-mempool"};
        if (rejects.contains(tx->wtxid)) return {TxVerdict::kInvalid, "scriptpubkey"};
        for (const TxInput& input : tx->inputs) {
            const Txid& parent = input.prevout.txid;
            if (!confirmed.contains(parent) && !has(parent)) return {TxVerdict::kMissingInputs, "missing-inputs"};
        }
        add(tx);
        return {};
    }
    void add(const TransactionRef& tx)
    {
        by_txid_[tx->txid] = tx->wtxid;
        by_wtxid_[tx->wtxid] = {tx, sequence_++};
    }
    void remove(const Txid& txid)
    {
        const auto found = by_txid_.find(txid);
        if (found == by_txid_.end()) return;
        by_wtxid_.erase(found->second);
        by_txid_.erase(found);
    }
    std::size_t size() const { return by_txid_.size(); }

    bool has(const Txid& txid) const override { return by_txid_.contains(txid); }
    bool has(const Wtxid& wtxid) const override { return by_wtxid_.contains(wtxid); }
    std::optional<RelayInfo> find(const Txid& txid) const override
    {
        const auto found = by_txid_.find(txid);
        return found == by_txid_.end() ? std::nullopt : find(found->second);
    }
    std::optional<RelayInfo> find(const Wtxid& wtxid) const override
    {
        const auto found = by_wtxid_.find(wtxid);
        if (found == by_wtxid_.end()) return std::nullopt;
        const TransactionRef& tx = found->second.transaction;
        return RelayInfo{tx, fee, (tx->weight() + 3) / 4, found->second.sequence};
    }
    std::uint64_t sequence() const override { return sequence_; }
    std::vector<Wtxid> all() const override
    {
        std::vector<Wtxid> result;
        for (const auto& [wtxid, entry] : by_wtxid_) result.push_back(wtxid);
        sort_for_relay(result);
        return result;
    }
    void sort_for_relay(std::vector<Wtxid>& wtxids) const override
    {
        std::ranges::stable_sort(wtxids, {}, [&](const Wtxid& w) {
            const auto found = by_wtxid_.find(w);
            return found == by_wtxid_.end() ? UINT64_MAX : found->second.sequence;
        });
    }
    Amount minimum_fee_rate() const override { return minimum_fee; }
    Amount relay_fee_rate() const override { return Amount{100}; }
    std::vector<Txid> unbroadcast() const override { return {own.begin(), own.end()}; }
    void mark_broadcast(const Txid& txid) override { own.erase(txid); }

private:
    struct Entry {
        TransactionRef transaction;
        std::uint64_t sequence = 0;
    };
    std::map<Txid, Wtxid> by_txid_;
    std::map<Wtxid, Entry> by_wtxid_;
    std::uint64_t sequence_ = 1;
};

class SeededRandom final : public Random {
public:
    explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next() override
    {
        std::uint64_t z = state_ += 0x9e3779b97f4a7c15U;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
        return z ^ (z >> 31);
    }

private:
    std::uint64_t state_;
};

}  // namespace cairn::protocol::test
