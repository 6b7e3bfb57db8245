#pragma once
// The scripts in taproot trees that descriptors without miniscript write. Inner header of keys.

#include <optional>
#include <vector>

#include "keys/private_key.h"

namespace cairn::keys {

/// <key> OP_CHECKSIG, or <key> OP_CHECKSIG <key> OP_CHECKSIGADD … <threshold> OP_NUMEQUAL.
struct TapscriptTemplate {
    std::vector<XOnlyKey> keys;
    int threshold = 1;
    bool is_multi = false;
};

std::optional<TapscriptTemplate> match_tapscript(ByteSpan script);

}  // namespace cairn::keys
