#pragma once
// Chain data as JSON, in Bitcoin Core's fields and order.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "api/chain_view.h"
#include "consensus/primitives/transaction.h"
#include "keys/address_format.h"
#include "keys/signing_provider.h"
#include "rpc/spec/json.h"

namespace cairn::rpc {

/// An array of hashes, as they are shown.
template <class Hash>
Json hash_list(const std::vector<Hash>& hashes)
{
    Json out = Json::array();
    for (const Hash& hash : hashes) out.push(hash.to_hex());
    return out;
}
/// An array of the items in hex.
Json hex_list(std::span<const ByteSpan> items);
/// Eight lower-case digits.
std::string hex32(std::uint32_t value);
/// Proof of work as a multiple of the least that main allows.
double difficulty(std::uint32_t bits);  // floating: difficulty

enum class ScriptParts { kWithHex, kWithoutHex };
/// { asm, desc, hex, address, type }. With a provider, desc says more.
Json script_json(ByteSpan script, const keys::AddressFormat& format, ScriptParts parts = ScriptParts::kWithHex,
                 const keys::SigningProvider* provider = nullptr);

/// What a transaction's inputs spend, where that is known: outputs `first`… of `outputs`.
struct SpentView {
    const SpentOutputs* outputs = nullptr;
    std::size_t first = 0;
    bool shown = false;  // as "prevout"; else only the fee is computed
};
/// Appends to `entry`: txid … vout, and with a spent view the fee.
void append_transaction(Json& entry, const Transaction& transaction, const keys::AddressFormat& format,
                        const SpentView& spent = {});

/// The fields of getblockheader.
Json header_json(const api::BlockInfo& block);
/// getblock with verbosity 1 to 3. `spent` may be null: no fees, no prevouts.
Json block_json(const api::BlockInfo& info, const Block& block, int verbosity, const SpentOutputs* spent,
                const keys::AddressFormat& format);

}  // namespace cairn::rpc
