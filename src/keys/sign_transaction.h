#pragma once
// Signs transactions: P2PK, P2PKH, bare, P2SH and P2WSH multisig, P2SH-P2WPKH, P2WPKH, P2TR by key, and by scripts of
// one key or multi_a.

#include <map>
#include <string>
#include <vector>

#include "consensus/primitives/amount.h"
#include "consensus/primitives/transaction_draft.h"
#include "consensus/script/sighash.h"
#include "keys/signing_provider.h"

namespace cairn::keys {

/// The output an input spends; an input whose output is not known cannot be signed.
struct SpentOutput {
    Amount value;
    Bytes script_pubkey;
};

/// The hash type that RPC calls "ALL", "NONE|ANYONECANPAY", "DEFAULT" and so on.
std::optional<std::uint8_t> sighash_type_from_name(std::string_view name);
/// The inverse for the types that stand behind a signature: not of DEFAULT.
std::optional<std::string_view> sighash_type_name(std::uint8_t type);

/// Signs every input for which `provider` has keys, keeping and completing signatures that inputs of multisig already
/// have. Answers what is wrong with each input that is not complete, by index: Bitcoin Core's texts ("Input not found
/// or already spent", "Unable to sign input, invalid stack size (possibly missing key)", …). Empty: all complete.
/// `spent` in the order of the inputs. `auxiliary`: 32 random bytes for Schnorr nonces, or zeros.
std::map<std::size_t, std::string> sign_transaction(TransactionDraft& draft,
                                                    const std::vector<std::optional<SpentOutput>>& spent,
                                                    const SigningProvider& provider,
                                                    std::uint8_t sighash_type = consensus::kSighashDefault,
                                                    const Hash256& auxiliary = {});

/// One transaction with what `variants` (one at least, alike but for their signatures) have together: each input as it
/// is complete in one of them, else, where it is of multisig, with the signatures of all. `spent` as above.
TransactionDraft combine_transactions(const std::vector<TransactionDraft>& variants,
                                      const std::vector<SpentOutput>& spent);

/// Puts into `input` a script and witness of the sizes that sign_transaction would give it with private keys for all
/// public keys of `provider`: for the size of a transaction before it is signed. False if it could not be solved.
bool fill_with_dummies(TxInputDraft& input, ByteSpan script_pubkey, const SigningProvider& provider);

}  // namespace cairn::keys
