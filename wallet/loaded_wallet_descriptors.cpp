// Which scripts are a wallet's: new addresses, descriptors taken in and shown.

#include <algorithm>

#include "base/thread.h"
#include "keys/address.h"
#include "wallet/loaded_wallet.h"

namespace cairn::wallet {

using api::ErrorCode;

/// One descriptor of an import, with all that comes with it.
struct LoadedWallet::ImportPlan {
    std::vector<KeyVault::Addition> keys;
    DescriptorSet::Addition descriptor;
    std::vector<DescriptorSet::RoleChange> roles;
    std::map<std::string, AddressBookEntry> addresses;
};

api::Result<std::string> LoadedWallet::next_address(const ActiveRole& role)
{
    if (descriptors_.active(role) == nullptr) {
        bool any = false;
        for (const auto type : {keys::OutputType::kLegacy, keys::OutputType::kP2shSegwit, keys::OutputType::kBech32,
                                keys::OutputType::kBech32m}) {
            any = any || descriptors_.active({type, role.internal}) != nullptr;
        }
        if (!any) return refuse(ErrorCode::kWallet, "Error: This wallet has no available keys");
        return refuse(ErrorCode::kWalletKeypoolRanOut,
                      "Error: No " + std::string(keys::name(role.type)) + " addresses available.");
    }
    const auto script = descriptors_.take_next(*database_, vault_, role);
    if (!script) {
        return refuse(ErrorCode::kWalletKeypoolRanOut, "Error: Keypool ran out, please call keypoolrefill first");
    }
    return keys::encode_address(*keys::destination_of(*script), format());
}

api::Result<std::string> LoadedWallet::new_address(const std::string& label, std::optional<keys::OutputType> kind)
{
    const Lock lock = enter();
    if (auto error = closed()) return std::unexpected(*error);
    return keep_in_step([&] {
        auto address = next_address({kind.value_or(shared_.settings.address_type), false});
        if (address) write_address(*address, label, "receive");
        return address;
    });
}

api::Result<std::string> LoadedWallet::new_change_address(std::optional<keys::OutputType> kind)
{
    const Lock lock = enter();
    if (auto error = closed()) return std::unexpected(*error);
    const auto type = kind.value_or(shared_.settings.change_type.value_or(shared_.settings.address_type));
    return keep_in_step([&] { return next_address({type, true}); });
}

api::Result<void> LoadedWallet::refill_keypool(std::optional<std::uint64_t> size)
{
    const Lock lock = enter();
    if (auto error = closed()) return std::unexpected(*error);
    if (auto error = need_unlocked()) return std::unexpected(*error);
    if (size && *size > static_cast<std::uint64_t>(DescriptorSet::kMaxRange)) {
        return refuse(ErrorCode::kInvalidParameter, "Invalid parameter, expected valid size.");
    }
    const auto wanted = size ? std::optional{static_cast<std::uint32_t>(*size)} : std::nullopt;
    return keep_in_step([&] {
        descriptors_.top_up(*database_, vault_, wanted);
        return api::Result<void>{};
    });
}

api::Result<std::vector<api::WalletDescriptor>> LoadedWallet::descriptors(bool with_private_keys) const
{
    const Lock lock = enter();
    if (auto error = closed()) return std::unexpected(*error);
    if (with_private_keys && (flags_ & kFlagNoPrivateKeys) != 0) {
        return refuse(ErrorCode::kWallet, "Can't get private descriptor string for watch-only wallets");
    }
    if (with_private_keys) {
        if (auto error = need_unlocked()) return std::unexpected(*error);
    }
    std::vector<api::WalletDescriptor> all;
    for (const OwnedDescriptor* owned : descriptors_.all()) {
        api::WalletDescriptor out;
        const auto keys = with_private_keys ? vault_.keys_of(owned->id) : keys::SigningProvider{};
        const auto text = with_private_keys ? owned->descriptor.to_private_string(format(), keys) : std::nullopt;
        out.descriptor = with_private_keys ? text.value_or(owned->descriptor.to_string(format())) : owned->shown;
        out.timestamp = static_cast<std::int64_t>(owned->record.creation_time);
        if (const auto role = descriptors_.role_of(owned->id)) {
            out.active = true;
            out.internal = role->internal;
        }
        if (owned->descriptor.is_range()) {
            out.range = {owned->record.range_start, owned->record.range_end - 1};
            out.next_index = owned->record.next_index;
        }
        all.push_back(std::move(out));
    }
    std::ranges::sort(all, {}, &api::WalletDescriptor::descriptor);
    return all;
}

std::optional<api::Error> LoadedWallet::check_import(const api::DescriptorImport& import,
                                                     const keys::ParsedDescriptors& parsed) const
{
    const auto wrong = [](std::string text) { return api::Error{ErrorCode::kInvalidParameter, std::move(text)}; };
    const keys::Descriptor& first = parsed.descriptors.front();
    const bool ranged = first.is_range();
    if (import.internal && parsed.descriptors.size() > 1) {
        return api::Error{ErrorCode::kInvalidAddressOrKey,
                          "Cannot have multipath descriptor while also specifying 'internal'"};
    }
    if (!ranged && import.range) return wrong("Range should not be specified for an un-ranged descriptor");
    if (import.range) {
        const auto [begin, end] = *import.range;
        if (end >= 0x7fffffff) return wrong("End of range is too high");
        if (begin < 0) return wrong("Range should be greater or equal than 0");
        if (begin > end) return wrong("Range specified as [begin,end] must not have begin after end");
        if (end >= begin + DescriptorSet::kMaxRange) return wrong("Range is too large");
    }
    if (import.active && !ranged) return wrong("Active descriptors must be ranged");
    if (import.label && parsed.descriptors.size() > 1) return wrong("Multipath descriptors should not have a label");
    if (import.label && ranged) return wrong("Ranged descriptors should not have a label");
    if (import.label && import.internal.value_or(false)) return wrong("Internal addresses should not have a label");
    if (import.active && !first.is_single_type()) {
        return api::Error{ErrorCode::kWallet, "Combo descriptors cannot be set to active"};
    }
    const bool watch_only = (flags_ & kFlagNoPrivateKeys) != 0;
    if (watch_only && !parsed.keys.private_keys.empty()) {
        return api::Error{ErrorCode::kWallet, "Cannot import private keys to a wallet with private keys disabled"};
    }
    if (!watch_only && parsed.keys.private_keys.empty()) {
        return api::Error{ErrorCode::kWallet,
                          "Cannot import descriptor without private keys to a wallet with private keys enabled"};
    }
    return std::nullopt;
}

std::expected<LoadedWallet::ImportPlan, api::Error> LoadedWallet::plan_import(const api::DescriptorImport& import,
                                                                              const keys::ParsedDescriptors& parsed,
                                                                              std::size_t which,
                                                                              const DescriptorRecord& record,
                                                                              std::vector<std::string>& warnings) const
{
    const keys::Descriptor& descriptor = parsed.descriptors[which];
    const bool internal = parsed.descriptors.size() == 2 ? which == 1 : import.internal.value_or(false);
    if ((flags_ & kFlagNoPrivateKeys) == 0 && !descriptor.has_private_keys(parsed.keys)) {
        warnings.emplace_back("Not all private keys provided. Some wallet functionality may return unexpected errors");
    }
    auto addition = descriptors_.prepare(vault_, parsed.keys, descriptor, record);
    if (!addition) return refuse(ErrorCode::kWallet, addition.error());
    ImportPlan plan{{}, std::move(*addition), {}, {}};
    const Hash256 id = plan.descriptor.owned.id;
    for (const auto& [key_id, key] : parsed.keys.private_keys) plan.keys.push_back(vault_.prepare(id, key));
    if (!descriptor.is_range() && !internal) {
        const auto expansion = descriptor.expand(0, parsed.keys);
        for (const Bytes& script : expansion ? expansion->scripts : std::vector<Bytes>{}) {
            const auto address = keys::address_of(script, format());
            if (address) plan.addresses[*address] = {import.label.value_or(""), "receive"};
        }
    }
    const auto type = descriptor.output_type();
    if (import.active && !type) {
        warnings.emplace_back("Unknown output type, cannot set descriptor to active.");
    } else if (import.active) {
        plan.roles = descriptors_.prepare_active({*type, internal}, id);
    } else if (const auto role = descriptors_.role_of(id)) {
        plan.roles.push_back({*role, std::nullopt});
    }
    return plan;
}

void LoadedWallet::carry_out(std::vector<ImportPlan> plans)
{
    // Keys first in memory: if the others are read from the file again, they are needed.
    keep_in_step([&] {
        for (ImportPlan& plan : plans) {
            for (auto& key : plan.keys) {
                vault_.write(*database_, key);
                vault_.keep(std::move(key));
            }
            descriptors_.write(*database_, plan.descriptor);
            for (const auto& change : plan.roles) descriptors_.write(*database_, change);
            for (const auto& [address, entry] : plan.addresses) store_address(address, entry);
        }
        return true;
    });
    for (ImportPlan& plan : plans) {
        descriptors_.keep(std::move(plan.descriptor));
        for (const auto& change : plan.roles) descriptors_.keep(change);
        for (const auto& [address, entry] : plan.addresses) addresses_[address] = entry;
    }
    ledger_.find_own_outputs();
}

namespace {

/// What the wallet watches already, it goes on watching.
std::optional<api::Error> check_range(const DescriptorSet& known, const api::DescriptorImport& import,
                                      const keys::ParsedDescriptors& parsed, const DescriptorRecord& record)
{
    for (const keys::Descriptor& descriptor : parsed.descriptors) {
        const auto* owned = known.find(known.id_of(descriptor));
        if (owned == nullptr) continue;
        const auto [begin, end] = std::pair{owned->record.range_start, owned->record.range_end};
        if (record.range_start <= begin && record.range_end >= end) continue;
        return api::Error{ErrorCode::kWallet, "Could not add descriptor '" + import.descriptor +
                                                  "': new range must include current range = [" +
                                                  std::to_string(begin) + "," + std::to_string(end - 1) + "]"};
    }
    return std::nullopt;
}

}  // namespace

LoadedWallet::ImportOutcome LoadedWallet::import_one(const api::DescriptorImport& import, std::int64_t time)
{
    ImportOutcome outcome;
    const auto parsed =
        keys::parse_descriptor(import.descriptor, format(), shared_.signing, keys::ChecksumRule::kRequired);
    if (!parsed) {
        outcome.error = api::Error{ErrorCode::kInvalidAddressOrKey, parsed.error()};
        return outcome;
    }
    const bool ranged = parsed->descriptors.front().is_range();
    if (ranged && !import.range) outcome.warnings.emplace_back("Range not given, using default keypool range");
    outcome.error = check_import(import, *parsed);
    if (outcome.error) return outcome;
    DescriptorRecord record;
    record.creation_time = static_cast<std::uint64_t>(time);
    record.range_end = 1;
    if (ranged) {
        const std::int64_t default_end = std::max<std::int64_t>(1, shared_.settings.keypool_size) - 1;
        const auto [begin, end] = import.range.value_or(std::pair{std::int64_t{0}, default_end});
        const std::int64_t next = import.next_index.value_or(begin);
        if (next < begin || next > end) {
            outcome.error = api::Error{ErrorCode::kInvalidParameter, "next_index is out of range"};
            return outcome;
        }
        record.range_start = static_cast<std::int32_t>(begin);
        record.range_end = static_cast<std::int32_t>(end + 1);
        record.next_index = static_cast<std::int32_t>(next);
    }
    outcome.error = check_range(descriptors_, import, *parsed, record);
    if (outcome.error) return outcome;
    std::vector<ImportPlan> plans;
    for (std::size_t i = 0; i < parsed->descriptors.size(); ++i) {
        auto plan = plan_import(import, *parsed, i, record, outcome.warnings);
        if (!plan) {
            outcome.error = plan.error();
            return outcome;
        }
        plans.push_back(std::move(*plan));
    }
    carry_out(std::move(plans));
    return outcome;
}

api::Result<std::vector<LoadedWallet::ImportOutcome>> LoadedWallet::import_descriptors(
    std::span<const api::DescriptorImport> imports)
{
    const std::unique_lock scan_lock{scan_mutex_, std::try_to_lock};
    if (!scan_lock) {
        return refuse(ErrorCode::kWallet, "Wallet is currently rescanning. Abort existing rescan or wait.");
    }
    std::vector<ImportOutcome> outcomes;
    std::optional<std::int64_t> oldest;
    Height tip = 0;
    {
        const Lock lock = enter();
        if (auto error = closed()) return std::unexpected(*error);
        if (auto error = need_unlocked()) return std::unexpected(*error);
        const auto info = around().chain.block_info(last_block_);
        const std::int64_t time_now = info ? info->median_time_past : now();
        for (const api::DescriptorImport& import : imports) {
            const std::int64_t time = std::max<std::int64_t>(import.timestamp.value_or(time_now), 1);
            outcomes.push_back(import_one(import, time));
            if (!outcomes.back().error) oldest = std::min(oldest.value_or(time), time);
        }
        tip = last_height_;
    }
    if (!oldest) return outcomes;
    const Height first = first_height_after(*oldest);
    const auto with_error = [&outcomes](const std::string& text) {
        for (ImportOutcome& outcome : outcomes) {
            if (!outcome.error) outcome.error = api::Error{ErrorCode::kMisc, text};
        }
        return outcomes;
    };
    try {
        const Scan done = scan(first, tip);
        if (done.aborted) return refuse(ErrorCode::kMisc, "Rescan aborted by user.");
        const Lock lock = enter();
        if (auto error = closed()) return std::unexpected(*error);
        refresh_mempool_states();
        if (!done.failed) return outcomes;
        return with_error("Rescan failed for descriptor: there was an error reading block " +
                          std::to_string(*done.failed) +
                          ", which could contain transactions pertaining to the desc. As a result, transactions and "
                          "coins using this desc may not appear in the wallet.");
    } catch (const base::EnvironmentError&) {
        return with_error("The descriptor is imported, but what it received is not all in the wallet. " +
                          base::describe(std::current_exception()) + " Then call rescanblockchain " +
                          std::to_string(first) + ".");
    }
}

}  // namespace cairn::wallet
