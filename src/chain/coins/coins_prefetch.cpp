#include "chain/coins/coins_prefetch.h"

#include <algorithm>
#include <span>
#include <utility>

#include "base/log.h"

namespace cairn::chain {

namespace {

/// Coins a thread reads at a time: each may cost a seek.
constexpr std::size_t kGrain = 16;

}  // namespace

CoinsPrefetch::~CoinsPrefetch()
{
    drop();
}

bool CoinsPrefetch::has_begun(const BlockHash& block) const
{
    return std::ranges::any_of(jobs_, [&](const auto& job) { return job->block == block; });
}

void CoinsPrefetch::begin(const BlockRef& block, Height height)
{
    if (!wants_more() || has_begun(block->hash)) return;
    auto job = std::make_unique<Job>();
    job->block = block->hash;
    job->height = height;
    // Before the first read: whatever is written from now on makes what was read worthless.
    job->generation = cache_.generation();
    for (std::size_t t = 1; t < block->transactions.size(); ++t) {
        for (const TxInput& input : block->transactions[t].inputs) job->outpoints.push_back(input.prevout);
    }
    job->coins.resize(job->outpoints.size());
    job->batch = pool_.submit(job->outpoints.size(), kGrain, [this, &job = *job](std::size_t first, std::size_t last) {
        read(job, first, last);
        return true;
    });
    jobs_.push_back(std::move(job));
}

void CoinsPrefetch::read(Job& job, std::size_t first, std::size_t last) const
{
    for (std::size_t i = first; i < last; ++i) {
        if (job.script_bytes.load(std::memory_order_relaxed) >= kMaxScriptBytes) return;
        job.coins[i] = cache_.read_missing(job.outpoints[i]);
        if (job.coins[i]) job.script_bytes.fetch_add(job.coins[i]->script_pubkey.size(), std::memory_order_relaxed);
    }
}

void CoinsPrefetch::finish(const BlockRef& block, Height height)
{
    const std::uint64_t loads = cache_.disk_loads();
    // Decays, so that one small block among large ones changes nothing.
    recent_loads_ = recent_loads_ / 2 + (loads - std::exchange(loads_before_, loads));
    begin(block, height);
    std::erase_if(jobs_, [&](const auto& job) {
        const bool passed = job->height <= height && job->block != block->hash;
        if (passed) abandon(*job);
        return passed;
    });
    const auto found = std::ranges::find_if(jobs_, [&](const auto& job) { return job->block == block->hash; });
    if (found == jobs_.end()) return;
    Job& job = **found;
    job.batch->wait();
    cache_.adopt(job.outpoints, job.coins, job.generation);
    jobs_.erase(found);
}

void CoinsPrefetch::abandon(Job& job)
{
    job.batch->cancel();
    try {
        job.batch->wait();
    } catch (const std::exception& error) {
        // Nobody needs these coins any more; whoever does will be told of the damage.
        base::log_debug(base::LogCategory::kCoinDb, "Coins read ahead in vain: {}", error.what());
    }
}

void CoinsPrefetch::drop()
{
    for (const auto& job : jobs_) job->batch->cancel();
    for (const auto& job : jobs_) abandon(*job);
    jobs_.clear();
}

}  // namespace cairn::chain
