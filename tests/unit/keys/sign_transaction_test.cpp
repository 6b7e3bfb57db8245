#include "keys/sign_transaction.h"

#include "consensus/script/interpreter.h"
#include "context.h"
#include "crypto/hex.h"
#include "keys/descriptor.h"
#include "policy/options.h"
#include "support/files.h"
#include "support/json.h"
#include "support/vectors.h"

namespace cairn::keys {
namespace {

using test::Json;
using test::unhex;

PrivateKey key_of(int number)
{
    Bytes secret(32, std::byte{1});
    secret[31] = static_cast<std::byte>(number);
    return *PrivateKey::from_bytes(secret, true, test_context());
}

std::string wif(int number)
{
    return encode_wif(key_of(number), kMainAddresses);
}
std::string hex(int number)
{
    return to_hex(key_of(number).public_key().bytes());
}
std::string x_only(int number)
{
    return hex(number).substr(2);
}

/// A transaction that spends one output of each descriptor, and what its scripts need.
struct Spend {
    TransactionDraft draft;
    std::vector<std::optional<SpentOutput>> spent;
    SigningProvider provider;  // without private keys
    SigningProvider keys;

    explicit Spend(const std::vector<std::string>& descriptors)
    {
        for (const std::string& text : descriptors) add(text);
        draft.outputs.push_back({Amount{1'000}, unhex("6a")});
    }
    void add(const std::string& text)
    {
        const auto parsed = parse_descriptor(text, kMainAddresses, test_context()).value();
        const auto expansion = parsed.descriptors[0].expand(0, parsed.keys).value();
        Hash256 txid;
        txid.bytes[0] = static_cast<std::byte>(draft.inputs.size() + 1);
        draft.inputs.push_back({{Txid{txid}, 0}, {}, 0xfffffffd, {}});
        spent.push_back(SpentOutput{Amount{100'000}, expansion.scripts[0]});
        provider.merge(expansion.provider);
        keys.merge(parsed.keys);
    }
    SigningProvider all() const
    {
        SigningProvider both = provider;
        both.merge(keys);
        return both;
    }
};

const std::vector<std::string>& every_kind()
{
    static const std::vector<std::string> kinds{
        "pk(" + wif(1) + ")",
        "pkh(" + wif(2) + ")",
        "wpkh(" + wif(3) + ")",
        "sh(wpkh(" + wif(4) + "))",
        "multi(2," + wif(5) + "," + hex(6) + "," + wif(7) + ")",
        "sh(multi(1," + wif(5) + "," + hex(6) + "))",
        "wsh(multi(2," + wif(5) + "," + wif(6) + "," + hex(7) + "))",
        "sh(wsh(pk(" + wif(8) + ")))",
        "wsh(pkh(" + wif(9) + "))",
        "tr(" + wif(10) + ")",
        "tr(" + wif(11) + ",pk(" + x_only(12) + "))",
        "tr(" + x_only(13) + ",{pk(" + wif(14) + "),pk(" + x_only(15) + ")})",
        "tr(" + x_only(13) + ",{pk(" + x_only(15) + "),multi_a(2," + wif(16) + "," + x_only(17) + "," + wif(18) + ")})",
        "rawtr(" + wif(19) + ")",
    };
    return kinds;
}

TEST(SignTransaction, SignsEveryKind)
{
    for (const int type : {0x00, 0x01, 0x02, 0x81, 0x83}) {
        const auto sighash = static_cast<std::uint8_t>(type);
        Spend spend{every_kind()};
        while (spend.draft.outputs.size() < spend.draft.inputs.size()) {
            spend.draft.outputs.push_back({Amount{500}, unhex("51")});
        }
        const auto errors = sign_transaction(spend.draft, spend.spent, spend.all(), sighash);
        for (const auto& [input, error] : errors) ADD_FAILURE() << every_kind()[input] << ": " << error;
    }
}

TEST(SignTransaction, DummiesHaveTheSizesOfSignatures)
{
    for (const std::string& kind : every_kind()) {
        Spend spend{{kind}};
        TransactionDraft dummy = spend.draft;
        // Only the keys whose private halves are there may count.
        SigningProvider known = spend.provider;
        std::erase_if(known.public_keys,
                      [&](const auto& entry) { return !spend.keys.private_keys.contains(entry.first); });
        std::erase_if(known.origins, [&](const auto& entry) { return !spend.keys.private_keys.contains(entry.first); });
        for (const auto& [id, key] : spend.keys.private_keys) {
            known.public_keys.emplace(id, key.public_key());
            known.origins.emplace(id, KeyOrigin{});
        }
        ASSERT_TRUE(fill_with_dummies(dummy.inputs[0], spend.spent[0]->script_pubkey, known)) << kind;
        ASSERT_TRUE(sign_transaction(spend.draft, spend.spent, spend.all()).empty()) << kind;
        const Weight guessed = dummy.finish()->weight();
        const Weight real = spend.draft.finish()->weight();
        EXPECT_GE(guessed, real) << kind;
        EXPECT_LE(guessed - real, 16) << kind;
    }
    Spend unknown{{"addr(1FsSia9rv4NeEwvJ2GvXrX7LyxYspbN2mo)"}};
    EXPECT_FALSE(fill_with_dummies(unknown.draft.inputs[0], unknown.spent[0]->script_pubkey, {}));
}

TEST(SignTransaction, CompletesAMultisigInSteps)
{
    for (const std::string& text : {"wsh(multi(2," + hex(1) + "," + hex(2) + "," + hex(3) + "))",
                                    "sh(multi(2," + hex(1) + "," + hex(2) + "," + hex(3) + "))"}) {
        Spend spend{{text}};
        SigningProvider first = spend.provider;
        first.add_private_key(key_of(3));
        auto errors = sign_transaction(spend.draft, spend.spent, first);
        EXPECT_EQ(errors.at(0), "CHECK(MULTI)SIG failing with non-zero signature (possibly need more signatures)");
        SigningProvider second;  // the script is in the input by now
        second.add_private_key(key_of(1));
        EXPECT_TRUE(sign_transaction(spend.draft, spend.spent, second).empty());
        const Bytes complete = spend.draft.encode();
        SigningProvider third = spend.provider;
        third.add_private_key(key_of(2));
        EXPECT_TRUE(sign_transaction(spend.draft, spend.spent, third).empty());
        EXPECT_EQ(spend.draft.encode(), complete);  // what is complete stays as it is
    }
}

TEST(CombineTransactions, TakesTheSignaturesOfAll)
{
    for (const std::string& text : {"wsh(multi(2," + hex(1) + "," + hex(2) + "," + hex(3) + "))",
                                    "sh(multi(2," + hex(1) + "," + hex(2) + "," + hex(3) + "))",
                                    "sh(wsh(multi(2," + hex(1) + "," + hex(2) + "," + hex(3) + ")))",
                                    "multi(2," + hex(1) + "," + hex(2) + "," + hex(3) + ")"}) {
        Spend spend{{text, "wpkh(" + hex(4) + ")", "pkh(" + hex(5) + ")"}};
        std::vector<SpentOutput> spent;
        for (const auto& output : spend.spent) spent.push_back(*output);
        const auto signed_by = [&](std::vector<int> numbers) {
            SigningProvider keys = spend.provider;
            for (const int number : numbers) keys.add_private_key(key_of(number));
            TransactionDraft draft = spend.draft;
            sign_transaction(draft, spend.spent, keys);
            return draft;
        };
        const TransactionDraft whole = signed_by({1, 3, 4, 5});
        // The order of the keys, not of the transactions, is that of the signatures.
        EXPECT_EQ(combine_transactions({signed_by({3}), signed_by({1, 4}), signed_by({5})}, spent).encode(),
                  whole.encode());
        EXPECT_EQ(combine_transactions({spend.draft, whole}, spent).encode(), whole.encode());
        // Twice the same is no more than once.
        const TransactionDraft half = signed_by({2, 4});
        EXPECT_EQ(combine_transactions({half, half}, spent).encode(), half.encode());
        EXPECT_EQ(combine_transactions({spend.draft, spend.draft}, spent).encode(), spend.draft.encode());
    }
}

TEST(CombineTransactions, WhatIsNoSignatureOfTheInputIsLeftAsItIs)
{
    Spend spend{{"pkh(" + hex(1) + ")"}};
    TransactionDraft other = spend.draft;
    other.inputs[0].script_sig = unhex("0100");
    EXPECT_EQ(combine_transactions({other, spend.draft}, {*spend.spent[0]}).encode(), other.encode());
}

TEST(SignTransaction, SaysWhatIsMissing)
{
    Spend spend{{"pkh(" + wif(1) + ")", "wpkh(" + wif(2) + ")"}};
    spend.spent[1].reset();
    auto errors = sign_transaction(spend.draft, spend.spent, {});
    EXPECT_EQ(errors.at(0), "Unable to sign input, invalid stack size (possibly missing key)");
    EXPECT_EQ(errors.at(1), "Input not found or already spent");
    errors = sign_transaction(spend.draft, spend.spent, spend.all());
    EXPECT_FALSE(errors.contains(0));
    // SIGHASH_SINGLE needs an output of the input's number.
    Spend single{{"wpkh(" + wif(1) + ")", "wpkh(" + wif(2) + ")"}};
    errors = sign_transaction(single.draft, single.spent, single.all(), consensus::kSighashSingle);
    EXPECT_FALSE(errors.contains(0));
    EXPECT_TRUE(errors.contains(1));
}

TEST(SignTransaction, MatchesTheSignaturesOfBip341)
{
    CAIRN_VECTOR_FILE(file, "consensus/core/bip341_wallet_vectors.json");
    std::size_t cases = 0;
    for (const Json& row : Json::read(file)["keyPathSpending"].items()) {
        const auto unsigned_one = decode_transaction(unhex(row["given"]["rawUnsignedTx"].string()));
        ASSERT_TRUE(unsigned_one);
        std::vector<std::optional<SpentOutput>> spent;
        for (const Json& utxo : row["given"]["utxosSpent"].items()) {
            spent.push_back(SpentOutput{Amount{utxo["amountSats"].integer()}, unhex(utxo["scriptPubKey"].string())});
        }
        for (const Json& input : row["inputSpending"].items()) {
            TransactionDraft draft{**unsigned_one};
            SigningProvider provider;
            const Json given = input["given"];
            if (given["merkleRoot"].is_null()) {
                const auto key = PrivateKey::from_bytes(unhex(given["internalPrivkey"].string()), true, test_context());
                provider.add_private_key(*key);
                const TaprootOutput output{XOnlyKey::of(key->public_key()), {}};
                provider.taproot.emplace(output.output_key()->key, output);
            } else {
                const Bytes tweaked = unhex(input["intermediary"]["tweakedPrivkey"].string());
                provider.add_private_key(*PrivateKey::from_bytes(tweaked, true, test_context()));
            }
            const auto index = static_cast<std::size_t>(given["txinIndex"].integer());
            sign_transaction(draft, spent, provider, static_cast<std::uint8_t>(given["hashType"].integer()));
            ASSERT_EQ(draft.inputs[index].witness.size(), 1U);
            EXPECT_EQ(to_hex(draft.inputs[index].witness[0]), input["expected"]["witness"][0].string());
            ++cases;
        }
    }
    EXPECT_EQ(cases, 7U);
}

TEST(SighashTypes, HaveNames)
{
    EXPECT_EQ(sighash_type_from_name("DEFAULT"), 0);
    EXPECT_EQ(sighash_type_from_name("ALL"), 1);
    EXPECT_EQ(sighash_type_from_name("SINGLE|ANYONECANPAY"), 0x83);
    EXPECT_FALSE(sighash_type_from_name("all"));
    EXPECT_FALSE(sighash_type_from_name("ALL|SINGLE"));
}

}  // namespace
}  // namespace cairn::keys
