#include "services/chain_service.h"

#include "consensus/limits.h"
#include "services/block_values.h"
#include "services/deployment_values.h"

namespace cairn::services {

namespace {

api::UnspentOutput unspent(const Outpoint& outpoint, Amount value, ByteSpan script, Height height, bool coinbase)
{
    return {outpoint, value, Bytes(script.begin(), script.end()), height, coinbase};
}

/// How far a scan in the order of keys has come: txids are evenly spread, so their first bytes tell.
int percent_of_keys(const Outpoint& outpoint)
{
    const auto& bytes = outpoint.txid.value.bytes;
    const unsigned high = std::to_integer<unsigned>(bytes[0]) << 8 | std::to_integer<unsigned>(bytes[1]);
    return static_cast<int>(high * 100 / 65536);
}

chain::UtxoHashKind to_chain(api::UtxoHash kind)
{
    switch (kind) {
        case api::UtxoHash::kSerialized3:
            return chain::UtxoHashKind::kSerialized3;
        case api::UtxoHash::kMuhash:
            return chain::UtxoHashKind::kMuhash;
        case api::UtxoHash::kNone:
            break;
    }
    return chain::UtxoHashKind::kNone;
}

}  // namespace

ChainService::ChainService(chain::ChainManager& chain, const mempool::Mempool& mempool,
                           const base::ShutdownSignal& shutdown, std::string notice)
    : chain_(chain),
      mempool_(mempool),
      shutdown_(shutdown),
      notice_(std::move(notice)),
      version_bits_(std::make_unique<consensus::VersionBitsCache>())
{
}

api::ChainOverview ChainService::overview() const
{
    const auto& params = chain_.params();
    const auto* tip_node = chain_.tip();
    const auto* best = chain_.tree().best_header();
    api::ChainOverview out;
    out.network = name(params.network);
    out.tip = to_api(*tip_node, chain::ChainOf{tip_node});
    out.best_header_height = best ? best->height() : -1;
    out.verification_progress = chain_.verification_progress(*tip_node);
    out.initial_block_download = chain_.in_initial_block_download();
    out.size_on_disk = chain_.size_on_disk();
    if (params.signet_blocks) out.signet_challenge = params.signet_challenge;
    out.warnings = warnings();
    return out;
}

std::vector<api::ChainStateInfo> ChainService::chain_states() const
{
    const auto use = chain_.cache_use();
    api::ChainStateInfo state;
    state.tip = tip();
    state.verification_progress = verification_progress(state.tip.hash);
    state.coins_db_cache_bytes = use.database_bytes;
    state.coins_tip_cache_bytes = use.coins_limit;
    return {state};
}

std::vector<std::string> ChainService::warnings() const
{
    auto out = chain_.warnings();
    if (!notice_.empty()) out.insert(out.begin(), notice_);
    return out;
}

bool ChainService::in_initial_block_download() const
{
    return chain_.in_initial_block_download();
}

double ChainService::verification_progress(const BlockHash& block) const  // floating: progress
{
    const auto* node = chain_.tree().find(block);
    return node ? chain_.verification_progress(*node) : 0;
}

api::BlockInfo ChainService::tip() const
{
    const auto active = chain_.active_chain();
    return to_api(*active.tip(), active);
}

std::optional<api::BlockInfo> ChainService::block_info(const BlockHash& hash) const
{
    const auto* node = chain_.tree().find(hash);
    if (!node) return std::nullopt;
    return to_api(*node, chain_.active_chain());
}

std::optional<api::BlockInfo> ChainService::block_info(Height height) const
{
    const auto active = chain_.active_chain();
    const auto* node = active.at(height);
    if (!node) return std::nullopt;
    return to_api(*node, active);
}

std::optional<api::BlockInfo> ChainService::ancestor(const BlockHash& descendant, Height height) const
{
    const auto* node = chain_.tree().find(descendant);
    const auto* found = node ? node->ancestor(height) : nullptr;
    if (!found) return std::nullopt;
    return to_api(*found, chain_.active_chain());
}

std::vector<api::ChainTip> ChainService::chain_tips() const
{
    std::vector<api::ChainTip> out;
    for (const auto& tip : chain_.chain_tips()) out.push_back(to_api(tip));
    return out;
}

api::DeploymentState ChainService::deployments(const BlockHash& block) const
{
    const auto* node = chain_.tree().find(block);
    if (!node) return {};
    const std::lock_guard lock(version_bits_mutex_);
    return deployment_state(*node, chain_.params(), *version_bits_);
}

api::Result<const chain::BlockNode*> ChainService::find(const BlockHash& hash) const
{
    const auto* node = chain_.tree().find(hash);
    if (!node) return refuse(api::ErrorCode::kInvalidAddressOrKey, "Block not found");
    return node;
}

api::Result<BlockRef> ChainService::block(const BlockHash& hash) const
{
    const auto node = find(hash);
    if (!node) return std::unexpected(node.error());
    if (!(*node)->status().has_data()) {
        return refuse(api::ErrorCode::kMisc, "Block not available (not fully downloaded)");
    }
    auto found = chain_.read_block(**node);
    if (!found) return refuse(api::ErrorCode::kMisc, "Block not found on disk");
    return found;
}

api::Result<std::shared_ptr<const SpentOutputs>> ChainService::spent_outputs(const BlockHash& hash) const
{
    const auto node = find(hash);
    if (!node) return std::unexpected(node.error());
    if ((*node)->height() == 0) return std::make_shared<const SpentOutputs>();
    auto found = chain_.read_spent_outputs(**node);
    if (!found) return refuse(api::ErrorCode::kMisc, "Undo data not available");
    return found;
}

/// Nothing where the mempool has nothing to say of the outpoint.
std::optional<api::CoinAnswer> ChainService::unconfirmed_coin(const Outpoint& outpoint) const
{
    const auto* tip_node = chain_.tip();
    api::CoinAnswer answer{tip_node->hash(), tip_node->height(), std::nullopt};
    if (mempool_.spender(outpoint)) return answer;
    const auto parent = mempool_.find(outpoint.txid);
    if (!parent) return std::nullopt;
    if (outpoint.index < parent->outputs.size()) {
        const auto& output = parent->outputs[outpoint.index];
        answer.coin = unspent(outpoint, output.value, output.script_pubkey, api::UnspentOutput::kMempoolHeight, false);
    }
    return answer;
}

api::CoinAnswer ChainService::coin(const Outpoint& outpoint, bool with_mempool) const
{
    if (with_mempool) {
        if (auto answer = unconfirmed_coin(outpoint)) return *answer;
    }
    const auto found = chain_.coin(outpoint);
    const auto* best = chain_.tree().find(found.best);
    api::CoinAnswer answer{found.best, best ? best->height() : 0, std::nullopt};
    if (found.coin) {
        answer.coin =
            unspent(outpoint, found.coin->value, found.coin->script_pubkey, found.coin->height, found.coin->coinbase);
    }
    return answer;
}

std::optional<api::UnspentOutput> ChainService::any_coin_of(const Txid& txid) const
{
    // An output takes at least nine bytes outside the witness, so no transaction in a block has more than this.
    constexpr std::uint32_t kMaxOutputs = static_cast<std::uint32_t>(consensus::kMaxBlockWeight / (4 * 9));
    for (std::uint32_t index = 0; index < kMaxOutputs && !is_stopping(); ++index) {
        if (auto answer = coin({txid, index}, false); answer.coin) return answer.coin;
    }
    return std::nullopt;
}

api::Result<api::UtxoStatistics> ChainService::utxo_statistics(api::UtxoHash kind, api::JobControl& control) const
{
    const auto interrupted = [&] { return control.abort.load() || is_stopping(); };
    const auto found = chain_.utxo_statistics(to_chain(kind), interrupted);
    if (!found) return refuse(api::ErrorCode::kMisc, "Unable to read UTXO set: the scan was interrupted");
    if (!found->total)
        return refuse(api::ErrorCode::kMisc, "Unable to read UTXO set: the sum of its amounts overflows");
    api::UtxoStatistics out;
    out.best_block = found->best->hash();
    out.height = found->best->height();
    out.transactions = found->transactions;
    out.outputs = found->outputs;
    out.bogo_size = found->bogo_size;
    out.disk_size = found->disk_size;
    out.total = *found->total;
    out.hash = found->hash;
    return out;
}

api::Result<api::ScanSummary> ChainService::scan_coins(const CoinVisitor& visit, api::JobControl& control) const
{
    api::ScanSummary summary;
    summary.completed = true;
    const auto* best = chain_.scan_coins([&](const Outpoint& outpoint, const CoinRef& coin) {
        if (control.abort.load() || is_stopping()) {
            summary.completed = false;
            return false;
        }
        ++summary.outputs_seen;
        control.progress = percent_of_keys(outpoint);
        visit(outpoint, coin);
        return true;
    });
    summary.best_block = best->hash();
    summary.height = best->height();
    return summary;
}

bool ChainService::verify(int level, int blocks) const
{
    return chain_.verify(level, blocks) == chain::VerifyOutcome::kGood;
}

api::Result<void> ChainService::invalidate(const BlockHash& hash)
{
    const auto node = find(hash);
    if (!node) return std::unexpected(node.error());
    chain_.invalidate_block(**node);
    return {};
}

api::Result<void> ChainService::reconsider(const BlockHash& hash)
{
    const auto node = find(hash);
    if (!node) return std::unexpected(node.error());
    chain_.reconsider_block(**node);
    return {};
}

api::Result<void> ChainService::precious(const BlockHash& hash)
{
    const auto node = find(hash);
    if (!node) return std::unexpected(node.error());
    chain_.prefer_block(**node);
    return {};
}

api::Result<Height> ChainService::prune_to(Height)
{
    return refuse(api::ErrorCode::kMisc, "Cannot prune blocks because node is not in prune mode.");
}

api::BlockInfo ChainService::wait_for_tip_change(const BlockHash& current,
                                                 std::optional<std::chrono::milliseconds> limit)
{
    const auto* node = chain_.wait_for_tip([&](const chain::BlockNode& tip) { return tip.hash() != current; }, limit);
    return to_api(*node, chain::ChainOf{node});
}

}  // namespace cairn::services
