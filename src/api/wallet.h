#pragma once
// The user's wallets as rpc sees them. Implemented by `wallet`; both interfaces may grow there.
//
// Threads: any member from any thread. Each call first waits until the wallet has taken all events published before it,
// so that it sees every block and transaction that an earlier call of anybody could see. Wallet objects stay valid
// while their pointer is held, also after they are unloaded; a call then answers kWalletNotFound. Errors carry Bitcoin
// Core's numbers and texts ("Invalid Bitcoin address: …" -5, "Insufficient funds" -6, …).

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "api/chain_view.h"
#include "api/error.h"
#include "api/wallet_values.h"

namespace cairn::api {

class Wallet {
public:
    virtual ~Wallet() = default;

    virtual std::string name() const = 0;
    virtual WalletInfo info() const = 0;
    virtual Result<void> set_avoid_reuse(bool avoid) = 0;

    // Addresses. A kind not given is -addresstype, or -changetype.
    virtual Result<std::string> new_address(const std::string& label, std::optional<keys::OutputType> kind) = 0;
    virtual Result<std::string> new_change_address(std::optional<keys::OutputType> kind) = 0;
    virtual Result<WalletAddressInfo> address_info(const keys::Destination& address) const = 0;
    virtual Result<void> set_label(const keys::Destination& address, const std::string& label) = 0;
    /// Addresses with their purpose ("receive", "send").
    virtual std::map<std::string, std::string> addresses_by_label(const std::string& label) const = 0;
    /// `purpose` empty: all.
    virtual std::vector<std::string> labels(const std::string& purpose) const = 0;
    virtual Result<void> refill_keypool(std::optional<std::uint64_t> size) = 0;

    // Coins and history.
    virtual WalletBalances balances(bool avoid_reuse) const = 0;
    /// What getbalance says: trusted coins with at least so many confirmations.
    virtual Amount balance(int minimum_confirmations, bool avoid_reuse) const = 0;
    virtual Result<std::vector<WalletCoin>> unspent(const CoinFilter& filter) const = 0;
    virtual Result<Amount> received_by_address(const keys::Destination& address, int minimum_confirmations,
                                               bool include_immature_coinbase) const = 0;
    /// All coins given, or none, are locked or unlocked; an empty list unlocks all.
    virtual Result<void> lock_coins(std::span<const Outpoint> coins, bool lock, bool persistent) = 0;
    virtual std::vector<Outpoint> locked_coins() const = 0;
    virtual Result<WalletTransaction> transaction(const Txid& txid) const = 0;
    /// Transactions in the order in which the wallet learnt of them, newest last; the caller flattens their details.
    virtual std::vector<WalletTransaction> transactions(const TransactionFilter& filter) const = 0;
    virtual Result<void> abandon(const Txid& txid) = 0;

    // Paying and signing.
    virtual Result<SendResult> send(const SendRequest& request) = 0;
    struct SignOutcome {
        TransactionRef transaction;
        std::map<std::size_t, std::string> errors;  // of inputs that are not complete, by index
    };
    /// With the wallet's keys, for outputs that the wallet has, or that are in `spent`; `scripts` are redeem and
    /// witness scripts that it need not know. `sighash` as BIP143's byte; 0 is the default.
    virtual Result<SignOutcome> sign(const TransactionRef& transaction, std::span<const UnspentOutput> spent,
                                     std::span<const Bytes> scripts, std::uint8_t sighash) = 0;

    /// By the key of that id: kWallet where the wallet has it not. See keys/signed_message.h.
    virtual Result<Bytes> sign_message(const keys::KeyId& key, const std::string& message) = 0;

    // Descriptors.
    /// One answer per import, in order; the rescan they need is done before it returns.
    struct ImportOutcome {
        std::optional<Error> error;
        std::vector<std::string> warnings;
    };
    virtual Result<std::vector<ImportOutcome>> import_descriptors(std::span<const DescriptorImport> imports) = 0;
    virtual Result<std::vector<WalletDescriptor>> descriptors(bool with_private_keys) const = 0;

    // Encryption.
    /// The text that encryptwallet answers.
    virtual Result<std::string> encrypt(const std::string& passphrase) = 0;
    virtual Result<void> unlock(const std::string& passphrase, std::chrono::seconds duration) = 0;
    virtual Result<void> change_passphrase(const std::string& old_passphrase, const std::string& new_passphrase) = 0;
    virtual Result<void> lock() = 0;

    /// The BIP39 words that the wallet's keys come from: kWalletUnlockNeeded while locked, kWallet where the wallet has
    /// none (imported keys, wallets of other programs). A secret: never logged.
    virtual Result<std::string> recovery_phrase() = 0;

    // Files and the chain.
    virtual Result<void> backup(const std::string& path) = 0;
    virtual Result<RescanResult> rescan(Height start, std::optional<Height> stop) = 0;
    /// Whether a rescan was running.
    virtual bool abort_rescan() = 0;
};

using WalletRef = std::shared_ptr<Wallet>;

class WalletManager {
public:
    virtual ~WalletManager() = default;

    virtual std::vector<WalletRef> loaded() const = 0;
    /// Null: not loaded.
    virtual WalletRef find(const std::string& name) const = 0;
    virtual std::vector<WalletListing> in_folder() const = 0;

    virtual Result<WalletOutcome> create(const WalletOptions& options) = 0;
    virtual Result<WalletOutcome> load(const std::string& name, std::optional<bool> load_on_startup) = 0;
    virtual Result<WalletOutcome> unload(const std::string& name, std::optional<bool> load_on_startup) = 0;
    virtual Result<WalletOutcome> restore(const std::string& name, const std::string& backup_path,
                                          std::optional<bool> load_on_startup) = 0;
};

}  // namespace cairn::api
