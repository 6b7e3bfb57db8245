// How a wallet pays.

#include <algorithm>

#include "base/log.h"
#include "keys/address.h"
#include "policy/options.h"
#include "wallet/loaded_wallet.h"

namespace cairn::wallet {

using api::ErrorCode;

namespace {

/// A tip older than this says nothing of the height that miners work at.
constexpr std::int64_t kRecentTip = 8 * 60 * 60;

std::string per_vbyte(Amount per_kvb)
{
    std::string decimals = std::to_string(per_kvb.satoshis() % 1000);
    decimals.insert(0, 3 - decimals.size(), '0');
    return std::to_string(per_kvb.satoshis() / 1000) + '.' + decimals + " sat/vB";
}

/// Of a rate that the user asks for, which is never raised behind their back.
std::string too_low(Amount rate, Amount wallets_minimum, Amount relay_minimum)
{
    return "Fee rate (" + per_vbyte(rate) + ") is lower than the minimum fee rate setting (" +
           per_vbyte(std::max(wallets_minimum, relay_minimum)) + ").\nConsider modifying -mintxfee (" +
           per_vbyte(wallets_minimum) + ") or -minrelaytxfee (" + per_vbyte(relay_minimum) + ").";
}

keys::OutputType output_type_of(ByteSpan script)
{
    switch (policy::classify_script(script).type) {
        case policy::ScriptType::kWitnessV1Taproot:
            return keys::OutputType::kBech32m;
        case policy::ScriptType::kWitnessV0KeyHash:
        case policy::ScriptType::kWitnessV0ScriptHash:
            return keys::OutputType::kBech32;
        case policy::ScriptType::kScriptHash:
            return keys::OutputType::kP2shSegwit;
        default:
            return keys::OutputType::kLegacy;
    }
}

}  // namespace

api::Result<policy::FeeRate> LoadedWallet::choose_rate(std::optional<Amount> wanted, std::string& reason) const
{
    const WalletSettings& settings = shared_.settings;
    const auto mempool = around().mempool.info();
    if (wanted) {
        if (*wanted < std::max(settings.minimum_fee, mempool.minimum_relay_fee)) {
            return refuse(ErrorCode::kWalletInsufficientFunds,
                          too_low(*wanted, settings.minimum_fee, mempool.minimum_relay_fee));
        }
        reason = "PayTxFee set";
        return policy::FeeRate{*wanted};
    }
    if (settings.fallback_fee == Amount{}) {
        return refuse(ErrorCode::kWalletInsufficientFunds,
                      "Fee estimation failed. Fallbackfee is disabled. Wait a few blocks or enable -fallbackfee.");
    }
    const Amount least = std::max({settings.minimum_fee, mempool.minimum_fee, mempool.minimum_relay_fee});
    reason = settings.fallback_fee < least ? "Minimum Required Fee" : "Fallback fee";
    return policy::FeeRate{std::max(settings.fallback_fee, least)};
}

keys::OutputType LoadedWallet::change_type(const std::vector<PaymentOutput>& outputs) const
{
    if (shared_.settings.change_type) return *shared_.settings.change_type;
    if (shared_.settings.address_type == keys::OutputType::kLegacy) return keys::OutputType::kLegacy;
    // Change that looks like a payment of the transaction hides which one it is.
    for (const auto type : {keys::OutputType::kBech32m, keys::OutputType::kBech32, keys::OutputType::kP2shSegwit,
                            keys::OutputType::kLegacy}) {
        const bool paid = std::ranges::any_of(
            outputs, [&](const PaymentOutput& output) { return output_type_of(output.script) == type; });
        if (paid && descriptors_.active({type, true}) != nullptr) return type;
    }
    for (const auto type : {keys::OutputType::kBech32m, keys::OutputType::kBech32}) {
        if (descriptors_.active({type, true}) != nullptr) return type;
    }
    return shared_.settings.address_type;
}

void LoadedWallet::set_anti_fee_sniping(PaymentPlan& plan) const
{
    const auto tip = around().chain.block_info(last_block_);
    const bool recent = tip && !around().chain.in_initial_block_download() &&
                        static_cast<std::int64_t>(tip->header.time) >= now() - kRecentTip;
    if (!recent) return;
    plan.lock_time = static_cast<std::uint32_t>(last_height_);
    // Now and then a little earlier, as delayed transactions of others are.
    if (around().random.below(10) == 0) {
        const auto back = static_cast<std::uint32_t>(around().random.below(100));
        plan.lock_time -= std::min(plan.lock_time, back);
    }
}

api::Result<PaymentPlan> LoadedWallet::plan_payment(const api::SendRequest& request)
{
    PaymentPlan plan;
    for (const api::Payment& payment : request.payments) {
        plan.outputs.push_back({keys::script_for(payment.to), payment.amount, payment.subtract_fee});
    }
    plan.calm_rate = policy::FeeRate{shared_.settings.calm_fee};
    plan.discard_rate = policy::FeeRate{std::max(shared_.settings.discard_fee, shared_.settings.dust_relay_fee)};
    plan.dust_rate = policy::FeeRate{shared_.settings.dust_relay_fee};
    plan.maximum_fee = shared_.settings.maximum_fee;
    plan.spend_unconfirmed = shared_.settings.spend_unconfirmed_change;
    plan.long_chains = !shared_.settings.reject_long_chains;
    plan.sequence = request.replaceable.value_or(shared_.settings.replaceable) ? 0xfffffffd : 0xfffffffe;
    set_anti_fee_sniping(plan);
    const ActiveRole role{change_type(plan.outputs), true};
    // Only looked at: seen in the transaction, it is handed out no more.
    const OwnedDescriptor* owner = descriptors_.active(role);
    if (owner == nullptr) {
        return refuse(ErrorCode::kWalletInsufficientFunds,
                      "Transaction needs a change address, but we can't generate it. Error: No " +
                          std::string(keys::name(role.type)) + " addresses available.");
    }
    const auto script = keep_in_step([&] { return descriptors_.peek_next(*database_, vault_, role); });
    if (!script) {
        return refuse(ErrorCode::kWalletInsufficientFunds,
                      "Transaction needs a change address, but we can't generate it. Error: Keypool ran out, please "
                      "call keypoolrefill first");
    }
    plan.change_script = *script;
    plan.change_provider = descriptors_.provider_of(*descriptors_.place_of(*script));
    return plan;
}

keys::SigningProvider LoadedWallet::provider_for(ByteSpan script, bool with_private_keys) const
{
    const auto place = descriptors_.place_of(script);
    if (!place) return {};
    keys::SigningProvider provider = descriptors_.provider_of(*place);
    if (with_private_keys) {
        provider.merge(place->owner->descriptor.expand_private(place->position, vault_.keys_of(place->owner->id)));
    }
    return provider;
}

std::optional<Weight> LoadedWallet::weight_of_input(ByteSpan script, InputWeights& known) const
{
    const auto place = descriptors_.place_of(script);
    if (!place) return std::nullopt;
    // A descriptor's scripts of one length are of one form, with keys of one size (combo() has four lengths).
    const auto [found, is_new] = known.try_emplace({place->owner->id, script.size()});
    if (is_new) found->second = input_weight(script, descriptors_.provider_of(*place));
    return found->second;
}

std::vector<PaymentCoin> LoadedWallet::spendable_coins(bool leaves_used, const policy::FeeRate& rate) const
{
    std::vector<PaymentCoin> coins;
    InputWeights weights;
    for (const OwnedCoin& coin : ledger_.coins()) {
        const LedgerEntry& entry = *coin.entry;
        if (ledger_.spent(coin.outpoint) != Spent::kNo || locked_.contains(coin.outpoint)) continue;
        if (ledger_.is_immature_coinbase(entry) || !is_safe(entry)) continue;
        const int depth = ledger_.depth(entry);
        // What is ours has another version, and may not spend it before it is confirmed.
        if (depth == 0 && entry.transaction().version == policy::kTrucVersion) continue;
        if (leaves_used && is_used(coin.output.script_pubkey)) continue;
        const ByteSpan script = coin.output.script_pubkey;
        const auto weight = weight_of_input(script, weights);
        if (!weight) continue;
        coins.push_back({.outpoint = coin.outpoint,
                         .spent = {coin.output.value, Bytes(script.begin(), script.end())},
                         .input_weight = *weight,
                         .type = output_type_of(script),
                         .depth = depth,
                         .own = ledger_.spends_ours(entry.transaction())});
    }
    add_burdens(coins, rate);
    // Where there are more of one script than a group holds, their order would say which are left.
    around().random.shuffle(coins);
    return coins;
}

void LoadedWallet::add_burdens(std::vector<PaymentCoin>& coins, const policy::FeeRate& rate) const
{
    std::vector<Txid> unconfirmed;
    for (const PaymentCoin& coin : coins) {
        if (coin.depth == 0) unconfirmed.push_back(coin.outpoint.txid);
    }
    if (unconfirmed.empty()) return;
    auto burdens = around().mempool.burdens(unconfirmed, rate.per_kvb());
    auto next = burdens.begin();
    for (PaymentCoin& coin : coins) {
        if (coin.depth == 0) coin.burden = std::move(*next++);
    }
}

std::expected<BuiltPayment, std::string> LoadedWallet::build_best(PaymentPlan plan,
                                                                  const std::vector<PaymentCoin>& coins)
{
    const auto provider_of = [this](ByteSpan script) { return provider_for(script, false); };
    auto payment = build_payment(plan, coins, provider_of, around().random);
    const auto& limit = shared_.settings.grouping_fee;
    if (!payment || plan.group_by_script || !limit || !share_scripts(coins)) return payment;
    plan.group_by_script = true;
    auto grouped = build_payment(plan, coins, provider_of, around().random);
    if (!grouped) return payment;
    const bool is_better = grouped->fee <= payment->fee + *limit;
    base::log_info("Wallet {}: Fee non-grouped = {}, grouped = {}, using {}", name_, payment->fee.satoshis(),
                   grouped->fee.satoshis(), is_better ? "grouped" : "non-grouped");
    return is_better ? std::move(grouped) : std::move(payment);
}

api::Result<TransactionRef> LoadedWallet::sign_payment(BuiltPayment& payment)
{
    keys::SigningProvider provider;
    for (const auto& spent : payment.spent) provider.merge(provider_for(spent->script_pubkey, true));
    Hash256 auxiliary;
    around().random.fill(auxiliary.bytes);
    const auto errors = keys::sign_transaction(payment.draft, payment.spent, provider, 0, auxiliary);
    if (!errors.empty()) return refuse(ErrorCode::kWalletInsufficientFunds, "Signing transaction failed");
    TransactionRef transaction = payment.draft.finish();
    if (transaction->weight() > policy::kMaxStandardTransactionWeight) {
        return refuse(ErrorCode::kWalletInsufficientFunds, "Transaction too large");
    }
    return transaction;
}

void LoadedWallet::commit(const TransactionRef& transaction, const api::SendRequest& request)
{
    TransactionRecord record;
    record.transaction = transaction;
    record.time_received = static_cast<std::uint32_t>(now());
    record.values["timesmart"] = std::to_string(now());
    if (!request.comment.empty()) record.values["comment"] = request.comment;
    if (!request.comment_to.empty()) record.values["to"] = request.comment_to;
    try {
        keep_in_step([&] {
            take_in(std::move(record), TransactionState{});
            return true;
        });
    } catch (const base::EnvironmentError&) {
        // The caller hears that nothing was paid: so it must not be there, and sent later.
        take_back(transaction->txid);
        throw;
    }
}

void LoadedWallet::take_back(const Txid& txid)
{
    if (!database_ || ledger_.find(txid) == nullptr) return;
    keep_in_step([&] {
        ledger_.erase(txid);
        database_->erase(record_key("tx", txid.value));
        return true;
    });
}

api::Result<api::SendResult> LoadedWallet::send(const api::SendRequest& request)
{
    api::SendResult result;
    TransactionRef transaction;
    {
        const Lock lock = enter();
        if (auto error = closed()) return std::unexpected(*error);
        if ((flags_ & kFlagNoPrivateKeys) != 0) {
            return refuse(ErrorCode::kWallet, "Error: Private keys are disabled for this wallet");
        }
        if (auto error = need_unlocked()) return std::unexpected(*error);
        const auto rate = choose_rate(request.fee_rate, result.fee_reason);
        if (!rate) return std::unexpected(rate.error());
        auto plan = plan_payment(request);
        if (!plan) return std::unexpected(plan.error());
        plan->rate = *rate;
        const bool leaves_used = request.avoid_reuse && (flags_ & kFlagAvoidReuse) != 0;
        plan->group_by_script = shared_.settings.avoid_partial_spends || leaves_used;
        auto payment = build_best(*plan, spendable_coins(leaves_used, *rate));
        if (!payment) return refuse(ErrorCode::kWalletInsufficientFunds, payment.error());
        auto signed_one = sign_payment(*payment);
        if (!signed_one) return std::unexpected(signed_one.error());
        transaction = *signed_one;
        // Coins are chosen by what each takes on; together it may still be too much.
        if (shared_.settings.reject_long_chains && !around().mempool.has_room_for(*transaction)) {
            return refuse(ErrorCode::kWalletInsufficientFunds, "too many unconfirmed transactions in cluster");
        }
        // On the disk before anybody else hears of it.
        commit(transaction, request);
    }
    if (shared_.settings.broadcast) {
        const auto outcome = around().mempool.submit(transaction, {.max_fee = std::nullopt, .relay = true});
        if (outcome.status != api::SubmitStatus::kAccepted && outcome.status != api::SubmitStatus::kAlreadyInMempool) {
            // It stays in the wallet, and is offered again later.
            base::log_warning("Wallet {}: transaction {} was not accepted: {}", name_, transaction->txid.to_hex(),
                              outcome.reason);
        }
    }
    result.txid = transaction->txid;
    return result;
}

api::Result<LoadedWallet::SignOutcome> LoadedWallet::sign(const TransactionRef& transaction,
                                                          std::span<const api::UnspentOutput> spent,
                                                          std::span<const Bytes> scripts, std::uint8_t sighash)
{
    const Lock lock = enter();
    if (auto error = closed()) return std::unexpected(*error);
    if (auto error = need_unlocked()) return std::unexpected(*error);
    TransactionDraft draft{*transaction};
    keys::SigningProvider provider;
    for (const Bytes& script : scripts) provider.add_script(script);
    std::vector<std::optional<keys::SpentOutput>> outputs;
    for (const TxInput& input : transaction->inputs) {
        std::optional<keys::SpentOutput> output;
        const auto given = std::ranges::find(spent, input.prevout, &api::UnspentOutput::outpoint);
        if (given != spent.end()) {
            output = {given->value, given->script_pubkey};
        } else if (const TxOutput* ours = ledger_.our_output(input.prevout)) {
            output = {ours->value, Bytes(ours->script_pubkey.begin(), ours->script_pubkey.end())};
        }
        if (output) provider.merge(provider_for(output->script_pubkey, true));
        outputs.push_back(std::move(output));
    }
    Hash256 auxiliary;
    around().random.fill(auxiliary.bytes);
    auto errors = keys::sign_transaction(draft, outputs, provider, sighash, auxiliary);
    return SignOutcome{draft.finish(), std::move(errors)};
}

}  // namespace cairn::wallet
