#include "keys/script_text.h"

#include <cstdint>

#include "consensus/script/script.h"
#include "consensus/script/script_number.h"
#include "consensus/script/signature_encoding.h"
#include "crypto/hex.h"
#include "keys/sign_transaction.h"

namespace cairn::keys {
namespace {

std::string push_text(ByteSpan data, bool show_sighash)
{
    if (const auto number = decode_number(data, false)) return std::to_string(*number);
    const bool signature = show_sighash && consensus::is_der_signature(data);
    const auto sighash = signature ? sighash_type_name(std::to_integer<std::uint8_t>(data.back())) : std::nullopt;
    if (!sighash) return to_hex(data);
    return to_hex(data.first(data.size() - 1)) + "[" + std::string(*sighash) + "]";
}

}  // namespace

std::string script_to_asm(ByteSpan script, SighashNames names)
{
    const bool show_sighash = names == SighashNames::kShown && !is_unspendable(script);
    std::string text;
    for (ScriptReader reader{script}; !reader.at_end();) {
        if (!text.empty()) text += ' ';
        const auto instruction = reader.next();
        if (!instruction) return text + "[error]";
        text += instruction->is_push() ? push_text(instruction->data, show_sighash)
                                       : std::string(opcode_name(instruction->opcode));
    }
    return text;
}

}  // namespace cairn::keys
