#pragma once
// Builds the transaction of a payment: coins, change, fee. It is signed afterwards.

#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "consensus/primitives/transaction_draft.h"
#include "keys/sign_transaction.h"
#include "policy/fee_rate.h"
#include "wallet/coin_groups.h"

namespace cairn::wallet {

struct PaymentOutput {
    Bytes script;
    Amount amount;
    bool subtract_fee = false;
};

/// The public parts of what signs for a script. Asked for the chosen coins only.
using ProviderOf = std::function<keys::SigningProvider(ByteSpan script)>;

/// What an input that spends `script` weighs, script and witness included; nothing if it cannot be signed for.
std::optional<Weight> input_weight(ByteSpan script, const keys::SigningProvider& provider);

struct PaymentPlan {
    std::vector<PaymentOutput> outputs;
    policy::FeeRate rate;
    policy::FeeRate calm_rate;     // what inputs will cost some day
    policy::FeeRate discard_rate;  // change that costs more to spend at this rate goes to the fee
    policy::FeeRate dust_rate;
    Amount maximum_fee;
    Bytes change_script;
    keys::SigningProvider change_provider;
    std::uint32_t lock_time = 0;
    std::uint32_t sequence = 0xfffffffd;
    bool group_by_script = false;  // coins of one script are spent together or not at all
    bool spend_unconfirmed = true;
    bool long_chains = false;  // see eligibilities()
};

struct BuiltPayment {
    TransactionDraft draft;  // not signed
    std::vector<std::optional<keys::SpentOutput>> spent;
    Amount fee;
    std::optional<std::uint32_t> change;  // its index
};

/// Pays with some of the coins, the deeper confirmed ones first, of one output type if they suffice. For unconfirmed
/// ancestors that pay less than the rate the fee makes up. An error is why there is no transaction, in Bitcoin Core's
/// words: "Insufficient funds", "Transaction amount too small", …
std::expected<BuiltPayment, std::string> build_payment(const PaymentPlan& plan, const std::vector<PaymentCoin>& coins,
                                                       const ProviderOf& provider_of, base::Random& random);

}  // namespace cairn::wallet
