#include "services/template_port.h"

#include <algorithm>

#include "consensus/limits.h"
#include "consensus/proof_of_work.h"
#include "consensus/subsidy.h"

namespace cairn::services {

namespace {

/// The earliest time a block on `tip` may have.
std::int64_t minimum_time(const chain::BlockNode& tip, const consensus::Params& params)
{
    const std::int64_t above_median = consensus::median_time_past(tip) + 1;
    const bool begins_period = (tip.height() + 1) % params.difficulty_interval() == 0;
    // BIP94's bound is the rule on testnet4 only; on the others it makes blocks that would keep it too.
    if (!begins_period) return above_median;
    return std::max(above_median, std::int64_t{tip.time()} - consensus::kMaxTimewarp);
}

}  // namespace

mining::TemplatePort::Next TemplatePort::next() const
{
    const auto& params = chain_.params();
    const auto& tip = *chain_.tip();
    Next next;
    next.previous = tip.hash();
    next.height = tip.height() + 1;
    next.version = consensus::compute_block_version(&tip, params, *version_bits_);
    next.median_time_past = consensus::median_time_past(tip);
    next.minimum_time = minimum_time(tip, params);
    next.now = base::unix_seconds(clock_.now());
    next.subsidy = consensus::block_subsidy(next.height, params);
    next.segwit = params.is_active(consensus::BuriedDeployment::kSegwit, next.height);
    return next;
}

std::uint32_t TemplatePort::bits_for(std::int64_t block_time) const
{
    return consensus::next_work_required(*chain_.tip(), static_cast<std::uint32_t>(block_time), chain_.params());
}

std::expected<void, Rejection> TemplatePort::check_block(const BlockRef& block)
{
    return chain_.test_block(block, false, true);
}

}  // namespace cairn::services
