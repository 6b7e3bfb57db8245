#include "script_runner.h"

#include "consensus/script/script.h"
#include "consensus/script/taproot.h"
#include "crypto/public_key.h"
#include "crypto/sha256.h"
#include "script_text.h"

namespace cairn::test {

using namespace consensus;

ScriptError run(Kind kind, const std::vector<Bytes>& elements, const Bytes& body, ScriptFlags flags,
                FakeChecker* checker)
{
    FakeChecker own;
    if (checker == nullptr) checker = &own;
    std::vector<ByteSpan> witness{elements.begin(), elements.end()};
    if (kind == kBase) {
        ScriptWriter script_sig;
        for (const auto& element : elements) script_sig.push(element);
        return verify_script(script_sig.take(), body, {}, flags, *checker);
    }
    witness.emplace_back(body);
    if (kind == kV0) {
        const Hash256 program = crypto::sha256(body);
        return verify_script({}, make_witness_program_script(0, program.span()), witness, flags, *checker);
    }
    const auto key = crypto::XOnlyKey::nothing_up_my_sleeve();
    const auto output = key.taproot_output(tapleaf_hash(kTaprootLeafTapscript, body));
    Bytes control{static_cast<std::byte>(kTaprootLeafTapscript + (output->odd ? 1 : 0))};
    control.insert(control.end(), key.bytes().begin(), key.bytes().end());
    witness.emplace_back(control);
    return verify_script({}, make_witness_program_script(1, output->key.bytes()), witness, flags, *checker);
}

std::vector<Bytes> elements_of(std::string_view text)
{
    const Bytes script = script_from_text(text);
    std::vector<Bytes> elements;
    for (ScriptReader reader{script}; const auto instruction = reader.next();) {
        if (instruction->is_push()) {
            elements.emplace_back(instruction->data.begin(), instruction->data.end());
        } else {
            elements.emplace_back();
            if (instruction->opcode == Opcode::k1Negate) elements.back().push_back(std::byte{0x81});
            if (const int value = small_integer(instruction->opcode); value != 0) {
                elements.back().push_back(static_cast<std::byte>(value));
            }
        }
    }
    return elements;
}

}  // namespace cairn::test
