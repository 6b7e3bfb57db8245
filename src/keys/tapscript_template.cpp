#include "keys/tapscript_template.h"

#include <algorithm>

#include "consensus/script/script.h"

namespace cairn::keys {

std::optional<TapscriptTemplate> match_tapscript(ByteSpan script)
{
    TapscriptTemplate found;
    ScriptReader reader{script};
    auto instruction = reader.next();
    while (instruction && instruction->data.size() == 32) {
        const auto key = XOnlyKey::parse(instruction->data);
        const auto check = reader.next();
        const auto wanted = found.keys.empty() ? Opcode::kCheckSig : Opcode::kCheckSigAdd;
        if (!key || !check || check->opcode != wanted) return std::nullopt;
        if (found.keys.size() == static_cast<std::size_t>(kMaxPubkeysPerMultiA)) return std::nullopt;
        found.keys.push_back(*key);
        instruction = reader.next();
    }
    if (found.keys.empty()) return std::nullopt;
    found.is_multi = instruction.has_value();
    // Whatever the threshold, the script must be the one that a descriptor writes.
    for (std::size_t threshold = 1; threshold <= (found.is_multi ? found.keys.size() : 0); ++threshold) {
        const Bytes ending =
            ScriptWriter{}.push_number(static_cast<std::int64_t>(threshold)).op(Opcode::kNumEqual).take();
        const std::size_t keys_size = found.keys.size() * 34;
        if (std::ranges::equal(script.subspan(keys_size), ending)) {
            found.threshold = static_cast<int>(threshold);
            return found;
        }
    }
    if (found.is_multi || script.size() != 34) return std::nullopt;
    return found;
}

}  // namespace cairn::keys
