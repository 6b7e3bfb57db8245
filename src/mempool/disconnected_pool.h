#pragma once
// Transactions of disconnected blocks, kept until the chain has settled on its new tip.

#include <cstdint>
#include <map>
#include <unordered_map>
#include <vector>

#include "consensus/primitives/block.h"
#include "crypto/siphash.h"

namespace cairn::mempool {

/// Holds copies of at most kMaxBytes in all.
class DisconnectedPool {
public:
    static constexpr std::size_t kMaxBytes = 20'000'000;

    explicit DisconnectedPool(crypto::SipKey key, std::size_t max_bytes = kMaxBytes)
        : by_txid_(0, crypto::SaltedHasher(key)), max_bytes_(max_bytes)
    {
    }

    bool empty() const { return in_order_.empty(); }
    /// `block` comes before all that are here. Gives what no longer has room: the last confirmed.
    std::vector<TransactionRef> add(const Block& block);
    /// They are in a block again.
    void remove(const Block& block);
    /// All, in the order in which they were confirmed; none are left.
    std::vector<TransactionRef> take();
    std::size_t memory_bytes() const { return bytes_; }

private:
    std::map<std::int64_t, TransactionRef> in_order_;
    std::unordered_map<Txid, std::int64_t, crypto::SaltedHasher> by_txid_;
    std::int64_t first_ = 0;
    std::size_t bytes_ = 0;
    std::size_t max_bytes_;
};

}  // namespace cairn::mempool
