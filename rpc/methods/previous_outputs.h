#pragma once
// The outputs that a transaction to be signed spends: of the chain, of the mempool, or told by the caller.

#include <map>
#include <string>

#include "keys/signing_provider.h"
#include "rpc/methods/call.h"

namespace cairn::rpc {

struct PreviousOutput {
    Amount value;
    Bytes script_pubkey;
    bool amount_known = true;
    Height height = 1;
    bool coinbase = false;
};
using PreviousOutputs = std::map<Outpoint, PreviousOutput>;

/// Those that chain and mempool have.
PreviousOutputs find_previous_outputs(const Call& call, const Transaction& transaction);

/// Reads "prevtxs" into `outputs`. With `provider`, also the scripts of P2SH and P2WSH, which must fit.
void parse_previous_outputs(const Json& told, PreviousOutputs& outputs, keys::SigningProvider* provider);

/// "DEFAULT" where null; kInvalidParameter for an unknown one.
std::uint8_t parse_sighash(const Json& name);

/// { hex, complete, errors }; `errors` by index of the input.
Json signing_json(const Transaction& transaction, const std::map<std::size_t, std::string>& errors);

}  // namespace cairn::rpc
