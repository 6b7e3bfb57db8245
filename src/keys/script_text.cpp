#include "keys/script_text.h"

#include <cstdint>

#include "consensus/script/script.h"
#include "consensus/script/signature_encoding.h"
#include "crypto/hex.h"

namespace cairn::keys {
namespace {

unsigned at(ByteSpan bytes, std::size_t i)
{
    return std::to_integer<unsigned>(bytes[i]);
}

/// A little-endian number with a sign bit, of at most 4 bytes.
std::int64_t script_number(ByteSpan data)
{
    if (data.empty()) return 0;
    std::int64_t value = 0;
    for (std::size_t i = 0; i < data.size(); ++i) value |= static_cast<std::int64_t>(at(data, i)) << (8 * i);
    const std::int64_t sign = std::int64_t{0x80} << (8 * (data.size() - 1));
    return (value & sign) != 0 ? -(value & ~sign) : value;
}

std::string_view sighash_name(unsigned type)
{
    switch (type) {
        case 0x01:
            return "ALL";
        case 0x02:
            return "NONE";
        case 0x03:
            return "SINGLE";
        case 0x81:
            return "ALL|ANYONECANPAY";
        case 0x82:
            return "NONE|ANYONECANPAY";
        case 0x83:
            return "SINGLE|ANYONECANPAY";
        default:
            return {};
    }
}

std::string push_text(ByteSpan data, bool show_sighash)
{
    if (data.size() <= 4) return std::to_string(script_number(data));
    const bool signature = show_sighash && consensus::is_der_signature(data);
    const auto sighash = signature ? sighash_name(at(data, data.size() - 1)) : "";
    if (sighash.empty()) return to_hex(data);
    return to_hex(data.first(data.size() - 1)) + "[" + std::string(sighash) + "]";
}

}  // namespace

std::string script_to_asm(ByteSpan script, SighashNames names)
{
    const bool unspendable =
        (!script.empty() && script[0] == static_cast<std::byte>(Opcode::kReturn)) || script.size() > kMaxScriptSize;
    const bool show_sighash = names == SighashNames::kShown && !unspendable;
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
