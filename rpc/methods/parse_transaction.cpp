#include "consensus/script/script.h"
#include "crypto/hex.h"
#include "rpc/methods/call.h"

namespace cairn::rpc {

namespace {

bool is_sane_script(ByteSpan script)
{
    return script.size() <= kMaxScriptSize && has_valid_ops(script);
}

/// An encoding may read both with and without witness; of those, the one whose scripts make sense is meant.
bool is_plausible(const Transaction& transaction)
{
    if (!transaction.is_coinbase()) {
        for (const TxInput& input : transaction.inputs) {
            if (!is_sane_script(input.script_sig)) return false;
        }
    }
    for (const TxOutput& output : transaction.outputs) {
        if (!is_sane_script(output.script_pubkey)) return false;
    }
    return true;
}

TransactionRef try_decode(const Bytes& bytes, WitnessEncoding encoding)
{
    auto transaction = decode_transaction(bytes, encoding);
    return transaction ? *transaction : nullptr;
}

}  // namespace

TransactionRef parse_transaction(const std::string& hex, WitnessForm form, const std::string& message)
{
    const auto bytes = from_hex(hex);
    if (!bytes || bytes->empty()) refuse(Code::kDeserialization, message);
    TransactionRef with = form != WitnessForm::kOnlyWithout ? try_decode(*bytes, WitnessEncoding::kAllowed) : nullptr;
    if (with && is_plausible(*with)) return with;
    TransactionRef without = form != WitnessForm::kOnlyWith ? try_decode(*bytes, WitnessEncoding::kForbidden) : nullptr;
    if (without && is_plausible(*without)) return without;
    if (with) return with;
    if (without) return without;
    refuse(Code::kDeserialization, message);
}

}  // namespace cairn::rpc
