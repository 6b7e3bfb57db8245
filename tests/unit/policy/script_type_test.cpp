#include "policy/script_type.h"

#include <gtest/gtest.h>

#include "support/files.h"

namespace cairn::policy {
namespace {

using test::unhex;

const std::string kKey = "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";

std::string type_of(const std::string& hex)
{
    return std::string(name(classify_script(unhex(hex)).type));
}

TEST(ScriptType, NamesEveryTemplate)
{
    EXPECT_EQ(type_of("21" + kKey + "ac"), "pubkey");
    EXPECT_EQ(type_of("76a914" + std::string(40, '1') + "88ac"), "pubkeyhash");
    EXPECT_EQ(type_of("a914" + std::string(40, '1') + "87"), "scripthash");
    EXPECT_EQ(type_of("0014" + std::string(40, '1')), "witness_v0_keyhash");
    EXPECT_EQ(type_of("0020" + std::string(64, '1')), "witness_v0_scripthash");
    EXPECT_EQ(type_of("5120" + std::string(64, '1')), "witness_v1_taproot");
    EXPECT_EQ(type_of("5220" + std::string(64, '1')), "witness_unknown");
    EXPECT_EQ(type_of("51024e73"), "anchor");
    EXPECT_EQ(type_of("51024e74"), "witness_unknown");
    EXPECT_EQ(type_of("6a0401020304"), "nulldata");
    EXPECT_EQ(type_of("6a"), "nulldata");
    EXPECT_EQ(type_of("5121" + kKey + "51ae"), "multisig");
    EXPECT_EQ(type_of(""), "nonstandard");
}

TEST(ScriptType, RefusesWhatOnlyLooksAlike)
{
    EXPECT_EQ(type_of("0015" + std::string(42, '1')), "nonstandard");   // version 0 of another size
    EXPECT_EQ(type_of("6a04010203"), "nonstandard");                    // push cut short
    EXPECT_EQ(type_of("6aac"), "nonstandard");                          // not only pushes
    EXPECT_EQ(type_of("2105" + kKey.substr(2) + "ac"), "nonstandard");  // no key's first byte
    EXPECT_EQ(type_of("5221" + kKey + "51ae"), "nonstandard");          // 2 of 1
    EXPECT_EQ(type_of("0021" + kKey + "51ae"), "nonstandard");          // 0 of 1
    EXPECT_EQ(type_of("5121" + kKey + "52ae"), "nonstandard");          // 1 of 2 with one key
    EXPECT_EQ(type_of("51ae"), "nonstandard");
    EXPECT_EQ(type_of("010121" + kKey + "51ae"), "nonstandard");  // a number not in its shortest form
    EXPECT_EQ(type_of("76a914" + std::string(40, '1') + "88ac61"), "nonstandard");
}

TEST(ScriptType, MultisigNamesAtMostTwentyKeys)
{
    const auto multisig = [](int keys) {
        std::string script = "51";
        for (int i = 0; i < keys; ++i) script += "21" + kKey;
        return script;
    };
    std::string twenty = multisig(20) + "0114ae";
    const Bytes script = unhex(twenty);
    const auto found = classify_script(script);
    EXPECT_EQ(found.type, ScriptType::kMultisig);
    EXPECT_EQ(found.required, 1);
    EXPECT_EQ(found.parts.size(), 20U);
    EXPECT_EQ(type_of(multisig(21) + "0115ae"), "nonstandard");
}

TEST(ScriptType, PartsPointIntoTheScript)
{
    const Bytes script = unhex("5220" + std::string(64, '7'));
    const auto found = classify_script(script);
    EXPECT_EQ(found.witness_version, 2);
    ASSERT_EQ(found.parts.size(), 1U);
    EXPECT_EQ(found.parts[0].data(), script.data() + 2);
    EXPECT_EQ(found.parts[0].size(), 32U);
}

}  // namespace
}  // namespace cairn::policy
