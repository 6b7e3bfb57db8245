// Locking, unlocking and encrypting a wallet.

#include <algorithm>

#include "base/log.h"
#include "base/thread.h"
#include "keys/destination.h"
#include "keys/signed_message.h"
#include "wallet/loaded_wallet.h"

namespace cairn::wallet {

using api::ErrorCode;

namespace {

/// Longer than anybody means; and what a deadline can hold.
constexpr std::chrono::seconds kMaxUnlock{100'000'000};

/// Bitcoin Core before 25.0 set what stands before a null character, and read as much.
std::unexpected<api::Error> wrong_passphrase(const std::string& which, const std::string& given)
{
    if (!given.contains('\0')) {
        return refuse(ErrorCode::kWalletPassphraseIncorrect, "Error: The wallet passphrase entered was incorrect.");
    }
    return refuse(
        ErrorCode::kWalletPassphraseIncorrect,
        "Error: The " + which +
            " entered is incorrect. It contains a null character (ie - a zero byte). If it was set with "
            "Bitcoin Core before 25.0, what stands before that character is the passphrase: try that, and set "
            "a new one then.");
}

}  // namespace

std::optional<api::Error> LoadedWallet::need_unlocked() const
{
    if (!vault_.is_locked()) return std::nullopt;
    return api::Error{ErrorCode::kWalletUnlockNeeded,
                      "Error: Please enter the wallet passphrase with walletpassphrase first."};
}

api::Result<std::string> LoadedWallet::encrypt(const std::string& passphrase)
{
    const std::unique_lock scan_lock{scan_mutex_, std::try_to_lock};
    const Lock lock = enter();
    if (auto error = closed()) return std::unexpected(*error);
    if ((flags_ & kFlagNoPrivateKeys) != 0) {
        return refuse(ErrorCode::kWalletEncryptionFailed,
                      "Error: wallet does not contain private keys, nothing to encrypt.");
    }
    if (vault_.is_encrypted()) {
        return refuse(ErrorCode::kWalletWrongEncryptionState,
                      "Error: running with an encrypted wallet, but encryptwallet was called.");
    }
    if (!scan_lock) {
        return refuse(ErrorCode::kWallet,
                      "Error: the wallet is currently being used to rescan the blockchain for "
                      "related transactions. Please call `abortrescan` before encrypting the wallet.");
    }
    if (passphrase.empty()) return refuse(ErrorCode::kInvalidParameter, "passphrase cannot be empty");
    try {
        rewrite_encrypted(passphrase);
    } catch (const base::EnvironmentError&) {
        // The file is the old one or the new one, whole; which, loading will tell.
        const std::string reason = base::describe(std::current_exception());
        base::log_error("Wallet {} could not be encrypted and is closed: {}", name_, reason);
        vault_.lock();
        database_.reset();
        return refuse(ErrorCode::kWalletEncryptionFailed,
                      "Error: Failed to encrypt the wallet. " + reason +
                          " It is closed, and whole: unload it (unloadwallet), load it again, and see in getwalletinfo "
                          "whether it is encrypted.");
    }
    return "wallet encrypted; The keys and the recovery phrase are the same as before. Backups made until now are not "
           "encrypted: make a new one with the backupwallet RPC and destroy the old ones.";
}

void LoadedWallet::rewrite_encrypted(const std::string& passphrase)
{
    // A new file that never held a plain key takes the place of the old one in one step: killed at any point, one of
    // the two is there and whole.
    base::FileSystem& files = around().files;
    const std::filesystem::path path = database_->path();
    std::filesystem::path next = path;
    next += ".encrypting";
    for (const char* leftover : {"", "-journal"}) files.remove(next.string() + leftover);
    {
        auto opened = Database::open(files, next, shared_.settings.network_magic, Database::Mode::kNew);
        if (!opened) throw base::EnvironmentError("Wallet " + name_ + ": " + opened.error());
        Database& target = **opened;
        Database::Transaction transaction{target};
        const Bytes plain_keys = record_key("walletdescriptorkey");
        const Bytes plain_phrase = record_key("cairnphrase");
        database_->visit({}, [&](ByteSpan key, ByteSpan value) {
            const bool secret =
                std::ranges::equal(key, plain_phrase) ||
                (key.size() >= plain_keys.size() && std::ranges::equal(key.first(plain_keys.size()), plain_keys));
            if (!secret) target.write(key, value);
        });
        vault_.encrypt(target, passphrase, shared_.settings.passphrase_cost);
        flags_ |= kFlagCairnEncrypted;
        target.write(record_key("flags"), encode_flags(flags_));
        transaction.commit();
    }
    vault_.lock();
    database_.reset();
    files.open(next, base::OpenMode::kReadWrite)->sync();
    const auto old = files.open(path, base::OpenMode::kReadWrite);
    files.rename(next, path);
    files.sync_directory(path.parent_path());
    // What the old file's blocks held is overwritten, as far as the file system writes in place.
    const Bytes zeros(64 * 1024);
    const std::uint64_t size = old->size();
    for (std::uint64_t at = 0; at < size; at += zeros.size()) {
        old->write_at(
            at, ByteSpan{zeros}.first(static_cast<std::size_t>(std::min<std::uint64_t>(zeros.size(), size - at))));
    }
    old->sync();
    auto reopened = Database::open(files, path, shared_.settings.network_magic, Database::Mode::kExisting);
    if (!reopened) throw base::EnvironmentError("Wallet " + name_ + ": " + reopened.error());
    database_ = std::move(*reopened);
}

base::Registration LoadedWallet::replace_relock(base::Registration job)
{
    std::swap(relock_, job);
    return job;
}

api::Result<void> LoadedWallet::unlock(const std::string& passphrase, std::chrono::seconds duration)
{
    base::Registration former;
    const Lock lock = enter();
    if (auto error = closed()) return std::unexpected(*error);
    if (!vault_.is_encrypted()) {
        return refuse(ErrorCode::kWalletWrongEncryptionState,
                      "Error: running with an unencrypted wallet, but walletpassphrase was called.");
    }
    if (duration.count() < 0) return refuse(ErrorCode::kInvalidParameter, "Timeout cannot be negative.");
    if (passphrase.empty()) return refuse(ErrorCode::kInvalidParameter, "passphrase cannot be empty");
    duration = std::min(duration, kMaxUnlock);
    switch (vault_.unlock(passphrase)) {
        case KeyVault::UnlockResult::kUnlocked:
            break;
        case KeyVault::UnlockResult::kWrongPassphrase:
            return wrong_passphrase("wallet passphrase", passphrase);
        case KeyVault::UnlockResult::kCorrupt:
            return refuse(ErrorCode::kWallet,
                          "Error unlocking wallet: some keys decrypt but not all. Your wallet file may be corrupt.");
    }
    unlocked_until_ = now() + duration.count();
    const std::uint64_t generation = ++unlock_generation_;
    former = replace_relock(around().scheduler.every(std::max(duration, std::chrono::seconds{1}),
                                                     [this, generation] { relock(generation); }));
    try {
        keep_in_step([&] {
            descriptors_.top_up(*database_, vault_);
            return true;
        });
    } catch (const base::EnvironmentError&) {
        // It is open all the same, to sign and to show its words; addresses are made when they are needed.
        base::log_warning("Wallet {}: no further addresses could be made. {}", name_,
                          base::describe(std::current_exception()));
    }
    return {};
}

void LoadedWallet::relock(std::uint64_t generation)
{
    const Lock lock{mutex_};
    if (generation != unlock_generation_) return;  // unlocked anew since
    vault_.lock();
    unlocked_until_ = 0;
}

api::Result<void> LoadedWallet::lock()
{
    base::Registration former;
    const Lock lock = enter();
    if (auto error = closed()) return std::unexpected(*error);
    if (!vault_.is_encrypted()) {
        return refuse(ErrorCode::kWalletWrongEncryptionState,
                      "Error: running with an unencrypted wallet, but walletlock was called.");
    }
    ++unlock_generation_;
    former = replace_relock({});
    vault_.lock();
    unlocked_until_ = 0;
    return {};
}

api::Result<void> LoadedWallet::change_passphrase(const std::string& old_passphrase, const std::string& new_passphrase)
{
    const Lock lock = enter();
    if (auto error = closed()) return std::unexpected(*error);
    if (!vault_.is_encrypted()) {
        return refuse(ErrorCode::kWalletWrongEncryptionState,
                      "Error: running with an unencrypted wallet, but walletpassphrasechange was called.");
    }
    if (old_passphrase.empty() || new_passphrase.empty()) {
        return refuse(ErrorCode::kInvalidParameter, "passphrase cannot be empty");
    }
    if (!vault_.change_passphrase(*database_, old_passphrase, new_passphrase, shared_.settings.passphrase_cost)) {
        return wrong_passphrase("old wallet passphrase", old_passphrase);
    }
    return {};
}

api::Result<Bytes> LoadedWallet::sign_message(const keys::KeyId& key, const std::string& message)
{
    const Lock lock = enter();
    if (auto error = closed()) return std::unexpected(*error);
    if (auto error = need_unlocked()) return std::unexpected(*error);
    const auto provider = provider_for(keys::script_for(keys::pubkey_hash_destination(key)), true);
    const auto* secret = provider.find_private(key);
    if (secret == nullptr) return refuse(ErrorCode::kWallet, "Private key not available");
    return keys::sign_message(*secret, message);
}

api::Result<std::string> LoadedWallet::recovery_phrase()
{
    const Lock lock = enter();
    if (auto error = closed()) return std::unexpected(*error);
    if (!vault_.has_phrase()) {
        return refuse(ErrorCode::kWallet, "Error: This wallet has no recovery phrase");
    }
    if (auto error = need_unlocked()) return std::unexpected(*error);
    const auto phrase = vault_.phrase();
    return std::string(reinterpret_cast<const char*>(phrase->data()), phrase->size());
}

}  // namespace cairn::wallet
