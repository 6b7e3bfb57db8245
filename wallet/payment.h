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

namespace cairn::wallet {

struct PaymentOutput {
    Bytes script;
    Amount amount;
    bool subtract_fee = false;
};

struct PaymentCoin {
    Outpoint outpoint;
    keys::SpentOutput spent;
    Weight input_weight = 0;  // once it is signed; see input_weight()
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
};

struct BuiltPayment {
    TransactionDraft draft;  // not signed
    std::vector<std::optional<keys::SpentOutput>> spent;
    keys::SigningProvider provider;
    Amount fee;
    std::optional<std::uint32_t> change;  // its index
};

/// Why there is no transaction.
struct PaymentError {
    enum class Kind : std::uint8_t {
        kCoins,    // the coins offered do not suffice: more of them might
        kPayment,  // no coins help
    };
    Kind kind = Kind::kPayment;
    std::string message;  // Bitcoin Core's: "Insufficient funds", "Transaction amount too small", …
};

/// Tries the groups of coins in turn, each with those before it, until they suffice.
std::expected<BuiltPayment, PaymentError> build_payment(const PaymentPlan& plan,
                                                        const std::vector<std::vector<PaymentCoin>>& groups,
                                                        const ProviderOf& provider_of, base::Random& random);

}  // namespace cairn::wallet
