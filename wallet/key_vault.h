#pragma once
// The private keys of a wallet and its recovery phrase: in locked memory, and in the file, plain or encrypted.
//
// Encrypted wallets of ours: a random master key under the passphrase (Argon2id), each secret under the master key
// (XChaCha20-Poly1305, the record's key authenticated with it); docs/formats/wallet.md. Wallets that Bitcoin Core
// encrypted (AES-256-CBC, iterated SHA-512) open and stay in its form. Not thread-safe: the wallet's lock guards it.

#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/locked_memory.h"
#include "base/random.h"
#include "crypto/cleanse.h"
#include "keys/signing_provider.h"
#include "wallet/database.h"
#include "wallet/records.h"
#include "wallet/wallet_manager.h"

namespace cairn::wallet {

/// A key derived from the passphrase, and how.
struct Stretching {
    Bytes salt;
    PassphraseCost cost;
};

class KeyVault {
public:
    KeyVault(const crypto::SigningContext& context, base::LockedMemory& memory, base::Random& random)
        : context_(context), memory_(memory), random_(random)
    {
    }

    /// Reads the records of keys; what is wrong with them, if anything is.
    std::optional<std::string> load(const Database& database);

    bool is_encrypted() const { return scheme_ != Scheme::kPlain; }
    bool is_locked() const { return is_encrypted() && master_.empty(); }
    /// Private keys of a descriptor; none while locked.
    keys::SigningProvider keys_of(const Hash256& descriptor) const;

    /// A key to be kept: what the file gets, and what memory holds then. Made, written and kept one after the other, so
    /// that nothing changes in memory before it is in the file.
    class Addition {
        friend class KeyVault;
        std::pair<Hash256, Bytes> owner;  // descriptor, public key
        Bytes record;
        crypto::SecretBytes value;
        Bytes sealed;
        base::LockedSecret secret;
    };
    /// Must not be locked.
    Addition prepare(const Hash256& descriptor, const keys::PrivateKey& key) const;
    void write(Database& database, const Addition& addition) const;
    void keep(Addition addition);
    /// All three.
    void add(Database& database, const Hash256& descriptor, const keys::PrivateKey& key);
    void set_phrase(Database& database, std::string_view phrase);
    bool has_phrase() const { return phrase_.has_value(); }
    /// Nothing while locked, and if there is none.
    std::optional<crypto::SecretBytes> phrase() const;

    enum class UnlockResult { kUnlocked, kWrongPassphrase, kCorrupt };
    UnlockResult unlock(std::string_view passphrase);
    void lock();

    /// Writes all secrets to `target`, encrypted, and none plain; from then on the vault is encrypted, and still
    /// unlocked.
    void encrypt(Database& target, std::string_view passphrase, const PassphraseCost& cost);
    /// False if the old passphrase is wrong.
    bool change_passphrase(Database& database, std::string_view old_passphrase, std::string_view new_passphrase,
                           const PassphraseCost& cost);

private:
    enum class Scheme { kPlain, kCairn, kCore };
    using EntryKey = std::pair<Hash256, Bytes>;  // descriptor, public key
    struct Entry {
        Bytes sealed;  // empty in plain wallets
    };
    struct MasterRecord {
        Stretching stretching;
        Bytes nonce_and_cipher;
    };

    std::optional<std::string> load_plain(ByteSpan owner, ByteSpan value);
    std::optional<std::string> load_sealed(ByteSpan owner, ByteSpan value, Scheme scheme);
    std::optional<std::string> load_master(const Database& database);
    std::optional<std::string> load_phrase(const Database& database);

    Bytes seal(ByteSpan record_key, ByteSpan secret) const;
    std::optional<crypto::SecretBytes> unseal(ByteSpan record_key, ByteSpan sealed) const;
    std::optional<crypto::SecretBytes> unseal_entry(const EntryKey& key, const Entry& entry) const;
    Bytes seal_entry(const EntryKey& key, ByteSpan secret) const;
    Bytes entry_record(const EntryKey& key) const;

    std::optional<crypto::SecretBytes> open_master(std::string_view passphrase) const;
    void write_master(Database& database, std::string_view passphrase, const PassphraseCost& cost);
    void write_core_master(Database& database, std::string_view passphrase);
    UnlockResult take_secrets();

    const crypto::SigningContext& context_;
    base::LockedMemory& memory_;
    base::Random& random_;

    Scheme scheme_ = Scheme::kPlain;
    std::map<EntryKey, Entry> entries_;
    std::map<Bytes, base::LockedSecret> secrets_;  // by public key; empty while locked
    base::LockedSecret master_;
    std::optional<MasterRecord> master_record_;
    std::map<std::uint32_t, CoreMasterKey> core_master_keys_;
    std::optional<Bytes> phrase_;  // as in the file, without the version
    base::LockedSecret plain_phrase_;
};

}  // namespace cairn::wallet
