#include "fake_node.h"

namespace cairn::rpc::test {

namespace {

std::unexpected<api::Error> refused(api::ErrorCode code, std::string message)
{
    return std::unexpected(api::Error{code, std::move(message)});
}

}  // namespace

FakeChain::FakeChain()
{
    chain->mine(101);
    const Outpoint coin = chain->coinbase(1);
    const Amount value{chain->coins().coins().at(coin).value.satoshis() - 1000};
    chain->mine({cairn::test::make_spend(std::vector{coin}, value).finish()});
}

BlockRef FakeChain::block_at(Height height) const
{
    return height == 0 ? chain->params().genesis : chain->blocks().at(static_cast<std::size_t>(height) - 1);
}

std::optional<api::BlockInfo> FakeChain::block_info(Height height) const
{
    if (height < 0 || height > chain->height()) return std::nullopt;
    const BlockRef block = block_at(height);
    api::BlockInfo info;
    info.hash = block->hash;
    info.height = height;
    info.header = block->header;
    info.chain_work.bytes[0] = std::byte(2 * (height + 1));
    info.median_time_past = block->header.time;
    info.transactions = static_cast<std::uint32_t>(block->transactions.size());
    info.chain_transactions = static_cast<std::uint64_t>(height) + 1;
    info.in_active_chain = true;
    if (height < chain->height()) info.next = block_at(height + 1)->hash;
    info.confirmations = chain->height() - height + 1;
    info.has_block = info.has_undo = true;
    return info;
}

std::optional<api::BlockInfo> FakeChain::block_info(const BlockHash& hash) const
{
    for (Height height = 0; height <= chain->height(); ++height) {
        if (block_at(height)->hash == hash) return block_info(height);
    }
    return std::nullopt;
}

api::BlockInfo FakeChain::tip() const
{
    return *block_info(chain->height());
}

api::ChainOverview FakeChain::overview() const
{
    api::ChainOverview out;
    out.network = "regtest";
    out.tip = tip();
    out.best_header_height = tip().height;
    out.verification_progress = 1;
    out.initial_block_download = false;
    out.prune.pruning = pruning;
    out.warnings = warnings();
    return out;
}

std::vector<api::ChainStateInfo> FakeChain::chain_states() const
{
    api::ChainStateInfo state;
    state.tip = tip();
    return {state};
}

std::optional<api::BlockInfo> FakeChain::ancestor(const BlockHash&, Height height) const
{
    return block_info(height);
}

std::vector<api::ChainTip> FakeChain::chain_tips() const
{
    return {{tip().hash, tip().height, 0, api::ChainTipStatus::kActive}, {{}, 3, 1, api::ChainTipStatus::kHeadersOnly}};
}

api::DeploymentState FakeChain::deployments(const BlockHash& block) const
{
    api::DeploymentState state{block, 7, {"P2SH"}, {}};
    api::Deployment buried;
    buried.name = "segwit";
    buried.active = true;
    buried.height = 0;
    api::Deployment started;
    started.name = "testdummy";
    started.bip9.emplace();
    started.bip9->bit = 28;
    started.bip9->status = started.bip9->status_next = "started";
    started.bip9->statistics = api::SignallingStatistics{144, 108, 3, 2, true};
    started.bip9->signalling = "#-#";
    state.deployments = {buried, started};
    return state;
}

api::Result<BlockRef> FakeChain::block(const BlockHash& hash) const
{
    const auto info = block_info(hash);
    if (!info) return refused(api::ErrorCode::kInvalidAddressOrKey, "Block not found");
    if (pruning) return refused(api::ErrorCode::kMisc, "Block not available (pruned data)");
    return block_at(info->height);
}

api::Result<std::shared_ptr<const SpentOutputs>> FakeChain::spent_outputs(const BlockHash& hash) const
{
    return std::make_shared<const SpentOutputs>(chain->undo(block_info(hash)->height));
}

api::CoinAnswer FakeChain::coin(const Outpoint& outpoint, bool) const
{
    api::CoinAnswer answer{tip().hash, tip().height, std::nullopt};
    const auto found = chain->coins().coins().find(outpoint);
    if (found != chain->coins().coins().end()) {
        const auto& coin = found->second;
        answer.coin = api::UnspentOutput{outpoint, coin.value, coin.script_pubkey, coin.height, coin.coinbase};
    }
    return answer;
}

std::optional<api::UnspentOutput> FakeChain::any_coin_of(const Txid& txid) const
{
    return coin({txid, 0}, false).coin;
}

api::Result<api::UtxoStatistics> FakeChain::utxo_statistics(api::UtxoHash kind, api::JobControl&) const
{
    api::UtxoStatistics out{tip().hash, tip().height, 1, 2, 3, 4, kCoin, std::nullopt};
    if (kind != api::UtxoHash::kNone) out.hash = Hash256{};
    return out;
}

api::Result<api::ScanSummary> FakeChain::scan_coins(const CoinVisitor& visit, api::JobControl& control) const
{
    api::ScanSummary summary{tip().hash, tip().height, 0, true};
    if (while_scanning) while_scanning();
    for (const auto& [outpoint, coin] : chain->coins().coins()) {
        if (control.abort) {
            summary.completed = false;
            return summary;
        }
        visit(outpoint, {coin.value, coin.script_pubkey, coin.height, coin.coinbase, 0});
        ++summary.outputs_seen;
    }
    return summary;
}

bool FakeChain::verify(int level, int blocks) const
{
    return level == 3 && blocks == 6;
}

api::Result<void> FakeChain::invalidate(const BlockHash& hash)
{
    done = "invalidate " + hash.to_hex();
    return {};
}

api::Result<void> FakeChain::reconsider(const BlockHash& hash)
{
    done = "reconsider " + hash.to_hex();
    return {};
}

api::Result<void> FakeChain::precious(const BlockHash& hash)
{
    done = "precious " + hash.to_hex();
    return {};
}

api::Result<Height> FakeChain::prune_to(Height height)
{
    return height;
}

api::BlockInfo FakeChain::wait_for_tip_change(const BlockHash& current, std::optional<std::chrono::milliseconds>)
{
    if (tip().hash == current && while_waiting) while_waiting();
    return tip();
}

}  // namespace cairn::rpc::test
