#include "keys/script_text.h"

#include <gtest/gtest.h>

#include "keys/script_builder.h"
#include "policy/script_type.h"
#include "support/files.h"

namespace cairn::keys {
namespace {

using test::unhex;

TEST(ScriptText, OfCommonScripts)
{
    EXPECT_EQ(script_to_asm(unhex("76a914a31c06bd463e3923bc1aadbde48b16976c08071788ac")),
              "OP_DUP OP_HASH160 a31c06bd463e3923bc1aadbde48b16976c080717 OP_EQUALVERIFY OP_CHECKSIG");
    EXPECT_EQ(script_to_asm(unhex("0014751e76e8199196d454941c45d1b3a323f1433bd6")),
              "0 751e76e8199196d454941c45d1b3a323f1433bd6");
    EXPECT_EQ(script_to_asm(unhex("51024e73")), "1 29518");
    EXPECT_EQ(script_to_asm({}), "");
}

TEST(ScriptText, ShortPushesAreNumbersAndCutOnesErrors)
{
    EXPECT_EQ(script_to_asm(unhex("01810480000080")), "-1 -128");
    EXPECT_EQ(script_to_asm(unhex("04ffffffff")), "-2147483647");
    EXPECT_EQ(script_to_asm(unhex("050102030405")), "0102030405");
    EXPECT_EQ(script_to_asm(unhex("4f60b9bbff")), "-1 16 OP_NOP10 OP_UNKNOWN OP_INVALIDOPCODE");
    EXPECT_EQ(script_to_asm(unhex("6a02aa")), "OP_RETURN [error]");
}

TEST(ScriptText, NamesTheHashTypeOfSignatures)
{
    const Bytes script = unhex(
        "47304402207f5f3bb6ff5c3d8e9a3f3c0a9a4b4a3f0c0e1d2c3b4a59687786950413223344022011223344556677889900aabbccddee"
        "ff11223344556677889900aabbccddeeff01");
    EXPECT_TRUE(script_to_asm(script, SighashNames::kShown).ends_with("[ALL]"));
    EXPECT_TRUE(script_to_asm(script).ends_with("ff01"));
    Bytes data = script;
    data.insert(data.begin(), std::byte{0x6a});
    EXPECT_TRUE(script_to_asm(data, SighashNames::kShown).ends_with("ff01"));
}

TEST(ScriptBuilder, PushesByTheShortestForm)
{
    EXPECT_EQ(ScriptBuilder().number(0).number(16).number(17).number(-1).number(-255).number(128).take(),
              unhex("00600111"
                    "4f02ff8002"
                    "8000"));
    EXPECT_EQ(ScriptBuilder().push(Bytes(75)).view()[0], std::byte{75});
    EXPECT_EQ(ScriptBuilder().push(Bytes(76)).view()[0], std::byte{0x4c});
    EXPECT_EQ(ScriptBuilder().push(Bytes(255)).view()[0], std::byte{0x4c});
    EXPECT_EQ(ScriptBuilder().push(Bytes(256)).view()[0], std::byte{0x4d});
    EXPECT_EQ(ScriptBuilder().push(Bytes(65536)).view()[0], std::byte{0x4e});
    EXPECT_EQ(ScriptBuilder().push(unhex("01")).take(), unhex("0101"));
    EXPECT_EQ(ScriptBuilder().push_minimal(unhex("01")).push_minimal(unhex("81")).push_minimal({}).take(),
              unhex("514f00"));
}

}  // namespace
}  // namespace cairn::keys
