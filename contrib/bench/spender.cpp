#include "spender.h"

#include "consensus/encoding/writer.h"
#include "consensus/script/script.h"
#include "consensus/script/sighash.h"
#include "consensus/script/taproot.h"
#include "crypto/ecdsa.h"
#include "crypto/hashes.h"
#include "crypto/schnorr.h"
#include "crypto/sha256.h"

namespace cairn::bench {

namespace {

constexpr std::array<std::byte, 32> kZeros{};

Bytes with_hash_type(Bytes signature)
{
    signature.push_back(std::byte{consensus::kSighashAll});
    return signature;
}

Bytes bytes_of(ByteSpan span)
{
    return {span.begin(), span.end()};
}

}  // namespace

Spender::Spender() : context_(std::span<const std::byte, 32>{kZeros})
{
    for (std::uint32_t i = 0; i < kKeys; ++i) {
        Writer seed;
        seed.u32(i).u32(0x43616972);
        secrets_.push_back(*crypto::SecretKey::parse(crypto::sha256(seed.view()).span()));
        publics_.push_back(secrets_.back().public_key(context_));
    }
    for (std::size_t kind = 0; kind < kCoinKinds; ++kind) {
        for (std::uint32_t i = 0; i < kKeys; ++i) scripts_[kind].push_back(make_script(static_cast<CoinKind>(kind), i));
    }
}

Bytes Spender::multisig_script(std::uint32_t key) const
{
    ScriptWriter script;
    script.push_number(2);
    for (std::uint32_t i = 0; i < 3; ++i) script.push(publics_[(key + i) % kKeys].bytes());
    return script.push_number(3).op(Opcode::kCheckMultisig).take();
}

Bytes Spender::leaf_script(std::uint32_t key) const
{
    return ScriptWriter{}.push(crypto::XOnlyKey::of(publics_[(key + 1) % kKeys]).bytes()).op(Opcode::kCheckSig).take();
}

Bytes Spender::p2wpkh_script(std::uint32_t key) const
{
    return make_witness_program_script(0, publics_[key].hash160());
}

Bytes Spender::make_script(CoinKind kind, std::uint32_t key) const
{
    switch (kind) {
        case CoinKind::kP2pkh:
            return make_p2pkh_script(publics_[key].hash160());
        case CoinKind::kP2shP2wpkh:
            return make_p2sh_script(crypto::hash160(p2wpkh_script(key)));
        case CoinKind::kP2wpkh:
            return p2wpkh_script(key);
        case CoinKind::kP2wshMultisig:
            return make_witness_program_script(0, crypto::sha256(multisig_script(key)).span());
        case CoinKind::kP2trKey:
        case CoinKind::kP2trScript:
            break;
    }
    std::optional<Hash256> root;
    if (kind == CoinKind::kP2trScript)
        root = consensus::tapleaf_hash(consensus::kTaprootLeafTapscript, leaf_script(key));
    return make_witness_program_script(1, crypto::XOnlyKey::of(publics_[key]).taproot_output(root)->key.bytes());
}

// lint: long, because it is one case per kind of coin
TransactionRef Spender::sign(TransactionDraft draft, const std::vector<OwnCoin>& coins) const
{
    SpentOutputs spent;
    for (const auto& coin : coins) {
        draft.inputs.push_back({coin.outpoint, {}, 0xfffffffd, {}});
        spent.add(coin.value, script_pubkey(coin.kind, coin.key), coin.height, false);
    }
    const auto unsigned_transaction = draft.finish();
    const consensus::SighashCache cache(*unsigned_transaction, spent, 0, consensus::SighashCache::Parts::kAll);
    for (std::uint32_t i = 0; i < coins.size(); ++i) {
        const auto& coin = coins[i];
        auto& input = draft.inputs[i];
        const auto ecdsa = [&](const Hash256& hash, std::uint32_t key) {
            return with_hash_type(crypto::sign_ecdsa(context_, secret(key), hash));
        };
        const auto witness_v0 = [&](const Bytes& script_code) {
            return consensus::sighash_witness_v0(*unsigned_transaction, i, script_code, coin.value,
                                                 consensus::kSighashAll, cache);
        };
        const auto schnorr = [&](const crypto::SecretKey& key, const consensus::TaprootSpend& spend) {
            const auto hash = consensus::sighash_taproot(*unsigned_transaction, i, spent.output(i), 0, cache, spend);
            const auto signature = crypto::sign_schnorr(context_, key, *hash, std::span<const std::byte, 32>{kZeros});
            return Bytes(signature.begin(), signature.end());
        };
        const auto& pubkey = publics_[coin.key];
        const auto& p2pkh_code = script_pubkey(CoinKind::kP2pkh, coin.key);
        switch (coin.kind) {
            case CoinKind::kP2pkh: {
                const auto hash =
                    consensus::sighash_legacy(*unsigned_transaction, i, p2pkh_code, consensus::kSighashAll);
                input.script_sig = ScriptWriter{}.push(ecdsa(hash, coin.key)).push(pubkey.bytes()).take();
                break;
            }
            case CoinKind::kP2shP2wpkh:
                input.script_sig = ScriptWriter{}.push(p2wpkh_script(coin.key)).take();
                [[fallthrough]];
            case CoinKind::kP2wpkh:
                input.witness = {ecdsa(witness_v0(p2pkh_code), coin.key), bytes_of(pubkey.bytes())};
                break;
            case CoinKind::kP2wshMultisig: {
                const auto script = multisig_script(coin.key);
                const auto hash = witness_v0(script);
                input.witness = {{}, ecdsa(hash, coin.key), ecdsa(hash, coin.key + 2), script};
                break;
            }
            case CoinKind::kP2trKey:
                input.witness = {schnorr(*secret(coin.key).taproot_output(context_, std::nullopt), {})};
                break;
            case CoinKind::kP2trScript: {
                const auto leaf = leaf_script(coin.key);
                consensus::TaprootSpend spend;
                spend.leaf_hash = consensus::tapleaf_hash(consensus::kTaprootLeafTapscript, leaf);
                const auto internal = crypto::XOnlyKey::of(pubkey);
                const auto output = internal.taproot_output(spend.leaf_hash);
                Bytes control{static_cast<std::byte>(consensus::kTaprootLeafTapscript | (output->odd ? 1 : 0))};
                control.insert(control.end(), internal.bytes().begin(), internal.bytes().end());
                input.witness = {schnorr(secret(coin.key + 1), spend), leaf, control};
                break;
            }
        }
    }
    return draft.finish();
}

}  // namespace cairn::bench
