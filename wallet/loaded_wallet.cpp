#include "wallet/loaded_wallet.h"

#include <algorithm>

#include "base/log.h"
#include "consensus/encoding/reader.h"
#include "consensus/encoding/writer.h"
#include "keys/mnemonic.h"

namespace cairn::wallet {
namespace {

constexpr std::int32_t kClientVersion = 310000;
constexpr std::size_t kPhraseEntropy = 16;  // twelve words

/// Records of the legacy type, which no program writes into a wallet of descriptors.
bool has_legacy_records(const Database& database)
{
    bool found = false;
    for (const std::string_view type :
         {"ckey", "cscript", "defaultkey", "hdchain", "key", "keymeta", "pool", "watchmeta", "watchs", "wkey"}) {
        database.visit(record_key(type), [&](ByteSpan, ByteSpan) { found = true; });
    }
    return found;
}

}  // namespace

LoadedWallet::LoadedWallet(Shared& shared, std::string name, std::unique_ptr<Database> database)
    : shared_(shared),
      name_(std::move(name)),
      database_(std::move(database)),
      vault_(shared.signing, shared.memory, shared.surroundings.random),
      descriptors_(shared.settings.address_format, shared.signing, shared.settings.keypool_size),
      ledger_([this](ByteSpan script) { return descriptors_.is_mine(script); })
{
}

LoadedWallet::~LoadedWallet()
{
    close();
}

LoadedWallet::Lock LoadedWallet::enter() const
{
    std::shared_ptr<events::Subscription> subscription;
    {
        const std::lock_guard guard{subscription_mutex_};
        subscription = subscription_;
    }
    if (subscription) around().events.sync(*subscription);
    return Lock{mutex_};
}

std::optional<api::Error> LoadedWallet::closed() const
{
    if (database_) return std::nullopt;
    return api::Error{api::ErrorCode::kWalletNotFound, "Requested wallet does not exist or is not loaded"};
}

std::int64_t LoadedWallet::now() const
{
    return base::unix_seconds(around().clock.now());
}

void LoadedWallet::write_flags(std::uint64_t flags)
{
    database_->write(record_key("flags"), encode_flags(flags));
    flags_ = flags;
}

void LoadedWallet::continue_with(std::unique_ptr<Database> database)
{
    const Lock lock{mutex_};
    database_ = std::move(database);
}

void LoadedWallet::initialise(const api::WalletOptions& options)
{
    const Lock lock{mutex_};
    Database::Transaction transaction{*database_};
    database_->write(record_key("version"), Writer().i32(kClientVersion).view());
    std::uint64_t flags = kFlagDescriptors | kFlagLastHardenedCached;
    if (options.avoid_reuse) flags |= kFlagAvoidReuse;
    if (options.disable_private_keys) flags |= kFlagNoPrivateKeys;
    if (options.blank) flags |= kFlagBlank;
    if (!options.passphrase.empty()) {
        vault_.encrypt(*database_, options.passphrase, shared_.settings.passphrase_cost);
        flags |= kFlagCairnEncrypted;
    }
    write_flags(flags);
    database_->write(record_key("orderposnext"), Writer().i64(0).view());
    if (!options.disable_private_keys && !options.blank) {
        crypto::SecretBytes entropy(kPhraseEntropy);
        around().random.fill(entropy);
        std::string phrase = keys::encode_mnemonic(entropy);
        vault_.set_phrase(*database_, phrase);
        Bytes seed = keys::mnemonic_seed(phrase, "");
        make_descriptors(seed, now());
        crypto::cleanse(seed);
        crypto::cleanse(phrase.data(), phrase.size());
    }
    const auto tip = around().chain.tip();
    last_block_ = tip.hash;
    last_height_ = tip.height;
    ledger_.set_tip(tip.height);
    write_best_block();
    vault_.lock();
    transaction.commit();
}

void LoadedWallet::make_descriptors(ByteSpan seed, std::int64_t creation_time)
{
    struct Purpose {
        keys::OutputType type;
        std::string before, number, after;
    };
    const std::vector<Purpose> purposes{
        {keys::OutputType::kLegacy, "pkh(", "44", ")"},
        {keys::OutputType::kP2shSegwit, "sh(wpkh(", "49", "))"},
        {keys::OutputType::kBech32, "wpkh(", "84", ")"},
        {keys::OutputType::kBech32m, "tr(", "86", ")"},
    };
    const auto master = keys::ExtendedPrivateKey::from_seed(seed, shared_.signing);
    const std::string root = keys::encode_extended(master->to_public(), format());
    for (const Purpose& purpose : purposes) {
        for (const bool internal : {false, true}) {
            const std::string text = purpose.before + root + '/' + purpose.number + "h/" +
                                     std::to_string(format().coin_type) + "h/0h/" + (internal ? '1' : '0') + "/*" +
                                     purpose.after;
            const auto parsed = keys::parse_descriptor(text, format(), shared_.signing);
            vault_.add(*database_, descriptors_.id_of(parsed->descriptors[0]), master->key);
            DescriptorRecord record;
            record.creation_time = static_cast<std::uint64_t>(creation_time);
            record.range_end = static_cast<std::int32_t>(std::max(1U, shared_.settings.keypool_size));
            auto addition = descriptors_.prepare(vault_, {}, parsed->descriptors[0], record);
            const Hash256 id = addition->owned.id;
            descriptors_.write(*database_, *addition);
            descriptors_.keep(std::move(*addition));
            for (const auto& change : descriptors_.prepare_active({purpose.type, internal}, id)) {
                descriptors_.write(*database_, change);
                descriptors_.keep(change);
            }
        }
    }
}

std::optional<std::string> LoadedWallet::load_flags()
{
    const auto value = database_->read(record_key("flags"));
    if (!value) return std::nullopt;
    Reader reader{*value};
    flags_ = reader.u64();
    if (!reader.ok()) return "Wallet corrupted: flags";
    if ((flags_ & ~kKnownFlags) >> 32 != 0) return "Wallet requires newer version of Cairn";
    if ((flags_ & kFlagExternalSigner) != 0) return "Wallets with external signers are not supported";
    if ((flags_ & kFlagDescriptors) == 0) {
        return "The wallet is of the legacy type: migrate it with Bitcoin Core (migratewallet) first";
    }
    return std::nullopt;
}

std::optional<std::string> LoadedWallet::load()
{
    const Lock lock{mutex_};
    if (auto error = vault_.load(*database_)) return error;
    return load_records();
}

std::optional<std::string> LoadedWallet::load_records()
{
    if (auto error = load_flags()) return error;
    if (has_legacy_records(*database_)) {
        return "Unexpected legacy entry in descriptor wallet found. Loading wallet " + name_ +
               "\n\nThe wallet might have been tampered with or created with malicious intent.\n";
    }
    if (auto error = descriptors_.load(*database_, vault_)) return error;
    load_addresses();
    load_locked_coins();
    return std::nullopt;
}

void LoadedWallet::read_again()
{
    written_height_ = -1;
    addresses_.clear();
    std::erase_if(locked_, [](const auto& coin) { return coin.second; });  // of others the file knows nothing
    ledger_.clear();
    try {
        auto error = load_records();
        if (!error) error = load_transactions();
        if (error) throw base::EnvironmentError(database_->path().string() + ": " + *error);
        ledger_.set_tip(last_height_);
        recall_mempool_states();
    } catch (const base::EnvironmentError& error) {
        base::log_error(
            "Wallet {}: its file could not be written and cannot be read now, and so it is closed. Once the disk "
            "works, "
            "unload the wallet and load it again. {}",
            name_, error.what());
        vault_.lock();
        database_.reset();
    }
}

void LoadedWallet::load_addresses()
{
    for (const std::string_view type : {"name", "purpose"}) {
        database_->visit(record_key(type), [&](ByteSpan key, ByteSpan value) {
            const auto address = decode_string(key);
            const auto text = decode_string(value);
            if (!address || !text) return;
            auto& entry = addresses_[*address];
            (type == "name" ? entry.label : entry.purpose) = *text;
        });
    }
}

std::optional<std::string> LoadedWallet::load_transactions()
{
    std::optional<std::string> error;
    std::vector<Txid> coinbases;
    database_->visit(record_key("tx"), [&](ByteSpan key, ByteSpan value) {
        auto record = decode_transaction_record(value);
        Reader reader{key};
        const auto txid = reader.strong_hash<Txid>();
        if (!record || !reader.ok() || record->transaction->txid != txid) {
            error =
                "Error: Corrupt transaction found. This can be fixed by removing transactions from wallet and "
                "rescanning.";
            return;
        }
        // Heights are not in the file. A block that is not in the chain any more says nothing.
        if (!record->state.block.is_null()) {
            const auto block = around().chain.block_info(record->state.block);
            if (block && block->in_active_chain) {
                record->state.height = block->height;
            } else {
                record->state = TransactionState{};
            }
        }
        if (record->transaction->is_coinbase()) coinbases.push_back(txid);
        ledger_.add(std::move(*record));
    });
    if (!error) abandon_orphaned_coinbases(coinbases);
    return error;
}

void LoadedWallet::load_locked_coins()
{
    database_->visit(record_key("lockedutxo"), [&](ByteSpan key, ByteSpan) {
        Reader reader{key};
        Outpoint outpoint;
        outpoint.txid = reader.strong_hash<Txid>();
        outpoint.index = reader.u32();
        if (reader.ok()) locked_[outpoint] = true;
    });
}

void LoadedWallet::close()
{
    abort_scan_ = true;
    const std::lock_guard scan_lock{scan_mutex_};
    resubmission_.reset();
    std::shared_ptr<events::Subscription> subscription;
    {
        const std::lock_guard guard{subscription_mutex_};
        subscription.swap(subscription_);
    }
    subscription.reset();
    base::Registration relock;
    const Lock lock{mutex_};
    relock = replace_relock({});
    if (!database_) return;
    try {
        if (last_height_ >= 0) write_best_block();
    } catch (const base::EnvironmentError& error) {
        // Nothing is lost: the next load looks at some blocks again.
        base::log_error("Wallet {}: {}", name_, error.what());
    }
    vault_.lock();
    database_.reset();
}

api::Result<void> LoadedWallet::set_avoid_reuse(bool avoid)
{
    const Lock lock = enter();
    if (auto error = closed()) return std::unexpected(*error);
    return keep_in_step([&] {
        write_flags(avoid ? flags_ | kFlagAvoidReuse : flags_ & ~kFlagAvoidReuse);
        return api::Result<void>{};
    });
}

api::WalletInfo LoadedWallet::info() const
{
    const Lock lock = enter();
    api::WalletInfo info;
    info.name = name_;
    info.transactions = ledger_.entries().size();
    info.keypool_size = descriptors_.keypool(false);
    info.keypool_size_internal = descriptors_.keypool(true);
    if (vault_.is_encrypted()) info.unlocked_until = vault_.is_locked() ? 0 : unlocked_until_;
    info.private_keys_enabled = (flags_ & kFlagNoPrivateKeys) == 0;
    info.avoid_reuse = (flags_ & kFlagAvoidReuse) != 0;
    info.blank = (flags_ & kFlagBlank) != 0;
    if (scanning_) info.scanning = api::RescanState{now() - scan_started_, scan_progress_};
    info.birth_time = descriptors_.birth_time();
    if (const auto earliest = ledger_.earliest_time(); earliest && info.birth_time) {
        info.birth_time = std::min(*info.birth_time, *earliest);
    }
    constexpr std::array<std::pair<std::uint64_t, const char*>, 5> kNames{{
        {kFlagAvoidReuse, "avoid_reuse"},
        {kFlagBlank, "blank"},
        {kFlagKeyOriginMetadata, "key_origin_metadata"},
        {kFlagLastHardenedCached, "last_hardened_xpub_cached"},
        {kFlagNoPrivateKeys, "disable_private_keys"},
    }};
    for (const auto& [flag, text] : kNames) {
        if ((flags_ & flag) != 0) info.flags.emplace_back(text);
    }
    info.flags.emplace_back("descriptor_wallet");
    info.last_block = last_block_;
    info.last_height = last_height_;
    return info;
}

}  // namespace cairn::wallet
