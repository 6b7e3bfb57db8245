#pragma once
// What unconfirmed ancestors of a payment's coins lack to be mined at its fee rate.

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "api/mempool_view.h"
#include "policy/fee_rate.h"

namespace cairn::wallet {

/// Transactions that pay less than a fee rate. Whoever spends from them, or from their descendants, and would be mined
/// at that rate, pays what they lack: once for each, however many of its coins they stand behind.
class Debts {
public:
    using Id = std::uint32_t;

    explicit Debts(const policy::FeeRate& rate) : rate_(rate) {}

    /// Those of a coin: ascending, each once.
    std::vector<Id> add(const api::MempoolBurden& burden);
    bool empty() const { return debtors_.empty(); }
    /// What they lack together.
    Amount sum(std::span<const Id> ids) const;

private:
    policy::FeeRate rate_;
    std::map<Txid, Id> ids_;
    std::vector<policy::FeeFraction> debtors_;
};

/// Both, each once: ascending, as they are.
std::vector<Debts::Id> merged(std::span<const Debts::Id> a, std::span<const Debts::Id> b);

}  // namespace cairn::wallet
