// sendrawtransaction and testmempoolaccept.

#include <array>

#include "consensus/script/script.h"
#include "policy/fee_rate.h"
#include "policy/package.h"
#include "rpc/methods/render.h"
#include "rpc/methods/tables.h"

namespace cairn::rpc {

namespace {

/// The highest rate that may be paid; 0: any.
policy::FeeRate max_fee_rate(const Call& call)
{
    const Amount rate = call["maxfeerate"].as_amount();
    if (rate >= kCoin) {
        refuse(Code::kInvalidParameter, "Fee rates larger than or equal to 1BTC/kvB are not accepted");
    }
    return policy::FeeRate{rate};
}

void check_outputs_not_burnt(const Transaction& transaction, Amount limit)
{
    for (const TxOutput& output : transaction.outputs) {
        const bool burnt = is_unspendable(output.script_pubkey) || !has_valid_ops(output.script_pubkey);
        if (burnt && output.value > limit) {
            refuse(Code::kVerify, "Unspendable output exceeds maximum configured by user (maxburnamount)");
        }
    }
}

[[noreturn]] void refuse_outcome(const api::SubmitOutcome& outcome)
{
    if (outcome.status == api::SubmitStatus::kMissingInputs) {
        refuse(Code::kVerify, outcome.reason.empty() ? "bad-txns-inputs-missingorspent" : outcome.reason);
    }
    if (outcome.reason == "max-fee-exceeded") {
        refuse(Code::kVerify, "Fee exceeds maximum configured by user (e.g. -maxtxfee, maxfeerate)");
    }
    refuse(Code::kVerifyRejected, outcome.detail.empty() ? outcome.reason : outcome.detail);
}

Json sendrawtransaction(const Call& call)
{
    const Amount max_burnt = call["maxburnamount"].as_amount();
    const TransactionRef transaction = parse_transaction(call["hexstring"].as_string(), WitnessForm::kTryBoth,
                                                         "TX decode failed. Make sure the tx has at least one input.");
    check_outputs_not_burnt(*transaction, max_burnt);
    const Amount limit = max_fee_rate(call).fee_for(policy::virtual_size(transaction->weight()));
    for (std::uint32_t i = 0; i < transaction->outputs.size(); ++i) {
        if (call.chain().coin({transaction->txid, i}, false).coin) {
            refuse(Code::kAlreadyInUtxoSet, "Transaction outputs already in utxo set");
        }
    }
    api::SubmitOptions options;
    if (limit > Amount{}) options.max_fee = limit;
    const api::SubmitOutcome outcome = call.mempool().submit(transaction, options);
    const bool taken =
        outcome.status == api::SubmitStatus::kAccepted || outcome.status == api::SubmitStatus::kAlreadyInMempool;
    if (!taken) refuse_outcome(outcome);
    call.control().sync_event_queues();
    return transaction->txid.to_hex();
}

std::vector<TransactionRef> parse_package(const Json& list)
{
    if (list.empty() || list.size() > policy::kMaxPackageCount) {
        refuse(Code::kInvalidParameter,
               "Array must contain between 1 and " + std::to_string(policy::kMaxPackageCount) + " transactions.");
    }
    std::vector<TransactionRef> transactions;
    for (const Json& hex : list.as_array()) {
        transactions.push_back(
            parse_transaction(hex.as_string(), WitnessForm::kTryBoth,
                              "TX decode failed: " + hex.as_string() + " Make sure the tx has at least one input."));
    }
    return transactions;
}

Json fees_json(const api::SubmitOutcome& outcome)
{
    Json fees = Json::object();
    fees.set("base", outcome.fee).set("effective-feerate", outcome.effective_fee_rate);
    return std::move(fees.set("effective-includes", hash_list(outcome.effective_includes)));
}

void append_verdict(Json& entry, const api::SubmitOutcome& outcome)
{
    if (outcome.status == api::SubmitStatus::kAccepted) {
        entry.set("allowed", true).set("vsize", outcome.virtual_size).set("fees", fees_json(outcome));
    } else if (outcome.status == api::SubmitStatus::kMissingInputs) {
        entry.set("allowed", false).set("reject-reason", "missing-inputs");
    } else {
        entry.set("allowed", false).set("reject-reason", outcome.reason);
        entry.set("reject-details", outcome.detail.empty() ? outcome.reason : outcome.detail);
    }
}

Json testmempoolaccept(const Call& call)
{
    const std::vector<TransactionRef> transactions = parse_package(call["rawtxs"]);
    const policy::FeeRate max_rate = max_fee_rate(call);
    const api::PackageOutcome package = call.mempool().test_accept(transactions);
    Json out = Json::array();
    // What follows one that pays too much would not be sent, and so has no verdict.
    bool ended = false;
    for (std::size_t i = 0; i < transactions.size(); ++i) {
        api::SubmitOutcome outcome;
        outcome.status = api::SubmitStatus::kNotValidated;
        if (i < package.transactions.size()) outcome = package.transactions[i];
        Json entry = Json::object();
        entry.set("txid", transactions[i]->txid.to_hex()).set("wtxid", transactions[i]->wtxid.to_hex());
        if (!package.package_error.empty()) entry.set("package-error", package.package_error);
        const bool accepted = outcome.status == api::SubmitStatus::kAccepted;
        const Amount limit = max_rate.fee_for(outcome.virtual_size);  // signature operations count
        if (!ended && accepted && limit > Amount{} && outcome.fee > limit) {
            entry.set("allowed", false).set("reject-reason", "max-fee-exceeded");
            ended = true;
        } else if (!ended && outcome.status != api::SubmitStatus::kNotValidated) {
            append_verdict(entry, outcome);
        }
        out.push(std::move(entry));
    }
    return out;
}

}  // namespace

std::span<const Entry> send_methods()
{
    static constexpr std::array kTable{Entry{"sendrawtransaction", sendrawtransaction},
                                       Entry{"testmempoolaccept", testmempoolaccept}};
    return kTable;
}

}  // namespace cairn::rpc
