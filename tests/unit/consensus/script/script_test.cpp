#include "consensus/script/script.h"

#include <set>

#include <gtest/gtest.h>

#include "consensus/script/script_number.h"
#include "crypto/hex.h"
#include "script_text.h"

namespace cairn {
namespace {

using test::bytes_from_hex;
using test::script_from_text;

std::string zeros(std::size_t bytes)
{
    return std::string(2 * bytes, '0');
}

TEST(ScriptReader, ReadsEveryKindOfPush)
{
    const Bytes script = bytes_from_hex(
        "00"
        "0161"
        "4c0162"
        "4d010063"
        "4e0100000064"
        "51"
        "76");
    ScriptReader reader{script};
    for (const auto& [opcode, data] : std::vector<std::pair<Opcode, std::string>>{{Opcode::k0, ""},
                                                                                  {Opcode{1}, "61"},
                                                                                  {Opcode::kPushdata1, "62"},
                                                                                  {Opcode::kPushdata2, "63"},
                                                                                  {Opcode::kPushdata4, "64"},
                                                                                  {Opcode::k1, ""},
                                                                                  {Opcode::kDup, ""}}) {
        const auto instruction = reader.next();
        ASSERT_TRUE(instruction);
        EXPECT_EQ(instruction->opcode, opcode);
        EXPECT_EQ(to_hex(instruction->data), data);
        EXPECT_EQ(instruction->is_push(), opcode <= Opcode::kPushdata4);
    }
    EXPECT_TRUE(reader.at_end());
    EXPECT_FALSE(reader.next());
}

TEST(ScriptReader, StaysWhereAPushReachesBeyondTheEnd)
{
    for (const auto* hex : {"01", "0261", "4b00", "4c", "4c01", "4d", "4d00", "4d010061ff", "4d0200ff", "4e",
                            "4e000000", "4e01000000", "4effffffff00"}) {
        const Bytes script = bytes_from_hex(hex);
        ScriptReader reader{script};
        if (std::string_view{hex} == "4d010061ff") {
            EXPECT_TRUE(reader.next());
            continue;
        }
        EXPECT_FALSE(reader.next()) << hex;
        EXPECT_EQ(reader.position(), 0U) << hex;
        EXPECT_FALSE(reader.at_end()) << hex;
    }
}

TEST(Script, WitnessPrograms)
{
    const auto of = [](const std::string& hex) { return witness_program(bytes_from_hex(hex)); };
    const Bytes p2wpkh = bytes_from_hex("0014" + zeros(20));
    const auto program = witness_program(p2wpkh);
    ASSERT_TRUE(program);
    EXPECT_TRUE(program->is_p2wpkh() && !program->is_p2wsh() && !program->is_p2tr() && !program->is_p2a());
    EXPECT_EQ(program->program.data(), p2wpkh.data() + 2);
    EXPECT_TRUE(of("0020" + zeros(32))->is_p2wsh());
    EXPECT_TRUE(of("5120" + zeros(32))->is_p2tr());
    EXPECT_FALSE(of("5220" + zeros(32))->is_p2tr());
    EXPECT_TRUE(witness_program(bytes_from_hex("51024e73")).has_value());
    const Bytes anchor = bytes_from_hex("51024e73");
    EXPECT_TRUE(witness_program(anchor)->is_p2a());
    EXPECT_EQ(of("6028" + zeros(40))->version, 16);
    EXPECT_EQ(of("0002" + zeros(2))->version, 0);

    EXPECT_FALSE(of("0001" + zeros(1)));
    EXPECT_FALSE(of("0029" + zeros(41)));
    EXPECT_FALSE(of("0014" + zeros(19)));
    EXPECT_FALSE(of("0014" + zeros(21)));
    EXPECT_FALSE(of("4f14" + zeros(20)));
    EXPECT_FALSE(of("5014" + zeros(20)));
    EXPECT_FALSE(of("6114" + zeros(20)));
    EXPECT_FALSE(of("004c14" + zeros(20)));
    EXPECT_FALSE(witness_program({}));
}

TEST(Script, PayToPubkey)
{
    const std::string rest = zeros(32);
    const auto key_of = [](const std::string& hex) {
        const Bytes script = bytes_from_hex(hex);
        const auto key = p2pk_key(script);
        return key ? to_hex(*key) : "none";
    };
    for (const std::string prefix : {"02", "03"}) EXPECT_EQ(key_of("21" + prefix + rest + "ac"), prefix + rest);
    for (const std::string prefix : {"04", "06", "07"}) {
        EXPECT_EQ(key_of("41" + prefix + rest + rest + "ac"), prefix + rest + rest);
    }
    for (const std::string& script : {"2104" + rest + "ac", "4102" + rest + rest + "ac", "4105" + rest + rest + "ac"}) {
        EXPECT_EQ(key_of(script), "none") << script;
    }
    EXPECT_EQ(key_of("2102" + rest + "ad"), "none");
    EXPECT_EQ(key_of("2002" + rest + "ac"), "none");
    EXPECT_EQ(key_of("2102" + rest + "00ac"), "none");
    EXPECT_EQ(key_of("2102" + rest), "none");
    EXPECT_EQ(key_of(""), "none");
}

TEST(Script, PayToHashes)
{
    EXPECT_TRUE(is_p2sh(make_p2sh_script(Bytes(20))));
    EXPECT_EQ(to_hex(make_p2sh_script(Bytes(20))), "a914" + zeros(20) + "87");
    EXPECT_FALSE(is_p2sh(bytes_from_hex("a94c14" + zeros(20) + "87")));
    EXPECT_FALSE(is_p2sh(bytes_from_hex("a914" + zeros(20) + "88")));
    EXPECT_FALSE(is_p2sh(bytes_from_hex("a914" + zeros(21) + "87")));
    EXPECT_FALSE(is_p2sh({}));
    EXPECT_TRUE(is_p2pkh(make_p2pkh_script(Bytes(20))));
    EXPECT_EQ(to_hex(make_p2pkh_script(Bytes(20))), "76a914" + zeros(20) + "88ac");
    EXPECT_FALSE(is_p2pkh(bytes_from_hex("76a914" + zeros(20) + "88ad")));
    EXPECT_EQ(to_hex(make_witness_program_script(0, Bytes(20))), "0014" + zeros(20));
    EXPECT_EQ(to_hex(make_witness_program_script(16, Bytes(2))), "6002" + zeros(2));
}

TEST(Script, PushOnly)
{
    EXPECT_TRUE(is_push_only({}));
    EXPECT_TRUE(is_push_only(script_from_text("0 -1 1 16 'a' 0x4c0100 RESERVED")));
    EXPECT_FALSE(is_push_only(script_from_text("1 NOP")));
    EXPECT_FALSE(is_push_only(bytes_from_hex("5102ff")));
}

TEST(Script, RedeemScriptIsTheLastPush)
{
    EXPECT_EQ(to_hex(*redeem_script(script_from_text("1 'a' 'bc'"))), "6263");
    EXPECT_TRUE(redeem_script(script_from_text("'a' 1"))->empty());
    EXPECT_TRUE(redeem_script({})->empty());
    EXPECT_FALSE(redeem_script(script_from_text("'a' DUP")));
    EXPECT_FALSE(redeem_script(bytes_from_hex("016102ff")));
}

TEST(Script, Unspendable)
{
    EXPECT_FALSE(is_unspendable({}));
    EXPECT_TRUE(is_unspendable(bytes_from_hex("6a")));
    EXPECT_FALSE(is_unspendable(bytes_from_hex("516a")));
    EXPECT_FALSE(is_unspendable(Bytes(kMaxScriptSize)));
    EXPECT_TRUE(is_unspendable(Bytes(kMaxScriptSize + 1)));
}

TEST(Script, MinimalPushes)
{
    const auto minimal = [](const std::string& hex) {
        const Bytes script = bytes_from_hex(hex);
        return is_minimal_push(*ScriptReader{script}.next());
    };
    EXPECT_TRUE(minimal("00"));
    EXPECT_FALSE(minimal("4c00"));
    EXPECT_TRUE(minimal("0100"));
    EXPECT_FALSE(minimal("0101"));
    EXPECT_FALSE(minimal("0110"));
    EXPECT_TRUE(minimal("0111"));
    EXPECT_TRUE(minimal("0180"));
    EXPECT_FALSE(minimal("0181"));
    EXPECT_TRUE(minimal("4b" + zeros(75)));
    EXPECT_FALSE(minimal("4c4b" + zeros(75)));
    EXPECT_TRUE(minimal("4c4c" + zeros(76)));
    EXPECT_TRUE(minimal("4cff" + zeros(255)));
    EXPECT_FALSE(minimal("4dff00" + zeros(255)));
    EXPECT_TRUE(minimal("4d0001" + zeros(256)));
    EXPECT_FALSE(minimal("4e00010000" + zeros(256)));
    EXPECT_TRUE(minimal("4dffff" + zeros(65535)));
    EXPECT_FALSE(minimal("4effff0000" + zeros(65535)));
    EXPECT_TRUE(minimal("4e00000100" + zeros(65536)));
}

TEST(Script, ValidOps)
{
    EXPECT_TRUE(has_valid_ops(script_from_text("1 DUP NOP10 VERIF")));
    EXPECT_FALSE(has_valid_ops(script_from_text("CHECKSIGADD")));
    EXPECT_FALSE(has_valid_ops(bytes_from_hex("ff")));
    EXPECT_FALSE(has_valid_ops(bytes_from_hex("02ff")));
    EXPECT_TRUE(has_valid_ops(ScriptWriter{}.push(Bytes(kMaxScriptElementSize)).take()));
    EXPECT_FALSE(has_valid_ops(ScriptWriter{}.push(Bytes(kMaxScriptElementSize + 1)).take()));
}

TEST(ScriptWriter, WritesTheShortestPrefix)
{
    for (const std::size_t size : {0U, 1U, 75U, 76U, 255U, 256U, 65535U, 65536U}) {
        const Bytes data(size, std::byte{0x7f});
        const Bytes script = ScriptWriter{}.push(data).take();
        ScriptReader reader{script};
        const auto instruction = reader.next();
        ASSERT_TRUE(instruction);
        EXPECT_TRUE(std::ranges::equal(instruction->data, data));
        EXPECT_TRUE(is_minimal_push(*instruction));
        EXPECT_TRUE(reader.at_end());
    }
    EXPECT_EQ(to_hex(ScriptWriter{}.push(bytes_from_hex("01")).take()), "0101");
    EXPECT_EQ(to_hex(ScriptWriter{}.push_number(0).push_number(-1).push_number(1).push_number(16).take()), "004f5160");
    EXPECT_EQ(to_hex(ScriptWriter{}.push_number(17).push_number(-2).push_number(500000000).take()),
              "01110182040065cd1d");
    EXPECT_EQ(to_hex(ScriptWriter{}.op(Opcode::kReturn).append(bytes_from_hex("51ff")).take()), "6a51ff");
}

TEST(ScriptNumber, Encoding)
{
    for (const auto& [number, hex] : std::vector<std::pair<std::int64_t, std::string>>{
             {0, ""},
             {1, "01"},
             {-1, "81"},
             {127, "7f"},
             {-127, "ff"},
             {128, "8000"},
             {-128, "8080"},
             {255, "ff00"},
             {256, "0001"},
             {-256, "0081"},
             {32767, "ff7f"},
             {32768, "008000"},
             {2147483647, "ffffff7f"},
             {-2147483647, "ffffffff"},
             {2147483648, "0000008000"},
             {549755813887, "ffffffff7f"},
             {std::numeric_limits<std::int64_t>::max(), "ffffffffffffff7f"},
             {std::numeric_limits<std::int64_t>::min(), "000000000000008080"}}) {
        EXPECT_EQ(to_hex(EncodedNumber{number}.bytes()), hex);
        if (hex.size() > 16) continue;
        EXPECT_EQ(decode_number(bytes_from_hex(hex), true, 8), number);
    }
}

TEST(ScriptNumber, SizesAndMinimality)
{
    const auto decode = [](const char* hex, bool minimal, std::size_t size = kDefaultNumberSize) {
        return decode_number(bytes_from_hex(hex), minimal, size);
    };
    EXPECT_EQ(decode("ffffff7f", true), 2147483647);
    EXPECT_FALSE(decode("0000008000", true));
    EXPECT_EQ(decode("0000008000", true, kLockTimeNumberSize), 2147483648);
    EXPECT_FALSE(decode("000000000001", true, kLockTimeNumberSize));
    for (const auto& [hex, number] : std::vector<std::pair<const char*, std::int64_t>>{
             {"00", 0}, {"80", 0}, {"0000", 0}, {"0080", 0}, {"0100", 1}, {"0180", -1}, {"7f00", 127}, {"000000", 0}}) {
        EXPECT_EQ(decode(hex, false), number) << hex;
        EXPECT_FALSE(decode(hex, true)) << hex;
    }
    EXPECT_EQ(decode("8000", true), 128);
    EXPECT_EQ(decode("8080", true), -128);
}

TEST(ScriptNumber, Truth)
{
    for (const auto* hex : {"", "00", "0000", "80", "0080"}) EXPECT_FALSE(is_true(bytes_from_hex(hex))) << hex;
    for (const auto* hex : {"01", "81", "8000", "0100", "0081", "000001"}) {
        EXPECT_TRUE(is_true(bytes_from_hex(hex))) << hex;
    }
}

TEST(Opcodes, Names)
{
    EXPECT_EQ(opcode_name(Opcode::k0), "0");
    EXPECT_EQ(opcode_name(Opcode::k1Negate), "-1");
    EXPECT_EQ(opcode_name(Opcode::k16), "16");
    EXPECT_EQ(opcode_name(Opcode::kPushdata1), "OP_PUSHDATA1");
    EXPECT_EQ(opcode_name(Opcode::kDup), "OP_DUP");
    EXPECT_EQ(opcode_name(Opcode::kCheckSigAdd), "OP_CHECKSIGADD");
    EXPECT_EQ(opcode_name(Opcode{0xbb}), "OP_UNKNOWN");
    EXPECT_EQ(opcode_name(Opcode{0x01}), "OP_UNKNOWN");
    EXPECT_EQ(opcode_name(Opcode::kInvalid), "OP_INVALIDOPCODE");
    EXPECT_EQ(small_integer(Opcode::k16), 16);
    EXPECT_EQ(small_integer(Opcode::k0), 0);
    EXPECT_EQ(small_integer(Opcode::kNop), 0);
}

// BIP342's list.
TEST(Opcodes, Success)
{
    std::size_t count = 0;
    for (int value = 0; value < 256; ++value) {
        if (is_op_success(static_cast<Opcode>(value))) ++count;
    }
    EXPECT_EQ(count, 87U);
    for (const int value : {80, 98, 126, 129, 131, 134, 137, 138, 141, 142, 149, 153, 187, 254}) {
        EXPECT_TRUE(is_op_success(static_cast<Opcode>(value))) << value;
    }
    for (const int value : {79, 81, 97, 99, 125, 130, 135, 136, 139, 140, 143, 148, 154, 186, 255}) {
        EXPECT_FALSE(is_op_success(static_cast<Opcode>(value))) << value;
    }
}

TEST(ScriptFlags, Names)
{
    std::set<std::string> seen;
    for (std::uint32_t bit = 1; bit <= kVerifyAll.bits(); bit <<= 1) {
        const ScriptFlags flag{bit};
        const auto names = script_flag_names(flag);
        ASSERT_EQ(names.size(), 1U);
        EXPECT_TRUE(seen.insert(names[0]).second) << names[0];
    }
    EXPECT_EQ(script_flag_names(kVerifyWitness | kVerifyP2sh), (std::vector<std::string>{"P2SH", "WITNESS"}));
    EXPECT_TRUE(script_flag_names(kVerifyNone).empty());
}

}  // namespace
}  // namespace cairn
