#include "fake_node.h"

#include <algorithm>

#include "keys/address.h"
#include "support/block_builder.h"

namespace cairn::wallet {

FakeChain::FakeChain(events::EventBus& bus, std::uint32_t salt)
    : bus_(bus), params_(consensus::make_params(Network::kRegtest)), salt_(salt)
{
    mine(test::anyone_can_spend());
}

api::BlockInfo FakeChain::info_of(const BlockRef& block) const
{
    const Height height = all_.at(block->hash).second;
    const auto size = static_cast<Height>(active_.size());
    api::BlockInfo info;
    info.hash = block->hash;
    info.height = height;
    info.header = block->header;
    info.median_time_past = block->header.time - 1;
    info.in_active_chain = height < size && active_[static_cast<std::size_t>(height)]->hash == block->hash;
    info.confirmations = info.in_active_chain ? size - height : -1;
    info.has_block = height >= pruned_below_;
    return info;
}

BlockRef FakeChain::mine(Bytes script, std::vector<TransactionRef> transactions)
{
    BlockRef block;
    Height height = 0;
    {
        const std::lock_guard lock{mutex_};
        height = static_cast<Height>(active_.size());
        test::BlockPlan plan;
        plan.height = height;
        if (!active_.empty()) plan.previous = active_.back()->hash;
        plan.time = time_ += 600;
        plan.transactions = std::move(transactions);
        plan.fees = Amount{-static_cast<std::int64_t>(++salt_)};  // makes every coinbase another one
        plan.coinbase_script = std::move(script);
        block = test::make_block(plan, params_);
        active_.push_back(block);
        all_[block->hash] = {block, height};
    }
    if (!silent_) bus_.publish(events::BlockConnected{block, nullptr, height});
    return block;
}

BlockRef FakeChain::disconnect_tip()
{
    BlockRef block;
    Height height = 0;
    {
        const std::lock_guard lock{mutex_};
        block = active_.back();
        active_.pop_back();
        height = static_cast<Height>(active_.size());
    }
    if (!silent_) bus_.publish(events::BlockDisconnected{block, nullptr, height});
    return block;
}

void FakeChain::return_at_lookup(int lookups, std::vector<BlockRef> blocks)
{
    const std::lock_guard lock{mutex_};
    lookups_until_return_ = lookups;
    returning_ = std::move(blocks);
}

void FakeChain::count_lookup() const
{
    std::vector<BlockRef> blocks;
    Height height = 0;
    {
        const std::lock_guard lock{mutex_};
        if (returning_.empty() || --lookups_until_return_ > 0) return;
        blocks.swap(returning_);
        height = static_cast<Height>(active_.size());
        active_.insert(active_.end(), blocks.begin(), blocks.end());
    }
    for (const BlockRef& block : blocks) {
        bus_.publish(events::BlockConnected{block, nullptr, height++});
    }
}

api::BlockInfo FakeChain::tip() const
{
    count_lookup();
    const std::lock_guard lock{mutex_};
    return info_of(active_.back());
}

std::optional<api::BlockInfo> FakeChain::block_info(const BlockHash& hash) const
{
    count_lookup();
    const std::lock_guard lock{mutex_};
    const auto found = all_.find(hash);
    if (found == all_.end()) return std::nullopt;
    return info_of(found->second.first);
}

std::optional<api::BlockInfo> FakeChain::block_info(Height height) const
{
    count_lookup();
    const std::lock_guard lock{mutex_};
    if (height < 0 || height >= static_cast<Height>(active_.size())) return std::nullopt;
    return info_of(active_[static_cast<std::size_t>(height)]);
}

std::optional<api::BlockInfo> FakeChain::ancestor(const BlockHash& descendant, Height height) const
{
    const std::lock_guard lock{mutex_};
    auto found = all_.find(descendant);
    while (found != all_.end() && found->second.second > height) {
        found = all_.find(found->second.first->header.previous);
    }
    if (found == all_.end() || found->second.second != height) return std::nullopt;
    return info_of(found->second.first);
}

api::Result<BlockRef> FakeChain::block(const BlockHash& hash) const
{
    const std::lock_guard lock{mutex_};
    const auto found = all_.find(hash);
    if (found == all_.end() || found->second.second < pruned_below_) {
        return std::unexpected(api::Error{api::ErrorCode::kMisc, "Block not available (pruned data)"});
    }
    return found->second.first;
}

void FakeMempool::set_burden(const Txid& txid, const api::MempoolBurden& burden)
{
    const std::lock_guard lock{mutex_};
    burdens_[txid] = burden;
}

std::vector<std::optional<api::MempoolBurden>> FakeMempool::burdens(std::span<const Txid> txids, Amount) const
{
    const std::lock_guard lock{mutex_};
    std::vector<std::optional<api::MempoolBurden>> out;
    for (const Txid& txid : txids) {
        const bool known =
            std::ranges::any_of(transactions_, [&](const auto& transaction) { return transaction->txid == txid; });
        const auto told = burdens_.find(txid);
        out.push_back(!known                   ? std::nullopt
                      : told == burdens_.end() ? api::MempoolBurden{}
                                               : std::optional(told->second));
    }
    return out;
}

void FakeMempool::add(const TransactionRef& transaction)
{
    {
        const std::lock_guard lock{mutex_};
        transactions_.push_back(transaction);
    }
    bus_.publish(events::TransactionAdded{transaction, {}, 0});
}

void FakeMempool::remove(const TransactionRef& transaction, events::RemovalReason reason)
{
    {
        const std::lock_guard lock{mutex_};
        std::erase_if(transactions_, [&](const auto& other) { return other->txid == transaction->txid; });
    }
    bus_.publish(events::TransactionRemoved{transaction, reason, 0});
}

std::vector<TransactionRef> FakeMempool::transactions() const
{
    const std::lock_guard lock{mutex_};
    return transactions_;
}

std::vector<TransactionRef> FakeMempool::take_all()
{
    const std::lock_guard lock{mutex_};
    return std::exchange(transactions_, {});
}

api::MempoolInfo FakeMempool::info() const
{
    api::MempoolInfo info;
    info.loaded = true;
    info.minimum_fee = info.minimum_relay_fee = Amount{100};
    return info;
}

std::vector<api::MempoolEntry> FakeMempool::entries() const
{
    std::vector<api::MempoolEntry> all;
    for (const auto& transaction : transactions()) {
        api::MempoolEntry entry;
        entry.transaction = transaction;
        all.push_back(entry);
    }
    return all;
}

api::MempoolListing FakeMempool::listing() const
{
    api::MempoolListing all;
    for (const auto& transaction : transactions()) all.txids.push_back(transaction->txid);
    return all;
}

TransactionRef FakeMempool::transaction(const Txid& txid) const
{
    const auto all = transactions();
    const auto found = std::ranges::find_if(all, [&](const auto& transaction) { return transaction->txid == txid; });
    return found == all.end() ? nullptr : *found;
}

std::optional<api::MempoolEntry> FakeMempool::entry(const Txid& txid) const
{
    for (const auto& entry : entries()) {
        if (entry.transaction->txid == txid) return entry;
    }
    return std::nullopt;
}

api::SubmitOutcome FakeMempool::submit(const TransactionRef& transaction, const api::SubmitOptions&)
{
    ++submissions_;
    api::SubmitOutcome outcome;
    if (refusing_) {
        outcome.reason = "min relay fee not met";
        return outcome;
    }
    add(transaction);
    outcome.status = api::SubmitStatus::kAccepted;
    return outcome;
}

FakeNode::FakeNode(std::uint32_t salt) : scheduler(clock, base::Scheduler::Run::kByHand), chain(bus, salt), mempool(bus)
{
    folder = std::filesystem::temp_directory_path() / ("cairn-wallet-test-" + std::to_string(random.u64()));
    std::filesystem::create_directories(folder / "wallets");
    clock.set(base::Time{std::chrono::seconds{chain.time()}});
    settings.folder = folder / "wallets";
    settings.network_magic = {0xfa, 0xbf, 0xb5, 0xda};
    settings.address_format = keys::kRegtestAddresses;
    settings.keypool_size = 5;
    settings.fallback_fee = Amount{20'000};
    settings.passphrase_cost = {64, 1, 1};
}

FakeNode::~FakeNode()
{
    std::filesystem::remove_all(folder);
}

std::unique_ptr<WalletManager> FakeNode::make_manager()
{
    return make_wallet_manager(
        settings, {chain, mempool, bus, scheduler, clock, random, *files, [this](const std::string& name, bool load) {
                       remembered[name] = load;
                       return true;
                   }});
}

std::shared_ptr<api::Wallet> FakeNode::make_wallet(WalletManager& manager, const std::string& name,
                                                   const std::string& passphrase)
{
    api::WalletOptions options;
    options.name = name;
    options.passphrase = passphrase;
    const auto outcome = manager.create(options);
    if (!outcome) throw std::runtime_error(outcome.error().message);
    return manager.find(name);
}

void FakeNode::fund(api::Wallet& wallet, int coinbases, std::optional<keys::OutputType> kind)
{
    for (int i = 0; i < coinbases; ++i) chain.mine(script_of(wallet.new_address("", kind).value()));
    for (int i = 0; i < 100; ++i) chain.mine(test::anyone_can_spend());
    clock.set(base::Time{std::chrono::seconds{chain.time()}});
}

void FakeNode::pay_in(api::Wallet& wallet, Amount amount)
{
    TransactionDraft draft;
    Outpoint foreign;
    random.fill(foreign.txid.value.bytes);
    draft.inputs.push_back({foreign, {}, 0xffffffff, {}});
    draft.outputs.push_back({amount, script_of(wallet.new_address("", std::nullopt).value())});
    chain.mine(test::anyone_can_spend(), {draft.finish()});
}

BlockRef FakeNode::confirm()
{
    return chain.mine(test::anyone_can_spend(), mempool.take_all());
}

keys::Destination destination(const std::string& address)
{
    return keys::decode_address(address, keys::kRegtestAddresses).value();
}

Bytes script_of(const std::string& address)
{
    return keys::script_for(destination(address));
}

Bytes foreign_script()
{
    return keys::script_for(keys::witness_destination(0, Bytes(20, std::byte{7})));
}

std::string foreign_address()
{
    return *keys::address_of(foreign_script(), keys::kRegtestAddresses);
}

}  // namespace cairn::wallet
