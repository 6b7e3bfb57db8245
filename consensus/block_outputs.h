#pragma once
// Private to connect_block and disconnect_block: which of a block's outputs its own transactions spend.

#include <bitset>
#include <cstdint>
#include <optional>
#include <vector>

#include "consensus/connect_block.h"

namespace cairn::consensus {

/// Finds transactions of a block by txid. Sorted, so that no choice of txids makes it slow.
class BlockOutputs {
public:
    explicit BlockOutputs(const Block& block);

    /// The first transaction with this txid, if it stands before `limit` in the block.
    std::optional<std::uint32_t> find(const Txid& txid, std::uint32_t limit) const;
    /// Marks an output as spent; false if it was already.
    bool spend(std::uint32_t transaction, std::uint32_t output);
    /// In order, what the block leaves of its outputs: neither unspendable nor marked as spent.
    std::vector<CreatedCoin> unspent() const;

private:
    struct Entry {
        std::uint64_t prefix;  // of the txid
        std::uint32_t transaction;
    };
    static std::uint64_t prefix(const Txid& txid);

    const Block& block_;
    std::vector<Entry> entries_;
    std::bitset<1 << 16> seen_;  // by 16 bits of the prefix: most lookups are of foreign txids and end here
    std::vector<std::size_t> first_output_;
    std::vector<bool> spent_;
};

}  // namespace cairn::consensus
