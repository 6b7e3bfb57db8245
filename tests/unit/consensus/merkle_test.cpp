#include "consensus/merkle.h"

#include <cstdio>

#include <gtest/gtest.h>

#include "consensus/witness_commitment.h"
#include "crypto/sha256.h"
#include "support/block_builder.h"
#include "support/files.h"

namespace cairn::consensus {
namespace {

std::vector<Hash256> leaves(std::size_t count)
{
    std::vector<Hash256> result(count);
    for (std::size_t i = 0; i < count; ++i) result[i].bytes[i / 256] = static_cast<std::byte>(i % 256 + 1);
    return result;
}

Hash256 pair_hash(const Hash256& a, const Hash256& b)
{
    return crypto::Sha256{}.write(a.span()).write(b.span()).finish_double();
}

/// The definition, by recursion.
Hash256 root_by_definition(std::vector<Hash256> level)
{
    if (level.empty()) return {};
    while (level.size() > 1) {
        if (level.size() % 2 != 0) level.push_back(level.back());
        std::vector<Hash256> next;
        for (std::size_t i = 0; i < level.size(); i += 2) next.push_back(pair_hash(level[i], level[i + 1]));
        level = next;
    }
    return level[0];
}

TEST(MerkleTest, RootsAreAsDefined)
{
    for (std::size_t count = 0; count < 70; ++count) {
        const MerkleRoot result = merkle_root(leaves(count));
        EXPECT_EQ(result.root, root_by_definition(leaves(count))) << count;
        EXPECT_FALSE(result.mutated) << count;
    }
}

// CVE-2012-2459: what a repeated tail leaves equal is marked, and only that.
TEST(MerkleTest, RepeatedTailsAreMarked)
{
    for (const auto& [honest, repeated] : {std::pair{3UL, 1UL}, {6UL, 2UL}, {7UL, 1UL}, {12UL, 4UL}}) {
        std::vector<Hash256> list = leaves(honest);
        const Hash256 root = merkle_root(list).root;
        list.insert(list.end(), list.end() - static_cast<std::ptrdiff_t>(repeated), list.end());
        const MerkleRoot result = merkle_root(list);
        EXPECT_EQ(result.root, root) << honest;
        EXPECT_TRUE(result.mutated) << honest;
    }
    // Equal neighbours that do not share a parent.
    std::vector<Hash256> list = leaves(4);
    list[2] = list[1];
    EXPECT_FALSE(merkle_root(list).mutated);
    list[3] = list[2];
    EXPECT_TRUE(merkle_root(list).mutated);
}

TEST(WitnessCommitmentTest, IsTheLastOutputOfItsForm)
{
    TransactionDraft coinbase = test::make_coinbase(5, Amount{1});
    EXPECT_EQ(witness_commitment_index(*coinbase.finish()), std::nullopt);
    Hash256 hash;
    coinbase.outputs.push_back({Amount{}, witness_commitment_script(hash)});
    EXPECT_EQ(witness_commitment_index(*coinbase.finish()), 1U);
    Bytes longer = witness_commitment_script(hash);
    longer.push_back(std::byte{7});
    coinbase.outputs.push_back({Amount{}, longer});
    coinbase.outputs.push_back({Amount{}, test::anyone_can_spend()});
    EXPECT_EQ(witness_commitment_index(*coinbase.finish()), 2U);
    Bytes shorter = witness_commitment_script(hash);
    EXPECT_TRUE(is_witness_commitment(shorter));
    shorter.pop_back();
    EXPECT_FALSE(is_witness_commitment(shorter));
    Bytes other = witness_commitment_script(hash);
    other[5] = std::byte{0};
    EXPECT_FALSE(is_witness_commitment(other));
}

}  // namespace
}  // namespace cairn::consensus
