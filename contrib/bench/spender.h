#pragma once
// Coins of every common kind, and how each is spent: for the chain that the benchmarks sync.

#include <array>
#include <cstdint>
#include <vector>

#include "consensus/primitives/transaction_draft.h"
#include "crypto/secret_key.h"

namespace cairn::bench {

enum class CoinKind : std::uint8_t {
    kP2pkh,
    kP2shP2wpkh,
    kP2wpkh,
    kP2wshMultisig,  // 2 of 3
    kP2trKey,
    kP2trScript,
};
inline constexpr std::size_t kCoinKinds = 6;

struct OwnCoin {
    Outpoint outpoint;
    Amount value;
    CoinKind kind{};
    std::uint32_t key = 0;
    Height height = 0;
};

/// Keys, scripts and signatures; deterministic. Thread-safe once made.
class Spender {
public:
    static constexpr std::uint32_t kKeys = 512;

    Spender();
    /// The output script of a kind under key number `key`.
    const Bytes& script_pubkey(CoinKind kind, std::uint32_t key) const
    {
        return scripts_[static_cast<std::size_t>(kind)][key];
    }
    /// Signs every input of `draft`, which spend `coins` in order, and finishes it.
    TransactionRef sign(TransactionDraft draft, const std::vector<OwnCoin>& coins) const;

private:
    Bytes make_script(CoinKind kind, std::uint32_t key) const;
    Bytes multisig_script(std::uint32_t key) const;
    Bytes leaf_script(std::uint32_t key) const;
    Bytes p2wpkh_script(std::uint32_t key) const;
    const crypto::SecretKey& secret(std::uint32_t key) const { return secrets_[key % kKeys]; }

    crypto::SigningContext context_;
    std::vector<crypto::SecretKey> secrets_;
    std::vector<crypto::PublicKey> publics_;
    std::array<std::vector<Bytes>, kCoinKinds> scripts_;
};

}  // namespace cairn::bench
