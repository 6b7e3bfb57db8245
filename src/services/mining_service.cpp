#include "services/mining_service.h"

#include <algorithm>
#include <map>

#include "consensus/proof_of_work.h"
#include "consensus/versionbits.h"
#include "services/block_edit.h"

namespace cairn::services {

namespace {

std::vector<api::TemplateTransaction> template_transactions(const mining::BlockTemplate& made)
{
    std::map<Txid, std::uint32_t> positions;
    std::vector<api::TemplateTransaction> out;
    for (std::size_t i = 0; i < made.transactions.size(); ++i) {
        api::TemplateTransaction entry;
        entry.transaction = made.transactions[i];
        entry.fee = made.fees[i];
        entry.sigop_cost = made.sigop_costs[i];
        for (const auto& input : entry.transaction->inputs) {
            if (const auto found = positions.find(input.prevout.txid); found != positions.end()) {
                entry.depends.push_back(found->second);
            }
        }
        positions.emplace(entry.transaction->txid, static_cast<std::uint32_t>(i + 1));
        out.push_back(std::move(entry));
    }
    return out;
}

/// getblocktemplate's names: '!' marks a rule that a miner must know to build on the template at all.
std::vector<std::string> active_rules(const consensus::Params& params, Height height)
{
    std::vector<std::string> rules{"csv"};
    if (params.is_active(consensus::BuriedDeployment::kSegwit, height)) rules.emplace_back("!segwit");
    rules.emplace_back("taproot");
    if (params.signet_blocks) rules.emplace_back("!signet");
    return rules;
}

/// BIP9's deployments (all of them a miner may ignore): those he can signal for, and those that hold.
void add_deployments(api::BlockTemplate& out, const chain::BlockNode& previous, const consensus::Params& params,
                     consensus::VersionBitsCache& cache)
{
    using enum consensus::ThresholdState;
    for (std::size_t i = 0; i < consensus::kDeployments; ++i) {
        const std::string name{consensus::name(static_cast<consensus::Deployment>(i))};
        const auto state = consensus::threshold_state(&previous, params.deployments[i], cache.deployments[i]);
        if (state == kStarted || state == kLockedIn) out.available_bits.push_back({name, params.deployments[i].bit});
        if (state == kActive) out.rules.push_back(name);
    }
}

api::BlockTemplate to_api(const mining::BlockTemplate& made, const consensus::Params& params)
{
    api::BlockTemplate out;
    out.version = made.header.version;
    out.previous = made.header.previous;
    out.height = made.height;
    out.bits = made.header.bits;
    out.target = consensus::expand_compact(made.header.bits).value.to_hash();
    out.current_time = made.header.time;
    out.minimum_time = static_cast<std::uint32_t>(made.minimum_time);
    out.coinbase_value = made.coinbase_value;
    out.transactions = template_transactions(made);
    out.segwit_active = made.segwit;
    out.witness_commitment = made.witness_commitment_script;
    out.rules = active_rules(params, made.height);
    if (params.signet_blocks) out.signet_challenge = params.signet_challenge;
    return out;
}

}  // namespace

std::expected<mining::BlockTemplate, Rejection> MiningService::build(ByteSpan coinbase_script, bool use_mempool)
{
    auto made = mining::make_template(mempool_, port_, options_, coinbase_script, use_mempool);
    if (made) {
        const std::lock_guard lock(last_mutex_);
        last_ = {made->weight, made->transactions.size()};
    }
    return made;
}

std::expected<void, Rejection> MiningService::renew_handed_out()
{
    const auto now = base::unix_seconds(clock_.now());
    const auto updates = mempool_.updates();
    const bool other_tip = !handed_out_ || handed_out_->made.header.previous != chain_.tip()->hash();
    if (other_tip || (handed_out_->mempool_updates != updates && now - handed_out_->at > kTemplateAge.count())) {
        const Bytes anyone_can_spend{std::byte{0x51}};  // the miner replaces it
        handed_out_.reset();
        auto made = build(anyone_can_spend, true);
        if (!made) return std::unexpected(made.error());
        handed_out_ = {*std::move(made), updates, now};
    }
    mining::update_time(handed_out_->made, port_, now);
    return {};
}

api::Result<api::BlockTemplate> MiningService::make_template()
{
    std::expected<void, Rejection> renewed;
    api::BlockTemplate out;
    chain_.run([&] {
        renewed = renew_handed_out();
        if (!renewed) return;
        out = to_api(handed_out_->made, chain_.params());
        add_deployments(out, *chain_.tip(), chain_.params(), port_.version_bits());
        out.mempool_sequence = handed_out_->mempool_updates;
    });
    if (!renewed) return refuse(api::ErrorCode::kMisc, "TestBlockValidity failed: " + renewed.error().to_string());
    return out;
}

api::LastTemplate MiningService::last_template() const
{
    const std::lock_guard lock(last_mutex_);
    return last_;
}

api::NextBlock MiningService::next_block()
{
    api::NextBlock out;
    chain_.run([&] {
        const auto next = port_.next();
        out.height = next.height;
        out.bits = port_.bits_for(std::max(next.now, next.minimum_time));
    });
    out.target = consensus::expand_compact(out.bits).value.to_hash();
    return out;
}

std::optional<std::string> MiningService::check_proposal(const BlockRef& block)
{
    if (const auto* node = chain_.tree().find(block->hash)) {
        if (node->status().is_valid(chain::Validity::kScripts)) return "duplicate";
        return node->status().failed() ? "duplicate-invalid" : "duplicate-inconclusive";
    }
    const auto judged = chain_.test_block(block, false, true);
    if (judged) return std::nullopt;
    return judged.error().text();
}

api::BlockSubmissionResult MiningService::submit(const BlockRef& block)
{
    using Status = chain::BlockResult::Status;
    const auto* parent = chain_.tree().find(block->header.previous);
    const bool segwit = parent && chain_.params().is_active(consensus::BuriedDeployment::kSegwit, parent->height() + 1);
    const auto completed = segwit ? with_witness_nonce(block) : block;
    const auto result = chain_.submit_block_and_wait(completed, {.requested = true, .work_checked = true});
    switch (result.status) {
        case Status::kRejected:
            return {api::BlockSubmission::kRejected, result.rejection->text()};
        case Status::kDuplicate:
            return {api::BlockSubmission::kDuplicate, "duplicate"};
        case Status::kConnected:
            if (!result.is_new) return {api::BlockSubmission::kDuplicate, "duplicate"};
            return {api::BlockSubmission::kAccepted, ""};
        case Status::kStored:
        case Status::kIgnored:
            break;
    }
    return {api::BlockSubmission::kInconclusive, "inconclusive"};
}

api::Result<void> MiningService::submit_header(const BlockHeader& header)
{
    if (!chain_.tree().find(header.previous)) {
        return refuse(api::ErrorCode::kVerify, "Must submit previous header (" + header.previous.to_hex() + ") first");
    }
    const auto result = chain_.submit_headers_and_wait({header}, true);
    if (result.rejection) return refuse(api::ErrorCode::kVerify, result.rejection->text());
    return {};
}

api::Result<std::optional<api::GeneratedBlock>> MiningService::mine(const mining::BlockTemplate& made,
                                                                    std::uint64_t& max_tries, bool submit)
{
    // A slice is short enough that a stop of the node is noticed soon.
    constexpr std::uint64_t kSlice = 1'000'000;
    auto header = made.block()->header;
    std::optional<BlockHeader> found;
    while (!found && max_tries > 0 && !shutdown_.requested()) {
        std::uint64_t slice = std::min(kSlice, max_tries);
        const auto given = slice;
        found = mining::find_nonce(header, slice);
        max_tries -= given - slice;
        if (header.nonce > 0xffffffffU - given) break;
        header.nonce += static_cast<std::uint32_t>(given);
    }
    if (!found) return std::nullopt;
    const auto block = with_header(made.block(), *found);
    if (submit) {
        const auto result = chain_.submit_block_and_wait(block, {.requested = true, .work_checked = true});
        if (result.status == chain::BlockResult::Status::kRejected) {
            return refuse(api::ErrorCode::kMisc, "ProcessNewBlock, block not accepted: " + result.rejection->text());
        }
    }
    return api::GeneratedBlock{block->hash, block};
}

api::Result<std::optional<api::GeneratedBlock>> MiningService::generate(ByteSpan coinbase_script,
                                                                        std::uint64_t& max_tries)
{
    std::expected<mining::BlockTemplate, Rejection> made;
    chain_.run([&] { made = build(coinbase_script, true); });
    if (!made) return refuse(api::ErrorCode::kMisc, "TestBlockValidity failed: " + made.error().to_string());
    return mine(*made, max_tries, true);
}

std::expected<mining::BlockTemplate, Rejection> MiningService::build_with(ByteSpan coinbase_script,
                                                                          std::vector<TransactionRef> transactions)
{
    auto made = build(coinbase_script, false);
    if (!made) return made;
    mining::set_transactions(*made, std::move(transactions));
    if (auto judged = chain_.test_block(made->block(), false, false); !judged) return std::unexpected(judged.error());
    return made;
}

api::Result<api::GeneratedBlock> MiningService::generate_block(ByteSpan coinbase_script,
                                                               std::vector<TransactionRef> transactions, bool submit)
{
    // In one piece: no other block comes between the template and its judgement.
    std::expected<mining::BlockTemplate, Rejection> made;
    chain_.run([&] { made = build_with(coinbase_script, std::move(transactions)); });
    if (!made) return refuse(api::ErrorCode::kVerify, "TestBlockValidity failed: " + made.error().to_string());
    std::uint64_t max_tries = ~std::uint64_t{0};
    auto mined = mine(*made, max_tries, submit);
    if (!mined) return std::unexpected(mined.error());
    if (!*mined) return refuse(api::ErrorCode::kMisc, "Failed to make block.");
    return **mined;
}

}  // namespace cairn::services
