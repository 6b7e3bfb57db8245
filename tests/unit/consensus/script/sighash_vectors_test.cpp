// Signature hashes against Bitcoin Core's sighash.json and BIP341's vectors.

#include <cstdio>

#include <gtest/gtest.h>

#include "consensus/primitives/transaction_draft.h"
#include "consensus/script/script.h"
#include "consensus/script/sighash.h"
#include "consensus/script/taproot.h"
#include "crypto/hex.h"
#include "crypto/schnorr.h"
#include "script_text.h"
#include "support/json.h"
#include "support/vectors.h"

namespace cairn::consensus {
namespace {

using test::bytes_from_hex;
using test::Json;

Hash256 hash_from_bytes(std::string_view hex)
{
    const Bytes bytes = bytes_from_hex(hex);
    Hash256 hash;
    std::copy_n(bytes.begin(), 32, hash.bytes.begin());
    return hash;
}

TEST(SighashVectors, EveryRowOfSighashJson)
{
    CAIRN_VECTOR_FILE(path, "consensus/core/sighash.json");
    std::size_t rows = 0;
    const auto document = Json::read(path);
    for (const auto& json : document.items()) {
        if (json.size() == 1) continue;
        SCOPED_TRACE("row " + std::to_string(rows++));
        const auto transaction = decode_transaction(bytes_from_hex(json[0].string()));
        ASSERT_TRUE(transaction);
        const Bytes script = bytes_from_hex(json[1].string());
        const auto input = static_cast<std::uint32_t>(json[2].integer());
        const auto hash_type = static_cast<std::uint32_t>(static_cast<std::int32_t>(json[3].integer()));
        EXPECT_EQ(sighash_legacy(**transaction, input, script, hash_type).to_hex(), json[4].string());
    }
    std::printf("sighash.json: %zu rows, %zu of them hashes\n", document.size(), rows);
    EXPECT_EQ(document.size(), 501U);
    EXPECT_EQ(rows, 500U);
}

std::optional<Hash256> tree_root(const Json& tree)
{
    if (tree.is_null()) return std::nullopt;
    if (tree.is_array()) return tapbranch_hash(*tree_root(tree[0]), *tree_root(tree[1]));
    return tapleaf_hash(static_cast<std::uint8_t>(tree["leafVersion"].integer()),
                        bytes_from_hex(tree["script"].string()));
}

/// Leaves in the order in which the vectors list their control blocks.
void collect_leaves(const Json& tree, std::vector<Json>& leaves)
{
    if (tree.is_null()) return;
    if (tree.is_object()) return leaves.push_back(tree);
    for (const auto& child : tree.items()) collect_leaves(child, leaves);
}

TEST(SighashVectors, Bip341OutputsAndControlBlocks)
{
    CAIRN_VECTOR_FILE(path, "consensus/core/bip341_wallet_vectors.json");
    std::size_t outputs = 0;
    std::size_t control_blocks = 0;
    const auto document = Json::read(path);
    for (const auto& json : document["scriptPubKey"].items()) {
        SCOPED_TRACE("output " + std::to_string(outputs++));
        const auto tree = json["given"]["scriptTree"];
        const auto key = crypto::XOnlyKey::parse(bytes_from_hex(json["given"]["internalPubkey"].string()));
        ASSERT_TRUE(key);
        const auto root = tree_root(tree);
        const auto middle = json["intermediary"];
        if (root) {
            EXPECT_EQ(to_hex(root->span()), middle["merkleRoot"].string());
        }
        const auto tweak = crypto::taproot_tweak(key->bytes(), root);
        EXPECT_EQ(to_hex(tweak.span()), middle["tweak"].string());
        const auto output = key->taproot_output(root);
        ASSERT_TRUE(output);
        EXPECT_EQ(to_hex(output->key.bytes()), middle["tweakedPubkey"].string());
        EXPECT_EQ(to_hex(make_witness_program_script(1, output->key.bytes())),
                  json["expected"]["scriptPubKey"].string());
        EXPECT_TRUE(crypto::is_taproot_commitment(output->key.bytes(), output->odd, key->bytes(), tweak));
        EXPECT_FALSE(crypto::is_taproot_commitment(output->key.bytes(), !output->odd, key->bytes(), tweak));

        std::vector<Json> leaves;
        collect_leaves(tree, leaves);
        for (std::size_t i = 0; i < leaves.size(); ++i) {
            const Bytes control = bytes_from_hex(json["expected"]["scriptPathControlBlocks"][i].string());
            const auto version = static_cast<std::uint8_t>(leaves[i]["leafVersion"].integer());
            const auto leaf = tapleaf_hash(version, bytes_from_hex(leaves[i]["script"].string()));
            ASSERT_TRUE(is_control_block_size(control.size()));
            EXPECT_EQ(taproot_merkle_root(control, leaf), root);
            EXPECT_EQ(control[0], static_cast<std::byte>(version + (output->odd ? 1 : 0)));
            ++control_blocks;
        }
    }
    std::printf("bip341_wallet_vectors.json: %zu outputs, %zu control blocks\n", outputs, control_blocks);
    EXPECT_EQ(outputs, 7U);
}

TEST(SighashVectors, Bip341KeyPathSpending)
{
    CAIRN_VECTOR_FILE(path, "consensus/core/bip341_wallet_vectors.json");
    const std::array<std::byte, 32> zeros{};
    const crypto::SigningContext context{zeros};
    std::size_t inputs = 0;
    const auto document = Json::read(path);
    for (const auto& json : document["keyPathSpending"].items()) {
        const auto unsigned_tx = decode_transaction(bytes_from_hex(json["given"]["rawUnsignedTx"].string()));
        ASSERT_TRUE(unsigned_tx);
        const Transaction& transaction = **unsigned_tx;
        SpentOutputs spent;
        for (const auto& output : json["given"]["utxosSpent"].items()) {
            spent.add(Amount{output["amountSats"].integer()}, bytes_from_hex(output["scriptPubKey"].string()), 0,
                      false);
        }
        const SighashCache cache{transaction, spent, 0, SighashCache::Parts::kAll};
        const auto middle = json["intermediary"];
        EXPECT_EQ(to_hex(cache.taproot()->amounts.span()), middle["hashAmounts"].string());
        EXPECT_EQ(to_hex(cache.taproot()->outputs.span()), middle["hashOutputs"].string());
        EXPECT_EQ(to_hex(cache.taproot()->prevouts.span()), middle["hashPrevouts"].string());
        EXPECT_EQ(to_hex(cache.taproot()->scripts.span()), middle["hashScriptPubkeys"].string());
        EXPECT_EQ(to_hex(cache.taproot()->sequences.span()), middle["hashSequences"].string());

        for (const auto& own : json["inputSpending"].items()) {
            const auto given = own["given"];
            const auto input = static_cast<std::uint32_t>(given["txinIndex"].integer());
            const auto hash_type = static_cast<std::uint8_t>(given["hashType"].integer());
            const auto key = crypto::SecretKey::parse(bytes_from_hex(given["internalPrivkey"].string()));
            ASSERT_TRUE(key);
            std::optional<Hash256> root;
            if (!given["merkleRoot"].is_null()) root = hash_from_bytes(given["merkleRoot"].string());
            const auto tweaked = key->taproot_output(context, root);
            ASSERT_TRUE(tweaked);
            EXPECT_EQ(to_hex(tweaked->bytes()), own["intermediary"]["tweakedPrivkey"].string());
            const auto hash = sighash_taproot(transaction, input, spent.output(input), hash_type, cache, {});
            ASSERT_TRUE(hash);
            EXPECT_EQ(to_hex(hash->span()), own["intermediary"]["sigHash"].string());
            const auto signature = crypto::sign_schnorr(context, *tweaked, *hash, zeros);
            Bytes element{signature.begin(), signature.end()};
            if (hash_type != kSighashDefault) element.push_back(std::byte{hash_type});
            EXPECT_EQ(to_hex(element), own["expected"]["witness"][0].string());
            ++inputs;
        }
    }
    std::printf("bip341_wallet_vectors.json: %zu key path spends\n", inputs);
    EXPECT_EQ(inputs, 7U);
}

}  // namespace
}  // namespace cairn::consensus
