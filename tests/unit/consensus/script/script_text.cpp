#include "script_text.h"

#include <algorithm>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>

#include "consensus/script/script.h"
#include "crypto/hex.h"

namespace cairn::test {
namespace {

std::map<std::string, Opcode, std::less<>> make_names()
{
    std::map<std::string, Opcode, std::less<>> names;
    for (int value = static_cast<int>(Opcode::kNop); value <= static_cast<int>(Opcode::kCheckSigAdd); ++value) {
        const auto opcode = static_cast<Opcode>(value);
        const std::string name{opcode_name(opcode)};
        names[name] = opcode;
        names[name.substr(3)] = opcode;
    }
    names["OP_RESERVED"] = names["RESERVED"] = Opcode::kReserved;
    return names;
}

bool is_number(std::string_view word)
{
    if (word.starts_with('-')) word.remove_prefix(1);
    return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

ScriptFlags flag_from_name(const std::string& name)
{
    for (std::uint32_t bit = 1; bit <= kVerifyAll.bits(); bit <<= 1) {
        if (script_flag_names(ScriptFlags{bit}) == std::vector{name}) return ScriptFlags{bit};
    }
    throw std::runtime_error("no flag: " + name);
}

}  // namespace

Bytes bytes_from_hex(std::string_view hex)
{
    const auto bytes = from_hex(hex);
    if (!bytes) throw std::runtime_error("not hex: " + std::string{hex});
    return *bytes;
}

Bytes script_from_text(std::string_view text)
{
    static const auto names = make_names();
    ScriptWriter script;
    std::istringstream words{std::string{text}};
    for (std::string word; words >> word;) {
        if (is_number(word)) {
            script.push_number(std::stoll(word));
        } else if (word.starts_with("0x")) {
            script.append(bytes_from_hex(word.substr(2)));
        } else if (word.size() >= 2 && word.starts_with('\'') && word.ends_with('\'')) {
            const std::string_view inner = std::string_view{word}.substr(1, word.size() - 2);
            script.push(std::as_bytes(std::span{inner}));
        } else if (const auto name = names.find(word); name != names.end()) {
            script.op(name->second);
        } else {
            throw std::runtime_error("no word of a script: " + word);
        }
    }
    return script.take();
}

ScriptFlags flags_from_text(std::string_view text)
{
    ScriptFlags flags;
    std::istringstream names{std::string{text}};
    for (std::string name; std::getline(names, name, ',');) {
        if (name == "NONE") continue;
        flags |= flag_from_name(name);
    }
    return flags;
}

ScriptFlags trimmed(ScriptFlags flags)
{
    if (!flags.has(kVerifyP2sh)) flags = flags.without(kVerifyWitness);
    if (!flags.has(kVerifyWitness)) flags = flags.without(kVerifyCleanStack);
    return flags;
}

ScriptFlags filled(ScriptFlags flags)
{
    if (flags.has(kVerifyCleanStack)) flags |= kVerifyWitness;
    if (flags.has(kVerifyWitness)) flags |= kVerifyP2sh;
    return flags;
}

}  // namespace cairn::test
