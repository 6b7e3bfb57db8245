#pragma once
// Changes to spends, scripts and blocks: small ones that keep what is around them meaningful, so that the rules are
// reached that lie behind a hash or a signature, and blind ones to the bytes.

#include "consensus/params.h"
#include "consensus/primitives/block.h"
#include "script_mutator.h"
#include "spend.h"

namespace cairn::differential {

class Mutator {
public:
    explicit Mutator(std::uint64_t seed) : random_(seed), scripts_(random_) {}

    /// One to four changes, and mostly the hashes of the changed scripts put right.
    void mutate(Spend& spend);
    /// One to three flips, insertions, cuts or rewritten sizes.
    void mutate(Bytes& bytes) { scripts_.mutate_bytes(bytes); }
    /// Changes transactions or their order; mostly with the Merkle root and the proof of work put right. The encoding.
    Bytes mutate(const Block& block);

    test::TestRandom& random() { return random_; }

private:
    void change_scripts(Spend& spend);
    void change_witness(std::vector<Bytes>& witness);
    void change_signature(Spend& spend);
    void change_fields(Spend& spend);
    void change_shape(Spend& spend);
    void change_transactions(std::vector<TransactionDraft>& transactions);

    test::TestRandom random_;
    ScriptMutator scripts_;
};

/// Makes what commits to the spent input's redeem script, witness script or taproot leaf commit to what is there now.
void put_commitments_right(Spend& spend);

}  // namespace cairn::differential
