#include "mempool/disconnected_pool.h"

#include "mempool/memory.h"

namespace cairn::mempool {

namespace {

std::size_t bytes_of(const Transaction& transaction)
{
    return transaction_bytes(transaction) + tree_node_bytes<std::pair<std::int64_t, TransactionRef>>() +
           malloc_bytes(sizeof(Txid) + 3 * sizeof(void*));
}

}  // namespace

std::vector<TransactionRef> DisconnectedPool::add(const Block& block)
{
    first_ -= static_cast<std::int64_t>(block.transactions.size());
    std::int64_t place = first_;
    for (const Transaction& transaction : block.transactions) {
        // A txid that is here already repeats another (BIP30): one copy serves both.
        if (by_txid_.emplace(transaction.txid, place).second) {
            bytes_ += bytes_of(transaction);
            in_order_.emplace(place, detach(transaction));
        }
        ++place;
    }
    std::vector<TransactionRef> dropped;
    while (bytes_ > max_bytes_ && !in_order_.empty()) {
        const auto last = std::prev(in_order_.end());
        bytes_ -= bytes_of(*last->second);
        by_txid_.erase(last->second->txid);
        dropped.push_back(std::move(last->second));
        in_order_.erase(last);
    }
    return dropped;
}

void DisconnectedPool::remove(const Block& block)
{
    if (empty()) return;
    for (const Transaction& transaction : block.transactions) {
        const auto found = by_txid_.find(transaction.txid);
        if (found == by_txid_.end()) continue;
        const auto entry = in_order_.find(found->second);
        bytes_ -= bytes_of(*entry->second);
        in_order_.erase(entry);
        by_txid_.erase(found);
    }
}

std::vector<TransactionRef> DisconnectedPool::take()
{
    std::vector<TransactionRef> result;
    for (auto& [place, transaction] : in_order_) result.push_back(std::move(transaction));
    in_order_.clear();
    by_txid_.clear();
    bytes_ = 0;
    first_ = 0;
    return result;
}

}  // namespace cairn::mempool
