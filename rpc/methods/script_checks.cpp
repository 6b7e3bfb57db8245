#include "rpc/methods/script_checks.h"

namespace cairn::rpc {

namespace {

constexpr std::size_t kMaxScriptSize = 10'000;
constexpr std::size_t kMaxPush = 520;
constexpr unsigned kReturn = 0x6a;
constexpr unsigned kNop10 = 0xb9;
constexpr unsigned kCheckSigAdd = 0xba;

/// BIP342.
bool is_op_success(unsigned opcode)
{
    return opcode == 80 || opcode == 98 || (opcode >= 126 && opcode <= 129) || (opcode >= 131 && opcode <= 134) ||
           opcode == 137 || opcode == 138 || opcode == 141 || opcode == 142 || (opcode >= 149 && opcode <= 153) ||
           (opcode >= 187 && opcode <= 254);
}

}  // namespace

std::optional<ScriptOperation> next_operation(ByteSpan& rest)
{
    if (rest.empty()) return std::nullopt;
    ScriptOperation operation{std::to_integer<unsigned>(rest[0])};
    rest = rest.subspan(1);
    if (operation.opcode <= 75) operation.push_size = operation.opcode;
    if (operation.opcode >= 76 && operation.opcode <= 78) {
        const std::size_t width = std::size_t{1} << (operation.opcode - 76);
        if (rest.size() < width) return std::nullopt;
        for (std::size_t i = 0; i < width; ++i) operation.push_size |= std::to_integer<std::size_t>(rest[i]) << (8 * i);
        rest = rest.subspan(width);
    }
    if (rest.size() < operation.push_size) return std::nullopt;
    rest = rest.subspan(operation.push_size);
    return operation;
}

bool has_valid_operations(ByteSpan script)
{
    while (!script.empty()) {
        const auto operation = next_operation(script);
        if (!operation || operation->opcode > kNop10 || operation->push_size > kMaxPush) return false;
    }
    return true;
}

bool is_sane_script(ByteSpan script)
{
    return script.size() <= kMaxScriptSize && has_valid_operations(script);
}

bool is_unspendable(ByteSpan script)
{
    return (!script.empty() && std::to_integer<unsigned>(script[0]) == kReturn) || script.size() > kMaxScriptSize;
}

bool has_tapscript_operations(ByteSpan script)
{
    while (!script.empty()) {
        const auto operation = next_operation(script);
        if (!operation) return false;
        if (operation->opcode == kCheckSigAdd || is_op_success(operation->opcode)) return true;
    }
    return false;
}

}  // namespace cairn::rpc
