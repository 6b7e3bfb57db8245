#pragma once
// Signs transactions: P2PK, P2PKH, bare, P2SH and P2WSH multisig, P2SH-P2WPKH, P2WPKH, P2TR by key, and by scripts of
// one key or multi_a.

#include <map>
#include <string>
#include <vector>

#include "consensus/primitives/amount.h"
#include "consensus/primitives/transaction_draft.h"
#include "keys/signing_provider.h"

namespace cairn::keys {

/// The output an input spends; an input whose output is not known cannot be signed.
struct SpentOutput {
    Amount value;
    Bytes script_pubkey;
};

/// Hash types as they are on the network. kDefault is SIGHASH_ALL before taproot.
inline constexpr int kSighashDefault = 0;
inline constexpr int kSighashAll = 1;
inline constexpr int kSighashNone = 2;
inline constexpr int kSighashSingle = 3;
inline constexpr int kSighashAnyoneCanPay = 0x80;
/// "ALL", "NONE|ANYONECANPAY", "DEFAULT", …
std::optional<int> sighash_type_from_name(std::string_view name);

/// Signs every input for which `provider` has keys, keeping and completing signatures that inputs of multisig already
/// have. Answers what is wrong with each input that is not complete, by index: Bitcoin Core's texts ("Input not found
/// or already spent", "Unable to sign input, invalid stack size (possibly missing key)", …). Empty: all complete.
/// `spent` in the order of the inputs. `auxiliary`: 32 random bytes for Schnorr nonces, or zeros.
std::map<std::size_t, std::string> sign_transaction(TransactionDraft& draft,
                                                    const std::vector<std::optional<SpentOutput>>& spent,
                                                    const SigningProvider& provider, int sighash_type = kSighashDefault,
                                                    const Hash256& auxiliary = {});

/// Weight of the script and witness of an input that spends `script`, as sign_transaction would make it with keys for
/// all of `provider`'s public keys; nothing if it could not be solved.
std::optional<Weight> satisfaction_weight(ByteSpan script, const SigningProvider& provider);

}  // namespace cairn::keys
