#include "consensus/versionbits.h"

#include <algorithm>
#include <cassert>
#include <limits>

namespace cairn::consensus {
namespace {

constexpr std::array<std::string_view, 5> kStateNames{"defined", "started", "locked_in", "active", "failed"};

bool has_version_bits(std::int32_t version)
{
    return (static_cast<std::uint32_t>(version) & kVersionBitsMask) == static_cast<std::uint32_t>(kVersionBitsTop);
}

bool has_bit(std::int32_t version, int bit)
{
    return (static_cast<std::uint32_t>(version) >> bit & 1U) != 0;
}

/// The last block of the period before the one that the block after `parent` belongs to; null for the first period.
const HeaderNode* last_of_previous_period(const HeaderNode* parent, Height period)
{
    return parent == nullptr ? nullptr : parent->ancestor(parent->height() - (parent->height() + 1) % period);
}

/// The state machine of BIP9 over any way of signalling.
template <class Signals>
class ThresholdMachine {
public:
    ThresholdMachine(const Bip9Deployment& deployment, const Signals& signals, ThresholdCache& cache)
        : deployment_(deployment), signals_(signals), cache_(cache)
    {
    }

    ThresholdState state_after(const HeaderNode* parent)
    {
        if (deployment_.start_time == Bip9Deployment::kAlwaysActive) return ThresholdState::kActive;
        if (deployment_.start_time == Bip9Deployment::kNeverActive) return ThresholdState::kFailed;
        const HeaderNode* node = last_of_previous_period(parent, deployment_.period);
        std::vector<const HeaderNode*> unknown;
        while (!cache_.contains(node) && !is_surely_defined(node)) {
            unknown.push_back(node);
            node = node->ancestor(node->height() - deployment_.period);
        }
        ThresholdState state = cache_.emplace(node, ThresholdState::kDefined).first->second;
        for (; !unknown.empty(); unknown.pop_back()) {
            state = next_state(state, *unknown.back());
            cache_[unknown.back()] = state;
        }
        return state;
    }

private:
    /// No earlier period can have started either: what was before the start time is not looked at.
    bool is_surely_defined(const HeaderNode* node) const
    {
        return node == nullptr || median_time_past(*node) < deployment_.start_time;
    }

    /// The state of the period after the one that ends with `last`, whose own state is `state`.
    ThresholdState next_state(ThresholdState state, const HeaderNode& last) const
    {
        using enum ThresholdState;
        switch (state) {
            case kDefined:
                return median_time_past(last) >= deployment_.start_time ? kStarted : kDefined;
            case kStarted:
                if (count_signals(last) >= deployment_.threshold) return kLockedIn;
                return median_time_past(last) >= deployment_.timeout ? kFailed : kStarted;
            case kLockedIn:
                return last.height() + 1 >= deployment_.min_activation_height ? kActive : kLockedIn;
            case kActive:
            case kFailed:
                return state;
        }
        return state;
    }

    Height count_signals(const HeaderNode& last) const
    {
        Height count = 0;
        const HeaderNode* node = &last;
        for (Height i = 0; i < deployment_.period; ++i, node = node->parent()) count += signals_(*node) ? 1 : 0;
        return count;
    }

    const Bip9Deployment& deployment_;
    const Signals& signals_;
    ThresholdCache& cache_;
};

struct DeploymentSignals {
    const Bip9Deployment& deployment;
    bool operator()(const HeaderNode& node) const { return signals(node.version(), deployment); }
};

}  // namespace

std::string_view name(ThresholdState state)
{
    return kStateNames[static_cast<std::size_t>(state)];
}

bool signals(std::int32_t version, const Bip9Deployment& deployment)
{
    return has_version_bits(version) && has_bit(version, deployment.bit);
}

ThresholdState threshold_state(const HeaderNode* parent, const Bip9Deployment& deployment, ThresholdCache& cache)
{
    const DeploymentSignals signalling{deployment};
    return ThresholdMachine{deployment, signalling, cache}.state_after(parent);
}

Height state_since(const HeaderNode* parent, const Bip9Deployment& deployment, ThresholdCache& cache)
{
    if (deployment.start_time == Bip9Deployment::kAlwaysActive ||
        deployment.start_time == Bip9Deployment::kNeverActive) {
        return 0;
    }
    const ThresholdState state = threshold_state(parent, deployment, cache);
    if (state == ThresholdState::kDefined) return 0;
    const HeaderNode* last = last_of_previous_period(parent, deployment.period);
    assert(last != nullptr);
    const HeaderNode* before = last->ancestor(last->height() - deployment.period);
    while (before != nullptr && threshold_state(before, deployment, cache) == state) {
        last = before;
        before = last->ancestor(last->height() - deployment.period);
    }
    return last->height() + 1;
}

SignallingStats signalling_stats(const HeaderNode& node, const Bip9Deployment& deployment)
{
    SignallingStats stats;
    stats.period = deployment.period;
    stats.threshold = deployment.threshold;
    stats.elapsed = 1 + node.height() % deployment.period;
    const HeaderNode* at = &node;
    for (Height i = 0; i < stats.elapsed; ++i, at = at->parent()) {
        stats.signalling.push_back(signals(at->version(), deployment));
    }
    std::reverse(stats.signalling.begin(), stats.signalling.end());
    stats.count = static_cast<Height>(std::ranges::count(stats.signalling, true));
    stats.possible = stats.period - stats.threshold >= stats.elapsed - stats.count;
    return stats;
}

DeploymentInfo deployment_info(const HeaderNode& node, const Bip9Deployment& deployment, ThresholdCache& cache)
{
    DeploymentInfo info;
    info.state = threshold_state(node.parent(), deployment, cache);
    info.next_state = threshold_state(&node, deployment, cache);
    info.since = state_since(node.parent(), deployment, cache);
    if (info.state == ThresholdState::kStarted || info.state == ThresholdState::kLockedIn) {
        info.stats = signalling_stats(node, deployment);
        if (info.state == ThresholdState::kLockedIn) {
            info.stats->threshold = 0;
            info.stats->possible = false;
        }
    }
    if (info.state == ThresholdState::kActive) {
        info.active_since = info.since;
    } else if (info.next_state == ThresholdState::kActive) {
        info.active_since = node.height() + 1;
    }
    return info;
}

std::int32_t compute_block_version(const HeaderNode* parent, const Params& params, VersionBitsCache& cache)
{
    std::int32_t version = kVersionBitsTop;
    for (std::size_t i = 0; i < params.deployments.size(); ++i) {
        const ThresholdState state = threshold_state(parent, params.deployments[i], cache.deployments[i]);
        if (state == ThresholdState::kStarted || state == ThresholdState::kLockedIn) {
            version |= std::int32_t{1} << params.deployments[i].bit;
        }
    }
    return version;
}

std::vector<UnknownActivation> unknown_activations(const HeaderNode* tip, const Params& params, VersionBitsCache& cache)
{
    std::vector<UnknownActivation> result;
    for (int bit = 0; bit < kVersionBits; ++bit) {
        Bip9Deployment any;
        any.bit = bit;
        any.start_time = 0;
        if (params.network != Network::kMain) {
            any.period = params.difficulty_interval();
            any.threshold = any.period * 3 / 4;
        }
        const auto unknown = [&](const HeaderNode& node) {
            return node.height() >= params.min_version_bits_warning_height && signals(node.version(), any) &&
                   !has_bit(compute_block_version(node.parent(), params, cache), bit);
        };
        const ThresholdState state =
            ThresholdMachine{any, unknown, cache.warnings[static_cast<std::size_t>(bit)]}.state_after(tip);
        if (state == ThresholdState::kActive || state == ThresholdState::kLockedIn) {
            result.push_back({bit, state == ThresholdState::kActive});
        }
    }
    return result;
}

}  // namespace cairn::consensus
