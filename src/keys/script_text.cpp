#include "keys/script_text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "crypto/hex.h"

namespace cairn::keys {
namespace {

constexpr unsigned kOpPushData4 = 0x4e;
constexpr unsigned kOpReturn = 0x6a;
constexpr std::size_t kMaxScriptSize = 10'000;

/// Names from 0x4f (OP_1NEGATE) to 0xba (OP_CHECKSIGADD).
constexpr unsigned kFirstNamed = 0x4f;
constexpr std::array<std::string_view, 108> kNames{
    "-1",
    "OP_RESERVED",
    "1",
    "2",
    "3",
    "4",
    "5",
    "6",
    "7",
    "8",
    "9",
    "10",
    "11",
    "12",
    "13",
    "14",
    "15",
    "16",
    "OP_NOP",
    "OP_VER",
    "OP_IF",
    "OP_NOTIF",
    "OP_VERIF",
    "OP_VERNOTIF",
    "OP_ELSE",
    "OP_ENDIF",
    "OP_VERIFY",
    "OP_RETURN",
    "OP_TOALTSTACK",
    "OP_FROMALTSTACK",
    "OP_2DROP",
    "OP_2DUP",
    "OP_3DUP",
    "OP_2OVER",
    "OP_2ROT",
    "OP_2SWAP",
    "OP_IFDUP",
    "OP_DEPTH",
    "OP_DROP",
    "OP_DUP",
    "OP_NIP",
    "OP_OVER",
    "OP_PICK",
    "OP_ROLL",
    "OP_ROT",
    "OP_SWAP",
    "OP_TUCK",
    "OP_CAT",
    "OP_SUBSTR",
    "OP_LEFT",
    "OP_RIGHT",
    "OP_SIZE",
    "OP_INVERT",
    "OP_AND",
    "OP_OR",
    "OP_XOR",
    "OP_EQUAL",
    "OP_EQUALVERIFY",
    "OP_RESERVED1",
    "OP_RESERVED2",
    "OP_1ADD",
    "OP_1SUB",
    "OP_2MUL",
    "OP_2DIV",
    "OP_NEGATE",
    "OP_ABS",
    "OP_NOT",
    "OP_0NOTEQUAL",
    "OP_ADD",
    "OP_SUB",
    "OP_MUL",
    "OP_DIV",
    "OP_MOD",
    "OP_LSHIFT",
    "OP_RSHIFT",
    "OP_BOOLAND",
    "OP_BOOLOR",
    "OP_NUMEQUAL",
    "OP_NUMEQUALVERIFY",
    "OP_NUMNOTEQUAL",
    "OP_LESSTHAN",
    "OP_GREATERTHAN",
    "OP_LESSTHANOREQUAL",
    "OP_GREATERTHANOREQUAL",
    "OP_MIN",
    "OP_MAX",
    "OP_WITHIN",
    "OP_RIPEMD160",
    "OP_SHA1",
    "OP_SHA256",
    "OP_HASH160",
    "OP_HASH256",
    "OP_CODESEPARATOR",
    "OP_CHECKSIG",
    "OP_CHECKSIGVERIFY",
    "OP_CHECKMULTISIG",
    "OP_CHECKMULTISIGVERIFY",
    "OP_NOP1",
    "OP_CHECKLOCKTIMEVERIFY",
    "OP_CHECKSEQUENCEVERIFY",
    "OP_NOP4",
    "OP_NOP5",
    "OP_NOP6",
    "OP_NOP7",
    "OP_NOP8",
    "OP_NOP9",
    "OP_NOP10",
    "OP_CHECKSIGADD",
};

unsigned at(ByteSpan bytes, std::size_t i)
{
    return std::to_integer<unsigned>(bytes[i]);
}

struct Operation {
    unsigned opcode = 0;
    ByteSpan data;
};

std::optional<Operation> take_operation(ByteSpan& rest)
{
    const unsigned opcode = at(rest, 0);
    std::size_t header = 1;
    std::size_t size = 0;
    if (opcode < 0x4c) size = opcode;
    if (opcode >= 0x4c && opcode <= kOpPushData4) {
        const std::size_t width = std::size_t{1} << (opcode - 0x4c);
        if (rest.size() < 1 + width) return std::nullopt;
        for (std::size_t i = 0; i < width; ++i) size |= static_cast<std::size_t>(at(rest, 1 + i)) << (8 * i);
        header += width;
    }
    if (rest.size() - header < size) return std::nullopt;
    const Operation operation{opcode, rest.subspan(header, size)};
    rest = rest.subspan(header + size);
    return operation;
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

/// One of the two integers of a DER signature, at `offset`: not empty, not negative, no padding that is not needed.
bool is_der_integer(ByteSpan signature, std::size_t offset, std::size_t size)
{
    if (size == 0 || at(signature, offset - 2) != 0x02) return false;
    if ((at(signature, offset) & 0x80) != 0) return false;
    return size == 1 || at(signature, offset) != 0 || (at(signature, offset + 1) & 0x80) != 0;
}

/// BIP66's form, with the hash type after it.
bool is_strict_der(ByteSpan signature)
{
    if (signature.size() < 9 || signature.size() > 73) return false;
    if (at(signature, 0) != 0x30 || at(signature, 1) != signature.size() - 3) return false;
    const std::size_t r_size = at(signature, 3);
    if (5 + r_size >= signature.size()) return false;
    const std::size_t s_size = at(signature, 5 + r_size);
    if (r_size + s_size + 7 != signature.size()) return false;
    return is_der_integer(signature, 4, r_size) && is_der_integer(signature, 6 + r_size, s_size);
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
    const auto sighash = show_sighash && is_strict_der(data) ? sighash_name(at(data, data.size() - 1)) : "";
    if (sighash.empty()) return to_hex(data);
    return to_hex(data.first(data.size() - 1)) + "[" + std::string(sighash) + "]";
}

}  // namespace

std::string_view opcode_name(unsigned opcode)
{
    if (opcode == 0) return "0";
    if (opcode == 0xff) return "OP_INVALIDOPCODE";
    if (opcode == 0x4c) return "OP_PUSHDATA1";
    if (opcode == 0x4d) return "OP_PUSHDATA2";
    if (opcode == kOpPushData4) return "OP_PUSHDATA4";
    if (opcode < kFirstNamed || opcode - kFirstNamed >= kNames.size()) return "OP_UNKNOWN";
    return kNames[opcode - kFirstNamed];
}

std::string script_to_asm(ByteSpan script, SighashNames names)
{
    const bool unspendable = (!script.empty() && at(script, 0) == kOpReturn) || script.size() > kMaxScriptSize;
    const bool show_sighash = names == SighashNames::kShown && !unspendable;
    std::string text;
    while (!script.empty()) {
        if (!text.empty()) text += ' ';
        const auto operation = take_operation(script);
        if (!operation) return text + "[error]";
        if (operation->opcode <= kOpPushData4) {
            text += push_text(operation->data, show_sighash);
        } else {
            text += opcode_name(operation->opcode);
        }
    }
    return text;
}

}  // namespace cairn::keys
