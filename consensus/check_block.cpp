#include "consensus/check_block.h"

#include <algorithm>
#include <string>

#include "consensus/check_header.h"
#include "consensus/check_transaction.h"
#include "consensus/limits.h"
#include "consensus/merkle.h"
#include "consensus/script/script.h"
#include "consensus/script/sigops.h"
#include "consensus/signet.h"
#include "consensus/witness_commitment.h"

namespace cairn::consensus {
namespace {

/// The witness reserved value's size (BIP141).
constexpr std::size_t kReservedValueSize = 32;

std::expected<void, Rejection> check_merkle_root(const Block& block)
{
    const MerkleRoot computed = block_merkle_root(block);
    if (computed.root != block.header.merkle_root) {
        return std::unexpected(Rejection{RejectReason::kBadMerkleRoot, "hashMerkleRoot mismatch"});
    }
    if (computed.mutated) {
        return std::unexpected(Rejection{RejectReason::kDuplicateTransaction, "duplicate transaction"});
    }
    return {};
}

std::expected<void, Rejection> check_length(const Block& block)
{
    const auto count = static_cast<Weight>(block.transactions.size());
    if (count == 0 || count * kWitnessScale > kMaxBlockWeight ||
        static_cast<Weight>(block.stripped_size) * kWitnessScale > kMaxBlockWeight) {
        return std::unexpected(Rejection{RejectReason::kBadBlockLength, "size limits failed"});
    }
    return {};
}

std::expected<void, Rejection> check_coinbase_place(const Block& block)
{
    if (!block.transactions[0].is_coinbase()) {
        return std::unexpected(Rejection{RejectReason::kCoinbaseMissing, "first tx is not coinbase"});
    }
    if (std::ranges::any_of(block.transactions.subspan(1), &Transaction::is_coinbase)) {
        return std::unexpected(Rejection{RejectReason::kCoinbaseMultiple, "more than one coinbase"});
    }
    return {};
}

std::expected<void, Rejection> check_transactions(const Block& block)
{
    for (const Transaction& transaction : block.transactions) {
        auto checked = check_transaction(transaction);
        if (checked) continue;
        Rejection rejection = std::move(checked.error());
        rejection.detail = "Transaction check failed (tx hash " + transaction.txid.to_hex() + ") " + rejection.detail;
        return std::unexpected(std::move(rejection));
    }
    return {};
}

std::expected<void, Rejection> check_legacy_sigops(const Block& block)
{
    std::int64_t sigops = 0;
    for (const Transaction& transaction : block.transactions) sigops += legacy_sigops(transaction);
    if (sigops * kWitnessScale > kMaxBlockSigopCost) {
        return std::unexpected(Rejection{RejectReason::kBadBlockSigops, "out-of-bounds SigOpCount"});
    }
    return {};
}

std::expected<void, Rejection> check_witness_commitment(const Block& block, std::size_t commitment)
{
    const Transaction& coinbase = block.transactions[0];
    const auto& witness = coinbase.inputs[0].witness;
    if (witness.size() != 1 || witness[0].size() != kReservedValueSize) {
        return std::unexpected(Rejection{RejectReason::kBadWitnessNonceSize,
                                         "CheckWitnessMalleation : invalid witness reserved value size"});
    }
    const Hash256 expected = witness_commitment_hash(block_witness_root(block), witness[0]);
    const ByteSpan script = coinbase.outputs[commitment].script_pubkey;
    if (!std::ranges::equal(script.subspan(kWitnessCommitmentSize - expected.bytes.size(), expected.bytes.size()),
                            expected.bytes)) {
        return std::unexpected(Rejection{RejectReason::kBadWitnessCommitment,
                                         "CheckWitnessMalleation : witness merkle commitment mismatch"});
    }
    return {};
}

/// Witnesses are committed to, or there are none. The block must have a coinbase.
std::expected<void, Rejection> check_witnesses(const Block& block, bool expect_commitment)
{
    if (expect_commitment) {
        const auto commitment = witness_commitment_index(block.transactions[0]);
        if (commitment) return check_witness_commitment(block, *commitment);
    }
    if (std::ranges::any_of(block.transactions, &Transaction::has_witness)) {
        return std::unexpected(
            Rejection{RejectReason::kUnexpectedWitness, "CheckWitnessMalleation : unexpected witness data found"});
    }
    return {};
}

std::expected<void, Rejection> check_finality(const Block& block, Height height, std::int64_t time)
{
    if (std::ranges::all_of(block.transactions,
                            [&](const Transaction& transaction) { return is_final(transaction, height, time); })) {
        return {};
    }
    return std::unexpected(Rejection{RejectReason::kBlockNonFinal, "non-final transaction"});
}

/// BIP34: the coinbase's script begins with the height, pushed as a script number.
std::expected<void, Rejection> check_coinbase_height(const Block& block, Height height)
{
    const Bytes expected = ScriptWriter{}.push_number(height).take();
    const ByteSpan script = block.transactions[0].inputs[0].script_sig;
    if (script.size() >= expected.size() && std::ranges::equal(script.first(expected.size()), expected)) return {};
    return std::unexpected(Rejection{RejectReason::kBadCoinbaseHeight, "block height mismatch in coinbase"});
}

}  // namespace

std::expected<void, Rejection> check_block(const Block& block, const Params& params, const CheckBlockOptions& options)
{
    if (options.proof_of_work) {
        if (auto checked = check_header(block.header, block.hash, params); !checked) return checked;
        if (params.signet_blocks && !has_signet_solution(block, params)) {
            return std::unexpected(
                Rejection{RejectReason::kBadSignetSolution, "signet block signature validation failure"});
        }
    }
    // Before any rule that could blame the header: a body that is not the miner's says nothing about it.
    if (options.merkle_root) {
        if (auto checked = check_merkle_root(block); !checked) return checked;
    }
    if (auto checked = check_length(block); !checked) return checked;
    if (auto checked = check_coinbase_place(block); !checked) return checked;
    if (auto checked = check_transactions(block); !checked) return checked;
    return check_legacy_sigops(block);
}

std::expected<void, Rejection> check_block_in_context(const Block& block, const HeaderNode* parent,
                                                      const Params& params)
{
    const Height height = parent == nullptr ? 0 : parent->height() + 1;
    // BIP113: the parent's median time past takes the place of the block's own time.
    const bool use_median_time = parent != nullptr && params.is_active(BuriedDeployment::kCsv, height);
    const std::int64_t lock_clock = use_median_time ? median_time_past(*parent) : block.header.time;
    if (auto checked = check_finality(block, height, lock_clock); !checked) return checked;
    if (params.is_active(BuriedDeployment::kBip34, height)) {
        if (auto checked = check_coinbase_height(block, height); !checked) return checked;
    }
    if (auto checked = check_witnesses(block, params.is_active(BuriedDeployment::kSegwit, height)); !checked) {
        return checked;
    }
    // Only now: before, the coinbase's own witness, which nothing commits to, could have made it too heavy.
    if (block.weight() > kMaxBlockWeight) {
        return std::unexpected(Rejection{RejectReason::kBadBlockWeight, "ContextualCheckBlock : weight limit failed"});
    }
    return {};
}

}  // namespace cairn::consensus
