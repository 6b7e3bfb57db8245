#pragma once
// Merkle roots as Bitcoin computes them: an odd hash at a level is paired with itself.

#include <vector>

#include "consensus/primitives/block.h"

namespace cairn::consensus {

struct MerkleRoot {
    Hash256 root;
    /// Two equal hashes were paired that were both given: the list may be another one with its tail repeated.
    // CONSENSUS: CVE-2012-2459. Test: MerkleTest, CheckBlockTest.
    bool mutated = false;
};
/// The root of `leaves`, which are overwritten on the way; null for none.
MerkleRoot merkle_root(std::vector<Hash256> leaves);

/// Of the txids.
MerkleRoot block_merkle_root(const Block& block);
/// Of the wtxids, the coinbase's taken as zero (BIP141).
Hash256 block_witness_root(const Block& block);

}  // namespace cairn::consensus
