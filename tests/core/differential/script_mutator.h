#pragma once
// Changes to scripts, and to bytes of any meaning.

#include "crypto/bytes.h"
#include "support/test_random.h"

namespace cairn::differential {

class ScriptMutator {
public:
    explicit ScriptMutator(test::TestRandom& random) : random_(random) {}

    /// One change that knows instructions and limits, or does not.
    void mutate(Bytes& script);
    void mutate_bytes(Bytes& bytes);
    /// A number, a key, a lock or zeros: what scripts compare and count with.
    Bytes interesting_data();
    std::uint32_t interesting_number();

private:
    std::byte opcode();
    Bytes encoded_push(ByteSpan data);
    void insert(Bytes& script, ByteSpan piece);
    void change_instruction(Bytes& script);
    void grow(Bytes& script);

    test::TestRandom& random_;
};

}  // namespace cairn::differential
