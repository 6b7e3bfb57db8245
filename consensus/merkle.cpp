#include "consensus/merkle.h"

#include "crypto/sha256.h"

namespace cairn::consensus {
namespace {

static_assert(sizeof(Hash256) == 32, "a level of hashes is hashed as one run of bytes");

/// Replaces a level by the one above it. Says whether two hashes that were both given were equal.
bool ascend(std::vector<Hash256>& level)
{
    bool equal_pair = false;
    for (std::size_t i = 0; i + 1 < level.size(); i += 2) equal_pair = equal_pair || level[i] == level[i + 1];
    if (level.size() % 2 != 0) level.push_back(level.back());
    const auto bytes = std::as_writable_bytes(std::span{level});
    crypto::sha256d64(bytes, bytes);
    level.resize(level.size() / 2);
    return equal_pair;
}

}  // namespace

MerkleRoot merkle_root(std::vector<Hash256> leaves)
{
    MerkleRoot result;
    while (leaves.size() > 1) {
        const bool equal_pair = ascend(leaves);
        result.mutated = result.mutated || equal_pair;
    }
    if (!leaves.empty()) result.root = leaves.front();
    return result;
}

MerkleRoot block_merkle_root(const Block& block)
{
    std::vector<Hash256> leaves;
    leaves.reserve(block.transactions.size() + 1);
    for (const Transaction& transaction : block.transactions) leaves.push_back(transaction.txid.value);
    return merkle_root(std::move(leaves));
}

Hash256 block_witness_root(const Block& block)
{
    std::vector<Hash256> leaves;
    leaves.reserve(block.transactions.size() + 1);
    for (const Transaction& transaction : block.transactions) {
        leaves.push_back(leaves.empty() ? Hash256{} : transaction.wtxid.value);
    }
    return merkle_root(std::move(leaves)).root;
}

}  // namespace cairn::consensus
