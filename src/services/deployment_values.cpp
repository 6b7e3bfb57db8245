#include "services/deployment_values.h"

#include <limits>

#include "consensus/connect_context.h"

namespace cairn::services {

namespace {

api::Deployment buried(consensus::BuriedDeployment deployment, Height next_height, const consensus::Params& params)
{
    api::Deployment out;
    out.name = consensus::name(deployment);
    out.height = params.buried_height(deployment);
    out.active = params.is_active(deployment, next_height);
    return out;
}

api::SignallingStatistics statistics(const consensus::SignallingStats& stats, bool started)
{
    api::SignallingStatistics out;
    out.period = stats.period;
    out.threshold = started ? stats.threshold : 0;
    out.elapsed = stats.elapsed;
    out.count = stats.count;
    out.possible = stats.possible;
    return out;
}

api::Deployment bip9(consensus::Deployment id, const chain::BlockNode& node, const consensus::Params& params,
                     consensus::ThresholdCache& cache)
{
    const auto& deployment = params.deployment(id);
    const auto info = consensus::deployment_info(node, deployment, cache);
    api::Deployment out;
    out.name = consensus::name(id);
    out.active = info.active_since && *info.active_since <= node.height() + 1;
    out.height = info.active_since;
    auto& signalling = out.bip9.emplace();
    signalling.bit = deployment.bit;
    signalling.start_time = deployment.start_time;
    signalling.timeout = deployment.timeout;
    signalling.min_activation_height = deployment.min_activation_height;
    signalling.status = consensus::name(info.state);
    signalling.status_next = consensus::name(info.next_state);
    signalling.since = info.since;
    if (info.stats) {
        signalling.statistics = statistics(*info.stats, info.state == consensus::ThresholdState::kStarted);
        for (const bool signals : info.stats->signalling) signalling.signalling += signals ? '#' : '-';
    }
    return out;
}

}  // namespace

api::DeploymentState deployment_state(const chain::BlockNode& node, const consensus::Params& params,
                                      consensus::VersionBitsCache& cache)
{
    using enum consensus::BuriedDeployment;
    api::DeploymentState state;
    state.block = node.hash();
    state.height = node.height();
    state.script_flags = script_flag_names(consensus::block_script_flags(node.hash(), node.height(), params));
    for (const auto deployment : {kBip34, kBip66, kBip65, kCsv, kSegwit}) {
        // CONSENSUS: a height of the largest number is Bitcoin Core's way to say that the rule never holds.
        if (params.buried_height(deployment) == std::numeric_limits<Height>::max()) continue;
        state.deployments.push_back(buried(deployment, node.height() + 1, params));
    }
    for (std::size_t i = 0; i < consensus::kDeployments; ++i) {
        const auto id = static_cast<consensus::Deployment>(i);
        if (params.deployment(id).start_time == consensus::Bip9Deployment::kNeverActive) continue;
        state.deployments.push_back(bip9(id, node, params, cache.deployments[i]));
    }
    return state;
}

}  // namespace cairn::services
