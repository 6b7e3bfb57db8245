// What a wallet has: addresses, coins, balances.

#include <algorithm>

#include "crypto/hex.h"
#include "keys/address.h"
#include "wallet/loaded_wallet.h"

namespace cairn::wallet {

using api::ErrorCode;

bool LoadedWallet::is_used(ByteSpan script) const
{
    return ledger_.has_spent_from(script);
}

bool LoadedWallet::is_safe(const LedgerEntry& entry) const
{
    if (!ledger_.is_trusted(entry, shared_.settings.spend_unconfirmed_change)) return false;
    const auto& values = entry.record.values;
    return ledger_.depth(entry) > 0 || (!values.contains("replaces_txid") && !values.contains("replaced_by_txid"));
}

bool LoadedWallet::is_change(const TxOutput& output) const
{
    const auto address = keys::address_of(output.script_pubkey, format());
    return descriptors_.is_mine(output.script_pubkey) && (!address || !addresses_.contains(*address));
}

std::vector<std::string> LoadedWallet::parent_descriptors(ByteSpan script) const
{
    const auto place = descriptors_.place_of(script);
    if (!place) return {};
    return {place->owner->shown};
}

const AddressBookEntry* LoadedWallet::book_entry(const std::string& address) const
{
    const auto found = addresses_.find(address);
    return found == addresses_.end() ? nullptr : &found->second;
}

void LoadedWallet::store_address(const std::string& address, const AddressBookEntry& entry)
{
    Database::Transaction transaction{*database_};
    if (!entry.purpose.empty()) database_->write(record_key("purpose", address), encode_string(entry.purpose));
    database_->write(record_key("name", address), encode_string(entry.label));
    transaction.commit();
}

void LoadedWallet::write_address(const std::string& address, const std::string& label, const std::string& purpose)
{
    const AddressBookEntry* known = book_entry(address);
    AddressBookEntry entry{label, purpose.empty() && known != nullptr ? known->purpose : purpose};
    store_address(address, entry);
    addresses_[address] = std::move(entry);
}

api::Result<api::WalletAddressInfo> LoadedWallet::address_info(const keys::Destination& address) const
{
    const Lock lock = enter();
    if (auto error = closed()) return std::unexpected(*error);
    const Bytes script = keys::script_for(address);
    api::WalletAddressInfo info;
    const auto* entry = book_entry(keys::encode_address(address, format()));
    if (entry != nullptr) info.labels.push_back(entry->label);
    const auto place = descriptors_.place_of(script);
    if (!place) return info;
    info.is_mine = true;
    info.is_change = entry == nullptr;
    info.solvable = place->owner->descriptor.is_solvable();
    info.timestamp = static_cast<std::int64_t>(place->owner->record.creation_time);
    info.parent_descriptor = parent_descriptors(script).front();
    const auto provider = descriptors_.provider_of(*place);
    if (info.solvable) info.descriptor = keys::infer_descriptor(script, provider).to_string(format());
    if (provider.origins.size() == 1) {
        const auto& [id, origin] = *provider.origins.begin();
        info.key_path = "m" + keys::key_path_text(origin.path);
        info.master_fingerprint = to_hex(origin.fingerprint);
        const ByteSpan key = provider.public_keys.at(id).bytes();
        info.public_key = Bytes(key.begin(), key.end());
    }
    if (address.type == policy::ScriptType::kScriptHash) {
        if (const auto* redeem = provider.find_script(keys::key_id(address.payload))) info.redeem_script = *redeem;
    }
    return info;
}

api::Result<void> LoadedWallet::set_label(const keys::Destination& address, const std::string& label)
{
    const Lock lock = enter();
    if (auto error = closed()) return std::unexpected(*error);
    const std::string purpose = descriptors_.is_mine(keys::script_for(address)) ? "receive" : "send";
    return keep_in_step([&] {
        write_address(keys::encode_address(address, format()), label, purpose);
        return api::Result<void>{};
    });
}

std::map<std::string, std::string> LoadedWallet::addresses_by_label(const std::string& label) const
{
    const Lock lock = enter();
    std::map<std::string, std::string> found;
    for (const auto& [address, entry] : addresses_) {
        if (entry.label == label) found[address] = entry.purpose.empty() ? "unknown" : entry.purpose;
    }
    return found;
}

std::vector<std::string> LoadedWallet::labels(const std::string& purpose) const
{
    const Lock lock = enter();
    std::set<std::string> found;
    for (const auto& [address, entry] : addresses_) {
        if (purpose.empty() || entry.purpose == purpose) found.insert(entry.label);
    }
    return {found.begin(), found.end()};
}

api::WalletBalances LoadedWallet::balances(bool avoid_reuse) const
{
    const Lock lock = enter();
    api::WalletBalances sums;
    sums.last_block = last_block_;
    sums.last_height = last_height_;
    const bool hides_used = avoid_reuse && (flags_ & kFlagAvoidReuse) != 0;
    if ((flags_ & kFlagAvoidReuse) != 0) sums.used = Amount{};
    for (const OwnedCoin& coin : ledger_.coins()) {
        const Spent spent = ledger_.spent(coin.outpoint);
        if (spent == Spent::kInBlock || spent == Spent::kInMempool) continue;
        const bool trusted = ledger_.is_trusted(*coin.entry, shared_.settings.spend_unconfirmed_change);
        Amount* sum = nullptr;
        if (ledger_.is_immature_coinbase(*coin.entry) && coin.entry->state().is_confirmed()) {
            sum = &sums.immature;
        } else if (trusted) {
            sum = &sums.trusted;
        } else if (coin.entry->state().kind == TransactionState::Kind::kMempool) {
            sum = &sums.untrusted_pending;
        }
        if (sum == nullptr) continue;
        if (hides_used && is_used(coin.output.script_pubkey)) sum = &*sums.used;
        *sum += coin.output.value;
        if (spent == Spent::kByInactive) sums.non_mempool -= coin.output.value;
    }
    return sums;
}

Amount LoadedWallet::balance(int minimum_confirmations, bool avoid_reuse) const
{
    const Lock lock = enter();
    Amount sum;
    for (const OwnedCoin& coin : ledger_.coins()) {
        if (ledger_.spent(coin.outpoint) != Spent::kNo || ledger_.is_immature_coinbase(*coin.entry)) continue;
        if (!ledger_.is_trusted(*coin.entry, shared_.settings.spend_unconfirmed_change)) continue;
        if (ledger_.depth(*coin.entry) < minimum_confirmations) continue;
        if (avoid_reuse && (flags_ & kFlagAvoidReuse) != 0 && is_used(coin.output.script_pubkey)) continue;
        sum += coin.output.value;
    }
    return sum;
}

bool LoadedWallet::passes(const OwnedCoin& coin, const api::CoinFilter& filter) const
{
    const LedgerEntry& entry = *coin.entry;
    const int depth = ledger_.depth(entry);
    if (ledger_.spent(coin.outpoint) != Spent::kNo || locked_.contains(coin.outpoint)) return false;
    if (depth < 0 || (depth == 0 && entry.state().kind != TransactionState::Kind::kMempool)) return false;
    if (depth < filter.minimum_confirmations || depth > filter.maximum_confirmations) return false;
    if (!filter.include_immature && ledger_.is_immature_coinbase(entry)) return false;
    if (coin.output.value < filter.minimum_amount || coin.output.value > filter.maximum_amount) return false;
    if (!filter.include_unsafe && !is_safe(entry)) return false;
    const ByteSpan script = coin.output.script_pubkey;
    return filter.scripts.empty() || filter.scripts.contains(Bytes(script.begin(), script.end()));
}

api::WalletCoin LoadedWallet::describe(const OwnedCoin& coin) const
{
    api::WalletCoin out;
    const ByteSpan script = coin.output.script_pubkey;
    out.outpoint = coin.outpoint;
    out.amount = coin.output.value;
    out.script_pubkey.assign(script.begin(), script.end());
    out.address = keys::address_of(script, format());
    if (const auto* entry = out.address ? book_entry(*out.address) : nullptr) out.label = entry->label;
    out.confirmations = ledger_.depth(*coin.entry);
    out.safe = is_safe(*coin.entry);
    out.parent_descriptors = parent_descriptors(script);
    if ((flags_ & kFlagAvoidReuse) != 0) out.reused = is_used(script);
    const auto place = descriptors_.place_of(script);
    const auto provider = descriptors_.provider_of(*place);
    out.solvable = place->owner->descriptor.is_solvable();
    if (out.solvable) out.descriptor = keys::infer_descriptor(script, provider).to_string(format());
    const auto found = policy::classify_script(script);
    if (found.type == policy::ScriptType::kScriptHash) {
        if (const auto* redeem = provider.find_script(keys::key_id(found.parts[0]))) out.redeem_script = *redeem;
    }
    if (found.type == policy::ScriptType::kWitnessV0ScriptHash && !provider.scripts.empty()) {
        out.witness_script = provider.scripts.begin()->second;
    }
    if (out.confirmations == 0) {
        if (const auto entry = around().mempool.entry(coin.outpoint.txid)) {
            out.ancestor_count = entry->ancestor_count;
            out.ancestor_size = entry->ancestor_virtual_size;
            out.ancestor_fees = entry->ancestor_fees;
        }
    }
    return out;
}

api::Result<std::vector<api::WalletCoin>> LoadedWallet::unspent(const api::CoinFilter& filter) const
{
    const Lock lock = enter();
    if (auto error = closed()) return std::unexpected(*error);
    std::vector<api::WalletCoin> found;
    Amount sum;
    for (const OwnedCoin& coin : ledger_.coins()) {
        if (!passes(coin, filter)) continue;
        found.push_back(describe(coin));
        sum += coin.output.value;
        if (sum >= filter.minimum_sum || (filter.maximum_count > 0 && found.size() >= filter.maximum_count)) break;
    }
    return found;
}

api::Result<Amount> LoadedWallet::received_by_address(const keys::Destination& address, int minimum_confirmations,
                                                      bool include_immature_coinbase) const
{
    const Lock lock = enter();
    if (auto error = closed()) return std::unexpected(*error);
    const Bytes script = keys::script_for(address);
    if (!descriptors_.is_mine(script)) return refuse(ErrorCode::kWallet, "Address not found in wallet");
    Amount sum;
    for (const OwnedCoin& coin : ledger_.coins_of(script)) {
        if (ledger_.depth(*coin.entry) < minimum_confirmations) continue;
        if (!include_immature_coinbase && ledger_.is_immature_coinbase(*coin.entry)) continue;
        sum += coin.output.value;
    }
    return sum;
}

api::Result<void> LoadedWallet::lock_coins(std::span<const Outpoint> coins, bool lock_them, bool persistent)
{
    const Lock lock = enter();
    if (auto error = closed()) return std::unexpected(*error);
    for (const Outpoint& coin : coins) {
        const LedgerEntry* entry = ledger_.find(coin.txid);
        if (entry == nullptr) return refuse(ErrorCode::kInvalidParameter, "Invalid parameter, unknown transaction");
        if (coin.index >= entry->transaction().outputs.size()) {
            return refuse(ErrorCode::kInvalidParameter, "Invalid parameter, vout index out of bounds");
        }
        if (ledger_.spent(coin) != Spent::kNo) {
            return refuse(ErrorCode::kInvalidParameter, "Invalid parameter, expected unspent output");
        }
        const bool is_locked = locked_.contains(coin);
        if (!lock_them && !is_locked) {
            return refuse(ErrorCode::kInvalidParameter, "Invalid parameter, expected locked output");
        }
        if (lock_them && is_locked && !persistent) {
            return refuse(ErrorCode::kInvalidParameter, "Invalid parameter, output already locked");
        }
    }
    std::vector<Outpoint> all;
    if (coins.empty() && !lock_them) {
        for (const auto& [coin, kept] : locked_) all.push_back(coin);
        coins = all;
    }
    return keep_in_step([&] {
        for (const Outpoint& coin : coins) {
            if (lock_them) locked_[coin] = persistent;
            if (!lock_them) locked_.erase(coin);
            if (lock_them && persistent) {
                database_->write(record_key("lockedutxo", coin), Bytes{std::byte{'1'}});
            } else {
                database_->erase(record_key("lockedutxo", coin));
            }
        }
        return api::Result<void>{};
    });
}

std::vector<Outpoint> LoadedWallet::locked_coins() const
{
    const Lock lock = enter();
    std::vector<Outpoint> coins;
    for (const auto& [coin, kept] : locked_) coins.push_back(coin);
    return coins;
}

}  // namespace cairn::wallet
