#include "keys/descriptor.h"

#include "context.h"
#include "crypto/hex.h"
#include "keys/address.h"
#include "support/files.h"
#include "support/json.h"
#include "support/vectors.h"

namespace cairn::keys {
namespace {

using test::Json;
using test::unhex;

const std::string kWif = "L4rK1yDtCWekvXuE6oXD9jCYfFNV2cWRpVuPLBcCU2z8TrisoyY1";
const std::string kKey = "03a34b99f22c790c4e36b2b3c2c35a36db06226e41c692fc82b8b56ac1c540c5bd";
const std::string kUncompressed =
    "04a34b99f22c790c4e36b2b3c2c35a36db06226e41c692fc82b8b56ac1c540c5bd5b8dec5235a0fa8722476c7709c02559e3aa73aa03918ba2"
    "d492eea75abea235";
const std::string kHybrid = "07" + kUncompressed.substr(2);
const std::string kXOnly = kKey.substr(2);
const std::string kXprv =
    "xprv9s21ZrQH143K31xYSDQpPDxsXRTUcvj2iNHm5NUtrGiGG5e2DtALGdso3pGz6ssrdK4PFmM8NSpSBHNqPqm55Qn3LqFtT2emdEXVYsCzC2U";
const std::string kXpub =
    "xpub661MyMwAqRbcFW31YEwpkMuc5THy2PSt5bDMsktWQcFF8syAmRUapSCGu8ED9W6oDMSgv6Zz8idoc4a6mr8BDzTJY47LJhkJ8UB7WEGuduB";

const AddressFormat& format_of(const Json& row)
{
    if (!row.has("network") || row["network"].string() == "main") return kMainAddresses;
    return row["network"].string() == "regtest" ? kRegtestAddresses : kTestAddresses;
}

ParsedDescriptors parse(const std::string& text, const AddressFormat& format = kMainAddresses)
{
    auto parsed = parse_descriptor(text, format, test_context());
    if (!parsed) throw std::runtime_error(text + ": " + parsed.error());
    return std::move(*parsed);
}

std::string error_of(const std::string& text, ChecksumRule rule = ChecksumRule::kOptional)
{
    const auto parsed = parse_descriptor(text, kMainAddresses, test_context(), rule);
    return parsed ? "parsed" : parsed.error();
}

TEST(Descriptor, WritesTheValidVectors)
{
    CAIRN_VECTOR_FILE(file, "wallet/descriptors/bcoin/desc-valid.json");
    const Json vectors = Json::read(file);
    std::size_t cases = 0;
    for (const std::string& name : vectors.keys()) {
        for (const Json& row : vectors[name].items()) {
            const AddressFormat& format = format_of(row);
            const auto parsed = parse_descriptor(row["input"].string(), format, test_context());
            ASSERT_TRUE(parsed) << row["input"].string() << ": " << parsed.error();
            const Descriptor& descriptor = parsed->descriptors.at(0);
            EXPECT_EQ(descriptor.to_string(format), row["descriptor"].string());
            EXPECT_EQ(checked_descriptor_checksum(row["input"].string()), row["checksum"].string());
            EXPECT_EQ(descriptor.is_range(), row["isrange"].boolean());
            EXPECT_EQ(descriptor.is_solvable(), row["issolvable"].boolean());
            EXPECT_EQ(!parsed->keys.private_keys.empty(), row["hasprivatekeys"].boolean());
            ++cases;
        }
    }
    std::printf("%zu descriptors\n", cases);
    EXPECT_EQ(cases, 57U);
}

TEST(Descriptor, RefusesTheInvalidVectors)
{
    CAIRN_VECTOR_FILE(file, "wallet/descriptors/bcoin/desc-invalid.json");
    std::size_t cases = 0;
    for (const Json& row : Json::read(file).items()) {
        const std::string text = row["input"].string();
        if (text.contains('<')) continue;  // multipath, which bcoin does not know
        const auto rule =
            row["error"].string() == "Missing checksum" ? ChecksumRule::kRequired : ChecksumRule::kOptional;
        EXPECT_FALSE(parse_descriptor(text, format_of(row), test_context(), rule))
            << text << " should be refused: " << row["error"].string();
        ++cases;
    }
    EXPECT_EQ(cases, 39U);
}

TEST(Descriptor, WritesPrivateKeysOfTheVectors)
{
    CAIRN_VECTOR_FILE(file, "wallet/descriptors/bcoin/desc-privatekeys.json");
    std::size_t cases = 0;
    for (const Json& row : Json::read(file).items()) {
        if (!row.has("expected")) continue;  // bcoin wants all keys
        const auto parsed = parse(row["input"].string());
        EXPECT_EQ(parsed.descriptors[0].to_private_string(kMainAddresses, parsed.keys), row["expected"].string());
        ++cases;
    }
    EXPECT_EQ(cases, 3U);
}

/// The addresses that deriveaddresses would show.
std::vector<std::string> addresses_of(const ParsedDescriptors& parsed, const Json& row)
{
    std::vector<std::string> all;
    const bool ranged = row.has("range");
    const std::uint32_t first = ranged ? static_cast<std::uint32_t>(row["range"][0].integer()) : 0;
    const std::uint32_t last = ranged ? static_cast<std::uint32_t>(row["range"][1].integer()) : 0;
    for (std::uint32_t position = first; position <= last; ++position) {
        const auto expansion = parsed.descriptors[0].expand(position, parsed.keys);
        if (!expansion) return {};
        for (const Bytes& script : expansion->scripts) {
            if (const auto address = address_of(script, format_of(row))) all.push_back(*address);
        }
    }
    return all;
}

TEST(Descriptor, ExpandsToTheAddressesOfTheVectors)
{
    CAIRN_VECTOR_FILE(file, "wallet/descriptors/bcoin/desc-addresses.json");
    const Json vectors = Json::read(file);
    std::size_t cases = 0;
    for (const std::string& name : vectors.keys()) {
        for (const Json& row : vectors[name].items()) {
            if (name == "pk" || name == "combo" || !row.has("addresses")) continue;  // bcoin shows pk()'s key's address
            const auto addresses = addresses_of(parse(row["input"].string(), format_of(row)), row);
            std::vector<std::string> expected;
            for (const Json& address : row["addresses"].items()) expected.push_back(address.string());
            EXPECT_EQ(addresses, expected) << row["input"].string();
            ++cases;
        }
    }
    std::printf("%zu descriptors\n", cases);
    EXPECT_GE(cases, 30U);
}

// Texts of Bitcoin Core's descriptor_tests.
// lint: long, because it is a table.
TEST(Descriptor, SaysWhatIsWrong)
{
    const std::vector<std::pair<std::string, std::string>> cases{
        {"sh(wpkh(" + kKey.substr(0, 64) + "))", "wpkh(): Pubkey '" + kKey.substr(0, 64) + "' is invalid"},
        {"pkh(deadbeef/1/2h/3/4h]" + kKey + ")",
         "pkh(): Key origin start '[ character expected but not found, got 'd' instead"},
        {"pkh([deadbeef]/1/2'/3/4']" + kKey + ")", "pkh(): Multiple ']' characters found for a single pubkey"},
        {"wpkh(" + kUncompressed + ")", "wpkh(): Uncompressed keys are not allowed"},
        {"wsh(pk(" + kUncompressed + "))", "pk(): Uncompressed keys are not allowed"},
        {"pk(" + kHybrid + ")", "pk(): Hybrid public keys are not allowed"},
        {"combo([012345678]" + kXpub + ")",
         "combo(): Fingerprint is not 4 bytes (9 characters instead of 8 characters)"},
        {"combo([0123456g]" + kXpub + ")", "combo(): Fingerprint '0123456g' is not hex"},
        {"pkh(" + kXpub + "/2147483648)", "pkh(): Key path value 2147483648 is out of range"},
        {"pkh(" + kXpub + "/1aa)", "pkh(): Key path value '1aa' is not a valid uint32"},
        {"pkh(" + kXpub + "/+1)", "pkh(): Key path value '+1' is not a valid uint32"},
        {"pkh(" + kXpub + "/<0;1>/<2;3>)", "pkh(): Multiple multipath key path specifiers found"},
        {"pkh([deadbeef/<0;1>]" + kXpub + "/0)",
         "pkh(): Key path value '<0;1>' specifies multipath in a section where multipath is not allowed"},
        {"wpkh(" + kXpub + "/<0>/*)", "wpkh(): Multipath key path specifiers must have at least two items"},
        {"wpkh(" + kXpub + "/<>/*)", "wpkh(): Multipath key path specifiers must have at least two items"},
        {"wpkh(" + kXpub + "/<0/*)", "wpkh(): Key path value '<0' is not a valid uint32"},
        {"wpkh(" + kXpub + "/<0;1;>/*)", "wpkh(): Key path value '' is not a valid uint32"},
        {"wpkh(" + kXpub + "/<1;1>/*)", "wpkh(): Duplicated key path value 1 in multipath specifier"},
        {"multi(a," + kKey + ")", "Multi threshold 'a' is not valid"},
        {"multi(0," + kKey + ")", "Multisig threshold cannot be 0, must be at least 1"},
        {"multi(2," + kKey + ")",
         "Multisig threshold cannot be larger than the number of keys; threshold is 2 but only 1 keys specified"},
        {"multi(0)()", "Multi: expected ',', got ')'"},
        {"multi(123)", "Cannot have 0 keys in multisig; must have between 1 and 20 keys, inclusive"},
        {"tr(" + kXOnly + ",multi_a(1))", "Cannot have 0 keys in multi_a; must have between 1 and 999 keys, inclusive"},
        {"multi(1," + kKey + "," + kKey + "," + kKey + "," + kKey + ")",
         "Cannot have 4 pubkeys in bare multisig; only at most 3 pubkeys"},
        {"sh(" + kKey + ")", "A function is needed within P2SH"},
        {"sh(combo(" + kKey + "))", "Can only have combo() at top level"},
        {"wsh(" + kKey + ")", "A function is needed within P2WSH"},
        {"wsh(wpkh(" + kKey + "))", "Can only have wpkh() at top level or inside sh()"},
        {"wsh(sh(pk(" + kKey + ")))", "Can only have sh() at top level"},
        {"wsh(wsh(pk(" + kKey + ")))", "Can only have wsh() at top level or inside sh()"},
        {"sh(tr(" + kXOnly + "))", "Can only have tr at top level"},
        {"wsh(multi_a(1," + kKey + "))", "Can only have multi_a/sortedmulti_a inside tr()"},
        {"tr(" + kXOnly + ",multi(1," + kXOnly + "))",
         "Can only have multi/sortedmulti at top level, in sh(), or in wsh()"},
        {"multi(1, " + kWif + ")", "Multi: Key ' " + kWif + "' is invalid due to whitespace"},
        {"addr(asdf)", "Address is not valid"},
        {"raw(asdf)", "Raw script is not hex"},
        {"raw(Ü)#00000000", "Invalid characters in payload"},
        {"pk()", "pk(): No key provided"},
        {"pk(x)", "pk(): key 'x' is not valid"},
        {"nonsense(1)", "'nonsense(1)' is not a valid descriptor function"},
        {"rawtr(" + kXOnly + "," + kXOnly + ")", "rawtr(): only one key expected."},
        {"tr(" + kXOnly + ",{pk(" + kXOnly + "))", "tr(): expected ',' after script expression"},
        {"tr(" + kXOnly + ",{pk(" + kXOnly + "),pk(" + kXOnly + "))", "tr(): expected '}' after script expression"},
        {"tr(" + kXOnly + ",pk(" + kXOnly + "),pk(" + kXOnly + "))", "tr(): expected ')' after script expression"},
        {"pk(" + kKey + ")#", "Expected 8 character checksum, not 0 characters"},
        {"pk(" + kKey + ")#gn28ywm78", "Expected 8 character checksum, not 9 characters"},
        {"pk(" + kKey + ")##gn28ywm7", "Multiple '#' symbols"},
    };
    for (const auto& [text, error] : cases) EXPECT_EQ(error_of(text), error) << text;
    EXPECT_EQ(error_of("pk(" + kKey + ")", ChecksumRule::kRequired), "Missing checksum");
    EXPECT_EQ(error_of("pk(" + kKey + ")#9pcxlpvx", ChecksumRule::kRequired), "parsed");
    EXPECT_EQ(error_of("pk(" + kKey + ")#9pcxlpvy"),
              "Provided checksum '9pcxlpvy' does not match computed checksum '9pcxlpvx'");
    EXPECT_NE(error_of("sh(pk(" + kKey + "),x)"), "parsed");
    EXPECT_NE(error_of("pk(" + kKey + "),x"), "parsed");
}

std::string multi(const std::string& function, int keys)
{
    std::string text = function + "(1";
    for (int i = 0; i < keys; ++i) text += ',' + kKey;
    return text + ')';
}

TEST(Descriptor, HoldsItsLimits)
{
    EXPECT_EQ(error_of(multi("multi", 3)), "parsed");
    EXPECT_EQ(error_of("sh(" + multi("multi", 15) + ")"), "parsed");
    EXPECT_EQ(error_of("sh(" + multi("multi", 16) + ")"),
              "P2SH script is too large, 547 bytes is larger than 520 bytes");
    EXPECT_EQ(error_of("wsh(" + multi("multi", 20) + ")"), "parsed");
    EXPECT_EQ(error_of("wsh(" + multi("multi", 21) + ")"),
              "Cannot have 21 keys in multisig; must have between 1 and 20 keys, inclusive");
    EXPECT_EQ(error_of("tr(" + kXOnly + ',' + multi("multi_a", 999) + ")"), "parsed");
    EXPECT_EQ(error_of("tr(" + kXOnly + ',' + multi("multi_a", 1000) + ")"),
              "Cannot have 1000 keys in multi_a; must have between 1 and 999 keys, inclusive");
    std::string deep = "pk(" + kXOnly + ")";
    for (int i = 0; i < 128; ++i) deep = "{" + deep + ",pk(" + kXOnly + ")}";
    EXPECT_EQ(error_of("tr(" + kXOnly + "," + deep + ")"), "parsed");
    EXPECT_EQ(error_of("tr(" + kXOnly + ",{" + deep + ",pk(" + kXOnly + ")})"),
              "tr() supports at most 128 nesting levels");
    std::string values = "0";
    for (int i = 1; i < 256; ++i) values += ';' + std::to_string(i);
    EXPECT_EQ(parse("pkh(" + kXpub + "/<" + values + ">)").descriptors.size(), 256U);
    EXPECT_NE(error_of("pkh(" + kXpub + "/<" + values + ";256>)"), "parsed");
}

TEST(Descriptor, MultipathGivesOneEach)
{
    const auto parsed = parse("wsh(multi(1," + kXpub + "/<0;1h>/*," + kXpub + "/7," + kKey + "))");
    ASSERT_EQ(parsed.descriptors.size(), 2U);
    EXPECT_TRUE(parsed.descriptors[0].to_string(kMainAddresses).contains("/0/*"));
    EXPECT_TRUE(parsed.descriptors[1].to_string(kMainAddresses).contains("/1h/*"));
    EXPECT_EQ(error_of("multi(1," + kXpub + "/<0;1>," + kXpub + "/<0;1;2>)"),
              "multi(): Multipath derivation paths have mismatched lengths");
    EXPECT_EQ(error_of("tr(" + kXpub + "/<0;1>,pk(" + kXpub + "/<0;1;2>))"),
              "tr(): Multipath internal key mismatches multipath subscripts lengths");
    EXPECT_EQ(parse("tr(" + kXOnly + ",{pk(" + kXpub + "/<0;1>),pk(" + kXOnly + ")})").descriptors.size(), 2U);
}

TEST(Descriptor, RemembersKeysThatItDerived)
{
    for (const std::string& text : {"wpkh(" + kXprv + "/84h/0h/*)", "tr(" + kXpub + "/1/*,pk(" + kXpub + "/2/*))",
                                    "wsh(multi(2," + kXpub + "/7," + kXpub + "/8/*))", "pkh(" + kXprv + "/3h/4)"}) {
        const auto parsed = parse(text);
        const Descriptor& descriptor = parsed.descriptors[0];
        DescriptorCache plain;
        ASSERT_TRUE(descriptor.expand(0, parsed.keys, &plain)) << text;
        EXPECT_TRUE(plain.known.empty());
        DescriptorCache cache = plain;
        for (const std::uint32_t position : {5U, 6U, 6U, 8U, 7U, 4U}) {
            ASSERT_TRUE(descriptor.expand_from_cache(position, cache, &cache)) << text;
        }
        for (const auto& [index, known] : cache.known) {
            EXPECT_EQ(known.first, 5U);
            EXPECT_EQ(known.keys.size(), 3U);  // 5, 6 and 7: there are no gaps
        }
        EXPECT_FALSE(cache.known.empty());
        for (std::uint32_t position = 3; position < 10; ++position) {
            const auto known = descriptor.expand_from_cache(position, cache);
            const auto derived = descriptor.expand_from_cache(position, plain);
            ASSERT_TRUE(known && derived);
            EXPECT_EQ(known->scripts, derived->scripts) << text << ' ' << position;
            EXPECT_EQ(known->provider.origins, derived->provider.origins);
            EXPECT_EQ(known->provider.public_keys, derived->provider.public_keys);
        }
        cache.parents.clear();
        EXPECT_TRUE(descriptor.expand_from_cache(7, cache)) << text;
        EXPECT_FALSE(descriptor.expand_from_cache(8, cache)) << text;
    }
}

TEST(Descriptor, ExpandsHardenedStepsByKeysOrByCache)
{
    for (const std::string path : {"/84h/0h/0h/0/*", "/44'/0/5'/*", "/1h/*h", "/3h/4"}) {
        const auto parsed = parse("wpkh(" + kXprv + path + ")");
        const Descriptor& descriptor = parsed.descriptors[0];
        EXPECT_FALSE(descriptor.expand(7, {}));
        DescriptorCache cache;
        const auto by_keys = descriptor.expand(7, parsed.keys, &cache);
        ASSERT_TRUE(by_keys);
        const auto by_cache = descriptor.expand_from_cache(7, cache);
        ASSERT_TRUE(by_cache);
        EXPECT_EQ(by_cache->scripts, by_keys->scripts);
        EXPECT_EQ(by_cache->provider.origins, by_keys->provider.origins);
        const bool hardened_range = path.ends_with("*h");
        EXPECT_EQ(descriptor.expand_from_cache(8, cache).has_value(), !hardened_range);
        // The same keys by the normalised form, which has no private ones.
        const auto normalized = descriptor.to_normalized_string(kMainAddresses, cache);
        ASSERT_TRUE(normalized);
        EXPECT_EQ(descriptor.to_normalized_string(kMainAddresses, {}).has_value(), hardened_range);
        if (!hardened_range) {
            const auto again = parse(*normalized).descriptors[0].expand(7, {});
            ASSERT_TRUE(again) << *normalized;
            EXPECT_EQ(again->scripts, by_keys->scripts);
            EXPECT_EQ(again->provider.origins, by_keys->provider.origins);
        }
        const auto secret = descriptor.expand_private(7, parsed.keys);
        ASSERT_EQ(secret.private_keys.size(), 1U);
        EXPECT_TRUE(by_keys->provider.public_keys.contains(secret.private_keys.begin()->first));
        EXPECT_TRUE(descriptor.has_private_keys(parsed.keys));
        EXPECT_FALSE(descriptor.has_private_keys({}));
    }
}

TEST(Descriptor, KnowsItsKind)
{
    const auto type = [](const std::string& text) { return parse(text).descriptors[0].output_type(); };
    EXPECT_EQ(type("pkh(" + kKey + ")"), OutputType::kLegacy);
    EXPECT_EQ(type("sh(wpkh(" + kKey + "))"), OutputType::kP2shSegwit);
    EXPECT_EQ(type("sh(wsh(pkh(" + kKey + ")))"), OutputType::kP2shSegwit);
    EXPECT_EQ(type("sh(pkh(" + kKey + "))"), OutputType::kLegacy);
    EXPECT_EQ(type("wsh(pk(" + kKey + "))"), OutputType::kBech32);
    EXPECT_EQ(type("tr(" + kXOnly + ")"), OutputType::kBech32m);
    EXPECT_EQ(type("pk(" + kKey + ")"), std::nullopt);
    EXPECT_EQ(type("raw(51024e73)"), OutputType::kBech32m);
    EXPECT_EQ(type("raw(6a)"), std::nullopt);
    EXPECT_FALSE(parse("combo(" + kKey + ")").descriptors[0].is_single_type());
    EXPECT_EQ(parse("combo(" + kKey + ")").descriptors[0].expand(0, {})->scripts.size(), 4U);
    EXPECT_EQ(parse("combo(" + kUncompressed + ")").descriptors[0].expand(0, {})->scripts.size(), 2U);
    EXPECT_EQ(output_type_from_name("p2sh-segwit"), OutputType::kP2shSegwit);
    EXPECT_FALSE(output_type_from_name("p2tr"));
}

TEST(Descriptor, CompatibleFormHasApostrophes)
{
    const auto parsed = parse("wpkh([01020304/1h]" + kXpub + "/0h/*h)");
    const std::string text = parsed.descriptors[0].to_compatible_string(kMainAddresses);
    EXPECT_TRUE(text.starts_with("wpkh([01020304/1']" + kXpub + "/0'/*')#"));
}

TEST(Descriptor, IsInferredFromItsScript)
{
    const std::string origin = "[01020304/1h/2]";
    const std::vector<std::string> cases{
        "pk(" + origin + kKey + ")",
        "pkh(" + origin + kKey + ")",
        "wpkh(" + origin + kKey + ")",
        "sh(wpkh(" + origin + kKey + "))",
        "wsh(multi(1," + origin + kKey + "))",
        "sh(wsh(pkh(" + origin + kKey + ")))",
        "multi(1," + origin + kKey + "," + origin + kKey + ")",
        "tr(" + origin + kXOnly + ")",
        "tr(" + origin + kXOnly + ",{pk(" + origin + kXOnly + "),{multi_a(1," + origin + kXOnly + "),pk(" + origin +
            kXOnly + ")}})",
        "rawtr(" + origin + kXOnly + ")",
        "addr(1FsSia9rv4NeEwvJ2GvXrX7LyxYspbN2mo)",
        "raw(6a)",
    };
    for (const std::string& text : cases) {
        const auto parsed = parse(text);
        const auto expansion = parsed.descriptors[0].expand(0, {});
        ASSERT_TRUE(expansion);
        const Descriptor inferred = infer_descriptor(expansion->scripts[0], expansion->provider);
        EXPECT_EQ(inferred.to_string(kMainAddresses), parsed.descriptors[0].to_string(kMainAddresses)) << text;
    }
    const Bytes script = parse("pkh(" + kKey + ")").descriptors[0].expand(0, {})->scripts[0];
    EXPECT_TRUE(infer_descriptor(script, {}).to_string(kMainAddresses).starts_with("addr("));
}

TEST(Descriptor, TaprootOutputsOfBip341)
{
    CAIRN_VECTOR_FILE(file, "consensus/core/bip341_wallet_vectors.json");
    std::size_t cases = 0;
    for (const Json& row : Json::read(file)["scriptPubKey"].items()) {
        TaprootOutput output{*XOnlyKey::parse(unhex(row["given"]["internalPubkey"].string())), {}};
        const auto add = [&](const auto& self, const Json& node, int depth) -> void {
            if (node.is_array()) {
                for (const Json& child : node.items()) self(self, child, depth + 1);
            } else if (!node.is_null()) {
                output.leaves.push_back(
                    {depth, static_cast<std::uint8_t>(node["leafVersion"].integer()), unhex(node["script"].string())});
            }
        };
        add(add, row["given"]["scriptTree"], 0);
        const auto tweaked = output.output_key();
        ASSERT_TRUE(tweaked);
        const Bytes script = script_for(witness_destination(1, tweaked->key.bytes()));
        EXPECT_EQ(to_hex(script), row["expected"]["scriptPubKey"].string());
        EXPECT_EQ(address_of(script, kMainAddresses), row["expected"]["bip350Address"].string());
        for (std::size_t i = 0; i < output.leaves.size(); ++i) {
            EXPECT_EQ(to_hex(output.control_block(i)), row["expected"]["scriptPathControlBlocks"][i].string());
        }
        ++cases;
    }
    EXPECT_EQ(cases, 7U);
}

}  // namespace
}  // namespace cairn::keys
