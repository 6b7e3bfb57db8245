// Signing transactions, with keys given and with a wallet's, and joining signatures.

#include <array>

#include "consensus/primitives/transaction_draft.h"
#include "crypto/hex.h"
#include "keys/sign_transaction.h"
#include "rpc/methods/previous_outputs.h"
#include "rpc/methods/tables.h"

namespace cairn::rpc {

namespace {

TransactionRef parse_unsigned(const Call& call)
{
    return parse_transaction(call["hexstring"].as_string(), WitnessForm::kTryBoth,
                             "TX decode failed. Make sure the tx has at least one input.");
}

keys::SigningProvider parse_private_keys(const Call& call)
{
    keys::SigningProvider provider;
    for (const Json& text : call["privkeys"].as_array()) {
        const auto key = keys::decode_wif(text.as_string(), call.context.addresses, *call.context.signing);
        if (!key) refuse(Code::kInvalidAddressOrKey, "Invalid private key");
        provider.add_private_key(*key);
    }
    return provider;
}

/// A witness signature commits to the amount: made without it, it is worthless.
void check_amounts_known(const Transaction& transaction, const PreviousOutputs& outputs)
{
    constexpr std::size_t kShown = 30;
    for (const TxInput& input : transaction.inputs) {
        const auto found = outputs.find(input.prevout);
        if (input.witness.empty() || found == outputs.end() || found->second.amount_known) continue;
        refuse(Code::kType, "Missing amount for CTxOut(nValue=21000000.00000000, scriptPubKey=" +
                                to_hex(found->second.script_pubkey).substr(0, kShown) + ")");
    }
}

Json signrawtransactionwithkey(const Call& call)
{
    const TransactionRef transaction = parse_unsigned(call);
    keys::SigningProvider provider = parse_private_keys(call);
    PreviousOutputs outputs = find_previous_outputs(call, *transaction);
    parse_previous_outputs(call["prevtxs"], outputs, &provider);
    std::vector<std::optional<keys::SpentOutput>> spent;
    for (const TxInput& input : transaction->inputs) {
        const auto found = outputs.find(input.prevout);
        spent.emplace_back();
        if (found != outputs.end()) spent.back() = keys::SpentOutput{found->second.value, found->second.script_pubkey};
    }
    Hash256 auxiliary;
    call.context.random->fill(auxiliary.bytes);
    TransactionDraft draft(*transaction);
    const auto errors = keys::sign_transaction(draft, spent, provider, parse_sighash(call["sighashtype"]), auxiliary);
    const TransactionRef finished = draft.finish();
    check_amounts_known(*finished, outputs);
    return signing_json(*finished, errors);
}

Json signrawtransactionwithwallet(const Call& call)
{
    const api::WalletRef wallet = call.wallet();
    const TransactionRef transaction = parse_unsigned(call);
    PreviousOutputs outputs = find_previous_outputs(call, *transaction);
    // The wallet has the scripts of its own coins: they need not be told.
    parse_previous_outputs(call["prevtxs"], outputs, nullptr);
    std::vector<api::UnspentOutput> known;
    for (const auto& [outpoint, output] : outputs) {
        known.push_back({outpoint, output.value, output.script_pubkey, output.height, output.coinbase});
    }
    std::vector<Bytes> scripts;
    const Json& told = call["prevtxs"];
    for (std::size_t i = 0; i < told.size(); ++i) {
        for (const char* name : {"redeemScript", "witnessScript"}) {
            if (!told[i][name].is_null()) scripts.push_back(parse_hex(told[i][name], name));
        }
    }
    const auto outcome = unwrap(wallet->sign(transaction, known, scripts, parse_sighash(call["sighashtype"])));
    check_amounts_known(*outcome.transaction, outputs);
    return signing_json(*outcome.transaction, outcome.errors);
}

/// Whatever its signatures: two that are alike but for them have the same.
Txid unsigned_txid(TransactionDraft draft)
{
    for (TxInputDraft& input : draft.inputs) {
        input.script_sig.clear();
        input.witness.clear();
    }
    return draft.finish()->txid;
}

std::vector<TransactionDraft> parse_variants(const Json& texts)
{
    if (texts.size() < 2) {
        refuse(Code::kDeserialization, "Missing transactions. At least two transactions required.");
    }
    std::vector<TransactionDraft> variants;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        variants.emplace_back(*parse_transaction(
            texts[i].as_string(), WitnessForm::kTryBoth,
            "TX decode failed for tx " + std::to_string(i) + ". Make sure the tx has at least one input."));
    }
    const Txid first = unsigned_txid(variants.front());
    for (std::size_t i = 1; i < variants.size(); ++i) {
        if (unsigned_txid(variants[i]) == first) continue;
        refuse(Code::kInvalidParameter,
               "Transaction number " + std::to_string(i + 1) + " not compatible with first transaction");
    }
    return variants;
}

Json combinerawtransaction(const Call& call)
{
    const std::vector<TransactionDraft> variants = parse_variants(call["txs"]);
    const PreviousOutputs outputs = find_previous_outputs(call, *variants.front().finish());
    std::vector<keys::SpentOutput> spent;
    for (const TxInputDraft& input : variants.front().inputs) {
        const auto found = outputs.find(input.prevout);
        if (found == outputs.end()) refuse(Code::kVerify, "Input not found or already spent");
        spent.push_back({found->second.value, found->second.script_pubkey});
    }
    return to_hex(keys::combine_transactions(variants, spent).encode());
}

}  // namespace

std::span<const Entry> sign_methods()
{
    static constexpr std::array kTable{Entry{"combinerawtransaction", combinerawtransaction},
                                       Entry{"signrawtransactionwithkey", signrawtransactionwithkey},
                                       Entry{"signrawtransactionwithwallet", signrawtransactionwithwallet}};
    return kTable;
}

}  // namespace cairn::rpc
