#pragma once
// One open wallet. Inner header of wallet.
//
// Threads: every public member from any thread. `mutex_` guards all state; a call first waits until the events
// published before it have been taken, then locks. Events arrive on the subscription's own thread. Long scans of the
// chain lock for one block at a time. Lock order: scan_mutex_, mutex_. Nothing is called in `surroundings_` that waits
// for this wallet's thread while mutex_ is held (event_bus.sync is called before it is taken).

#include <atomic>
#include <mutex>
#include <set>

#include "api/wallet.h"
#include "events/event_bus.h"
#include "wallet/descriptor_set.h"
#include "wallet/key_vault.h"
#include "wallet/ledger.h"
#include "wallet/payment.h"
#include "wallet/scan.h"
#include "wallet/shared.h"

namespace cairn::wallet {

struct AddressBookEntry {
    std::string label;
    std::string purpose;  // "receive", "send", or empty
};

class LoadedWallet final : public api::Wallet,
                           public events::Subscriber,
                           public std::enable_shared_from_this<LoadedWallet> {
public:
    LoadedWallet(Shared& shared, std::string name, std::unique_ptr<Database> database);
    ~LoadedWallet() override;

    /// Lets go of the file and goes on with this one: the same under its new name. Null: with none, until the next.
    void continue_with(std::unique_ptr<Database> database);
    void initialise(const api::WalletOptions& options);
    /// What is wrong with the file, if anything is.
    std::optional<std::string> load();
    /// Follows the chain from now on, having caught up. An error if the blocks for that are not there.
    std::optional<std::string> follow();
    /// Writes where it is and lets go of the file. Later calls answer kWalletNotFound.
    void close();
    bool is_scanning() const { return scanning_.load(); }
    /// Whether `path` leads to the file that this wallet has open.
    bool is_file(const std::filesystem::path& path) const;

    void on_event(const events::Event& event) override;

    std::string name() const override { return name_; }
    api::WalletInfo info() const override;
    api::Result<void> set_avoid_reuse(bool avoid) override;
    api::Result<std::string> new_address(const std::string& label, std::optional<keys::OutputType> kind) override;
    api::Result<std::string> new_change_address(std::optional<keys::OutputType> kind) override;
    api::Result<api::WalletAddressInfo> address_info(const keys::Destination& address) const override;
    api::Result<void> set_label(const keys::Destination& address, const std::string& label) override;
    std::map<std::string, std::string> addresses_by_label(const std::string& label) const override;
    std::vector<std::string> labels(const std::string& purpose) const override;
    api::Result<void> refill_keypool(std::optional<std::uint64_t> size) override;

    api::WalletBalances balances(bool avoid_reuse) const override;
    Amount balance(int minimum_confirmations, bool avoid_reuse) const override;
    api::Result<std::vector<api::WalletCoin>> unspent(const api::CoinFilter& filter) const override;
    api::Result<Amount> received_by_address(const keys::Destination& address, int minimum_confirmations,
                                            bool include_immature_coinbase) const override;
    api::Result<void> lock_coins(std::span<const Outpoint> coins, bool lock, bool persistent) override;
    std::vector<Outpoint> locked_coins() const override;
    api::Result<api::WalletTransaction> transaction(const Txid& txid) const override;
    std::vector<api::WalletTransaction> transactions(const api::TransactionFilter& filter) const override;
    api::Result<void> abandon(const Txid& txid) override;

    api::Result<api::SendResult> send(const api::SendRequest& request) override;
    api::Result<Bytes> sign_message(const keys::KeyId& key, const std::string& message) override;
    api::Result<SignOutcome> sign(const TransactionRef& transaction, std::span<const api::UnspentOutput> spent,
                                  std::span<const Bytes> scripts, std::uint8_t sighash) override;

    api::Result<std::vector<ImportOutcome>> import_descriptors(std::span<const api::DescriptorImport> imports) override;
    api::Result<std::vector<api::WalletDescriptor>> descriptors(bool with_private_keys) const override;

    api::Result<std::string> encrypt(const std::string& passphrase) override;
    api::Result<void> unlock(const std::string& passphrase, std::chrono::seconds duration) override;
    api::Result<void> change_passphrase(const std::string& old_passphrase, const std::string& new_passphrase) override;
    api::Result<void> lock() override;
    api::Result<std::string> recovery_phrase() override;

    api::Result<void> backup(const std::string& path) override;
    api::Result<api::RescanResult> rescan(Height start, std::optional<Height> stop) override;
    bool abort_rescan() override;

private:
    using Lock = std::unique_lock<std::mutex>;

    const keys::AddressFormat& format() const { return shared_.settings.address_format; }
    const Surroundings& around() const { return shared_.surroundings; }
    Lock enter() const;  // waits for events, then locks
    std::optional<api::Error> closed() const;
    std::int64_t now() const;

    // loaded_wallet.cpp
    /// Changes memory and file. If that cannot be written, memory is read from the file again, and the error goes on.
    template <class Change>
    auto keep_in_step(const Change& change)
    {
        if (database_->is_in_transaction()) return change();  // whoever began it sees to it
        try {
            Database::Transaction transaction{*database_};
            auto result = change();
            transaction.commit();
            return result;
        } catch (...) {
            read_again();
            throw;
        }
    }
    void read_again();
    std::optional<std::string> load_records();
    void make_descriptors(ByteSpan seed, std::int64_t creation_time);
    void write_flags(std::uint64_t flags);
    std::optional<std::string> load_flags();
    void load_addresses();
    std::optional<std::string> load_transactions();
    void load_locked_coins();

    // loaded_wallet_chain.cpp
    /// Moves on to this block, with what that changes; or stays, where it cannot be written.
    template <class Change>
    void step_to(const BlockHash& block, Height height, const Change& change);
    void on_block_connected(const BlockRef& block, Height height);
    void on_block_disconnected(const Block& block, Height height);
    void connect(const BlockRef& block, Height height);
    void disconnect(const BlockHash& block, const BlockHash& previous, Height height);
    void catch_up();
    void scan_block(const BlockRef& block, Height height);
    bool see_confirmed(const Transaction& transaction, const TransactionState& state, std::uint32_t block_time);
    void see_mempool(const TransactionRef& transaction);
    void see_removed(const Transaction& transaction, events::RemovalReason reason);
    void take_in(TransactionRecord record, const TransactionState& state);
    void store(const std::vector<Txid>& changed);
    void abandon_orphaned_coinbases(const std::vector<Txid>& transactions);
    void mark_used(ByteSpan script);
    void refresh_mempool_states();
    /// Without writing: what the mempool has of the ledger's transactions.
    void recall_mempool_states();
    std::vector<BlockHash> locator() const;
    void write_best_block();
    std::optional<Height> height_from_locator() const;
    bool is_of_other_chain() const;
    std::optional<std::string> catch_up_at_start();
    Scan scan(Height from, std::optional<Height> to);
    Height first_height_after(std::int64_t time) const;
    /// At load all go to our own mempool; now and then, the older ones to our peers again.
    enum class Submission { kAtLoad, kPeriodic };
    void submit_unconfirmed(Submission submission);
    void schedule_resubmission();

    // loaded_wallet_coins.cpp
    bool is_used(ByteSpan script) const;
    /// Whether spending from it is without the risk that it, or one that replaces it, is never confirmed.
    bool is_safe(const LedgerEntry& entry) const;
    bool is_change(const TxOutput& output) const;
    std::vector<std::string> parent_descriptors(ByteSpan script) const;
    api::WalletCoin describe(const OwnedCoin& coin) const;
    bool passes(const OwnedCoin& coin, const api::CoinFilter& filter) const;
    const AddressBookEntry* book_entry(const std::string& address) const;
    void write_address(const std::string& address, const std::string& label, const std::string& purpose);
    void store_address(const std::string& address, const AddressBookEntry& entry);

    // loaded_wallet_backup.cpp
    /// Why a backup may not take the place of what is at `target`, if it may not: only an older backup of this wallet
    /// is replaced, whose keys are all in the new one.
    std::optional<std::string> reason_to_keep(const std::filesystem::path& target) const;

    // loaded_wallet_history.cpp
    api::WalletTransaction describe(const LedgerEntry& entry, bool change = false, bool any_depth = false) const;
    static bool keep_label(const std::optional<std::string>& label, api::WalletTransaction& transaction);
    void describe_sent(const LedgerEntry& entry, Amount fee, bool include_change, api::WalletTransaction& out) const;
    void describe_received(const LedgerEntry& entry, bool include_change, api::WalletTransaction& out) const;

    // loaded_wallet_pay.cpp
    api::Result<PaymentPlan> plan_payment(const api::SendRequest& request);
    api::Result<policy::FeeRate> choose_rate(std::optional<Amount> wanted, std::string& reason) const;
    /// Those that a payment may spend; what unconfirmed ones cost more is counted at `rate`.
    std::vector<PaymentCoin> spendable_coins(bool leaves_used, const policy::FeeRate& rate) const;
    void add_burdens(std::vector<PaymentCoin>& coins, const policy::FeeRate& rate) const;
    /// Coins of a script are spent together where that costs hardly more.
    std::expected<BuiltPayment, std::string> build_best(PaymentPlan plan, const std::vector<PaymentCoin>& coins);
    /// Of an input that spends a script of the wallet. `known` keeps the answers: one descriptor's inputs of one kind
    /// weigh the same.
    using InputWeights = std::map<std::pair<Hash256, std::size_t>, std::optional<Weight>>;
    std::optional<Weight> weight_of_input(ByteSpan script, InputWeights& known) const;
    keys::OutputType change_type(const std::vector<PaymentOutput>& outputs) const;
    void set_anti_fee_sniping(PaymentPlan& plan) const;
    keys::SigningProvider provider_for(ByteSpan script, bool with_private_keys) const;
    api::Result<TransactionRef> sign_payment(BuiltPayment& payment);
    void commit(const TransactionRef& transaction, const api::SendRequest& request);
    void take_back(const Txid& txid);

    // loaded_wallet_descriptors.cpp
    api::Result<std::string> next_address(const ActiveRole& role);
    ImportOutcome import_one(const api::DescriptorImport& import, std::int64_t time);
    std::optional<api::Error> check_import(const api::DescriptorImport& import,
                                           const keys::ParsedDescriptors& parsed) const;
    struct ImportPlan;
    std::expected<ImportPlan, api::Error> plan_import(const api::DescriptorImport& import,
                                                      const keys::ParsedDescriptors& parsed, std::size_t which,
                                                      const DescriptorRecord& record,
                                                      std::vector<std::string>& warnings) const;
    /// All plans, or none.
    void carry_out(std::vector<ImportPlan> plans);

    // loaded_wallet_keys.cpp
    std::optional<api::Error> need_unlocked() const;
    /// Makes `job` the one that locks the wallet; the former one ends when the answer is destroyed, which is not under
    /// mutex_, since it may be waiting for that.
    [[nodiscard]] base::Registration replace_relock(base::Registration job);
    void relock(std::uint64_t generation);
    void rewrite_encrypted(const std::string& passphrase);

    Shared& shared_;
    const std::string name_;
    mutable std::mutex mutex_;
    std::mutex scan_mutex_;
    std::unique_ptr<Database> database_;  // null once closed
    std::uint64_t flags_ = 0;
    KeyVault vault_;
    DescriptorSet descriptors_;
    Ledger ledger_;
    std::map<std::string, AddressBookEntry> addresses_;
    std::map<Outpoint, bool> locked_;  // persistent?
    BlockHash last_block_;
    Height last_height_ = -1;
    Height written_height_ = -1;

    std::int64_t unlocked_until_ = 0;
    std::uint64_t unlock_generation_ = 0;

    std::atomic<bool> scanning_{false};
    std::atomic<bool> abort_scan_{false};
    std::atomic<double> scan_progress_{0};  // floating: progress, 0 to 1
    std::atomic<std::int64_t> scan_started_{0};
    std::int64_t next_resubmission_ = 0;

    mutable std::mutex subscription_mutex_;
    std::shared_ptr<events::Subscription> subscription_;
    base::Registration resubmission_;
    base::Registration relock_;
};

}  // namespace cairn::wallet
