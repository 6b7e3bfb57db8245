// USES: consensus crypto
// Scripts read instruction by instruction: nothing is lost or made up, and what recognises them agrees with itself.

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "consensus/script/script.h"
#include "consensus/script/script_number.h"
#include "consensus/script/sigops.h"

namespace {

using namespace cairn;

void require(bool holds)
{
    if (!holds) std::abort();
}

void check_number(ByteSpan bytes)
{
    const auto number = decode_number(bytes, false, 8);
    if (!number) return require(bytes.size() > 8);
    const EncodedNumber encoded{*number};
    require(decode_number(encoded.bytes(), true, 8) == number);
    const bool minimal = decode_number(bytes, true, 8).has_value();
    require(minimal == std::ranges::equal(encoded.bytes(), bytes));
    require(encoded.bytes().size() <= bytes.size());
    // Negative zero is a number, and false as zero is.
    require(is_true(bytes) == (*number != 0));
}

void check_script(ByteSpan script)
{
    ScriptWriter rewritten;
    bool minimal = true;
    bool pushes = true;
    ByteSpan last;
    ScriptReader reader{script};
    std::size_t end = 0;
    while (const auto instruction = reader.next()) {
        require(reader.position() > end);
        const std::size_t begin = end;
        end = reader.position();
        pushes = pushes && instruction->opcode <= Opcode::k16;
        last = instruction->data;
        if (instruction->is_push()) {
            const ByteSpan data = instruction->data;
            const Bytes shortest = ScriptWriter{}.push(data).take();
            const bool has_opcode = data.size() == 1 && (data[0] == std::byte{0x81} ||
                                                         (data[0] >= std::byte{1} && data[0] <= std::byte{16}));
            require(is_minimal_push(*instruction) ==
                    (!has_opcode && std::ranges::equal(shortest, script.subspan(begin, end - begin))));
            minimal = minimal && is_minimal_push(*instruction);
            rewritten.push(instruction->data);
            check_number(instruction->data);
        } else {
            require(instruction->data.empty());
            rewritten.op(instruction->opcode);
        }
    }
    const bool whole = reader.at_end();
    require(reader.rest().size() == script.size() - end);
    const Bytes again = rewritten.append(reader.rest()).take();
    if (minimal) require(std::ranges::equal(again, script));
    require(again.size() <= script.size());

    require(is_push_only(script) == (whole && pushes));
    const auto redeem = redeem_script(script);
    require(redeem.has_value() == (whole && pushes));
    if (redeem) require(redeem->data() == last.data() && redeem->size() == last.size());
    require(consensus::count_sigops(script, consensus::SigopCounting::kAccurate) <=
            consensus::count_sigops(script, consensus::SigopCounting::kInaccurate));
    if (const auto program = witness_program(script)) {
        require(std::ranges::equal(make_witness_program_script(program->version, program->program), script));
    }
    if (is_p2sh(script)) require(std::ranges::equal(make_p2sh_script(script.subspan(2, 20)), script));
    if (is_p2pkh(script)) require(std::ranges::equal(make_p2pkh_script(script.subspan(3, 20)), script));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const ByteSpan bytes = std::as_bytes(std::span{data, size});
    check_script(bytes);
    check_number(bytes.first(std::min<std::size_t>(size, 9)));
    return 0;
}
