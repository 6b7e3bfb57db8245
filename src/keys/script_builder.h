#pragma once
// Scripts, operation by operation.

#include <cstdint>
#include <utility>

#include "crypto/bytes.h"

namespace cairn::keys {

class ScriptBuilder {
public:
    ScriptBuilder& op(unsigned opcode)
    {
        script_.push_back(static_cast<std::byte>(opcode));
        return *this;
    }
    /// The push that Bitcoin Core writes for `data`: by its size alone (no OP_1 for the byte 1).
    ScriptBuilder& push(ByteSpan data);
    /// The shortest push of `data` (BIP62): OP_0, OP_1 to OP_16 and OP_1NEGATE where they push the same.
    ScriptBuilder& push_minimal(ByteSpan data);
    /// The shortest push of a number: OP_0, OP_1 to OP_16, OP_1NEGATE or its bytes.
    ScriptBuilder& number(std::int64_t value);

    const Bytes& view() const { return script_; }
    Bytes take() { return std::move(script_); }

private:
    Bytes script_;
};

}  // namespace cairn::keys
