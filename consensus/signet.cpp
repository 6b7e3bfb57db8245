#include "consensus/signet.h"

#include <algorithm>
#include <array>
#include <vector>

#include "consensus/coins.h"
#include "consensus/encoding/reader.h"
#include "consensus/encoding/writer.h"
#include "consensus/merkle.h"
#include "consensus/primitives/transaction_draft.h"
#include "consensus/script/interpreter.h"
#include "consensus/script/script.h"
#include "consensus/witness_commitment.h"

namespace cairn::consensus {
namespace {

constexpr std::array kSolutionHeader{std::byte{0xec}, std::byte{0xc7}, std::byte{0xda}, std::byte{0xa2}};
constexpr ScriptFlags kSolutionFlags = kVerifyP2sh | kVerifyWitness | kVerifyDerSig | kVerifyNullDummy;

/// Whether a push of the commitment output holds a solution: the header and at least a byte.
bool holds_solution(ByteSpan push)
{
    return push.size() > kSolutionHeader.size() &&
           std::ranges::equal(push.first(kSolutionHeader.size()), kSolutionHeader);
}

struct Extracted {
    Bytes script;    // without the solution
    Bytes solution;  // without the header
};

/// Takes the solution out of the commitment's script. Nothing if it holds none.
// CONSENSUS: everything else is written again with the shortest pushes, up to where the script can be read; that script
// is what the signature commits to. Test: SignetTest.
std::optional<Extracted> extract_solution(ByteSpan commitment)
{
    Extracted extracted;
    ScriptWriter rest;
    bool found = false;
    ScriptReader reader{commitment};
    while (const auto instruction = reader.next()) {
        ByteSpan data = instruction->data;
        if (data.empty()) {
            rest.op(instruction->opcode);
            continue;
        }
        if (!found && holds_solution(data)) {
            const ByteSpan solution = data.subspan(kSolutionHeader.size());
            extracted.solution.assign(solution.begin(), solution.end());
            data = data.first(kSolutionHeader.size());
            found = true;
        }
        rest.push(data);
    }
    if (!found) return std::nullopt;
    extracted.script = rest.take();
    return extracted;
}

bool read_solution(ByteSpan solution, TxInputDraft& input)
{
    const auto copy = [](ByteSpan bytes) { return Bytes(bytes.begin(), bytes.end()); };
    Reader reader{solution};
    input.script_sig = copy(reader.sized_bytes());
    const std::uint64_t items = reader.compact_size();
    for (std::uint64_t i = 0; i < items && reader.ok(); ++i) input.witness.push_back(copy(reader.sized_bytes()));
    reader.expect_end();
    return reader.ok();
}

/// The Merkle root that the block would have with another coinbase.
Hash256 root_with_coinbase(const Block& block, const Txid& coinbase)
{
    std::vector<Hash256> leaves{coinbase.value};
    for (const Transaction& transaction : block.transactions.subspan(1)) leaves.push_back(transaction.txid.value);
    return merkle_root(std::move(leaves)).root;
}

TransactionRef make_to_spend(const Block& block, const Txid& coinbase, ByteSpan challenge)
{
    Writer signed_part;
    signed_part.i32(block.header.version).hash(block.header.previous);
    signed_part.hash256(root_with_coinbase(block, coinbase)).u32(block.header.time);
    TransactionDraft draft;
    draft.version = 0;
    draft.inputs.push_back({Outpoint{}, ScriptWriter{}.op(Opcode::k0).push(signed_part.view()).take(), 0, {}});
    draft.outputs.push_back({Amount{}, Bytes(challenge.begin(), challenge.end())});
    return draft.finish();
}

}  // namespace

std::optional<SignetTransactions> make_signet_transactions(const Block& block, ByteSpan challenge)
{
    if (block.transactions.empty()) return std::nullopt;
    const auto commitment = witness_commitment_index(block.transactions[0]);
    if (!commitment) return std::nullopt;

    TxInputDraft solution;
    TransactionDraft coinbase{block.transactions[0]};
    Bytes& script = coinbase.outputs[*commitment].script_pubkey;
    // Without a solution the challenge may still be one that anyone satisfies.
    if (auto extracted = extract_solution(script)) {
        if (!read_solution(extracted->solution, solution)) return std::nullopt;
        script = std::move(extracted->script);
    }
    SignetTransactions result;
    result.to_spend = make_to_spend(block, coinbase.finish()->txid, challenge);
    solution.prevout = {result.to_spend->txid, 0};
    solution.sequence = 0;
    TransactionDraft to_sign;
    to_sign.version = 0;
    to_sign.inputs.push_back(std::move(solution));
    to_sign.outputs.push_back({Amount{}, {static_cast<std::byte>(Opcode::kReturn)}});
    result.to_sign = to_sign.finish();
    return result;
}

bool has_signet_solution(const Block& block, const Params& params)
{
    if (block.hash == params.genesis_hash()) return true;
    const auto transactions = make_signet_transactions(block, params.signet_challenge);
    if (!transactions) return false;
    const TxOutput& spent = transactions->to_spend->outputs[0];
    SpentOutputs spent_outputs;
    spent_outputs.add(spent.value, spent.script_pubkey, 0, false);
    const SighashCache cache{*transactions->to_sign, spent_outputs};
    ImmediateVerifier verifier;
    return verify_input(*transactions->to_sign, 0, spent, cache, kSolutionFlags, verifier) == ScriptError::kOk;
}

}  // namespace cairn::consensus
