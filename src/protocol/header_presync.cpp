#include "protocol/header_presync.h"

#include <algorithm>

#include "consensus/limits.h"

namespace cairn::protocol {

HeaderPresync::HeaderPresync(const NetworkInfo& network, const HeaderRules& rules, const ChainPort& chain,
                             HeaderHandle start, const ChainWork& minimum_work, Random& random, Time now)
    : rules_(rules),
      period_(network.presync_commitment_period),
      buffer_size_(network.presync_redownload_buffer),
      offset_(static_cast<std::size_t>(random.below(network.presync_commitment_period))),
      key_{random.next(), random.next()},
      minimum_work_(minimum_work),
      start_locator_(chain.locator(start)),
      start_(chain.info(start)),
      work_(start_.work),
      last_(chain.block_header(start)),
      last_hash_(start_.hash),
      height_(start_.height)
{
    // Median time past allows at most six blocks a second.
    const std::int64_t seconds = unix_seconds(now) - chain.median_time_past(start) + consensus::kMaxFutureBlockTime;
    max_commitments_ = static_cast<std::size_t>(std::max<std::int64_t>(6 * seconds, 0)) / period_;
}

void HeaderPresync::finish()
{
    state_ = State::kDone;
    commitments_ = {};
    redownloaded_ = {};
}

HeaderPresync::Result HeaderPresync::process(std::span<const BlockHeader> headers, bool full)
{
    Result result;
    if (headers.empty() || state_ == State::kDone) return result;
    if (state_ == State::kPresync) {
        result.success = commit(headers);
        // Once the work suffices we ask from the start again, whatever the length of this message.
        result.request_more = result.success && (full || state_ == State::kRedownload);
    } else {
        result.success = std::ranges::all_of(headers, [this](const BlockHeader& h) { return check_again(h); });
        if (result.success) {
            result.headers = pop_ready();
            const bool complete = redownloaded_.empty() && release_all_;
            result.request_more = !complete && full;
        }
    }
    if (!result.success || !result.request_more) finish();
    return result;
}

bool HeaderPresync::commit(std::span<const BlockHeader> headers)
{
    if (headers[0].previous != last_hash_) return false;
    for (const BlockHeader& header : headers) {
        if (!commit_one(header)) return false;
    }
    if (work_ >= minimum_work_) {
        state_ = State::kRedownload;
        redownload_height_ = start_.height;
        redownload_hash_ = start_.hash;
        redownload_bits_ = start_.bits;
        redownload_work_ = start_.work;
    }
    return true;
}

bool HeaderPresync::commit_one(const BlockHeader& header)
{
    const Height next = height_ + 1;
    if (!rules_.is_permitted_transition(next, last_.bits, header.bits)) return false;
    last_hash_ = header.hash();
    if (static_cast<std::size_t>(next) % period_ == offset_) {
        commitments_.push_back(commitment(last_hash_));
        if (commitments_.size() > max_commitments_) return false;
    }
    work_ += rules_.work_of(header.bits);
    last_ = header;
    height_ = next;
    return true;
}

bool HeaderPresync::check_again(const BlockHeader& header)
{
    const Height next = redownload_height_ + 1;
    if (header.previous != redownload_hash_) return false;
    if (!rules_.is_permitted_transition(next, redownload_bits_, header.bits)) return false;
    redownload_work_ += rules_.work_of(header.bits);
    if (redownload_work_ >= minimum_work_) release_all_ = true;
    const BlockHash hash = header.hash();
    if (!release_all_ && static_cast<std::size_t>(next) % period_ == offset_) {
        if (commitments_.empty() || commitments_.front() != commitment(hash)) return false;
        commitments_.pop_front();
    }
    redownloaded_.push_back(header);
    redownload_height_ = next;
    redownload_hash_ = hash;
    redownload_bits_ = header.bits;
    return true;
}

std::vector<BlockHeader> HeaderPresync::pop_ready()
{
    const std::size_t keep = release_all_ ? 0 : buffer_size_;
    std::vector<BlockHeader> ready;
    while (redownloaded_.size() > keep) {
        ready.push_back(redownloaded_.front());
        redownloaded_.pop_front();
    }
    return ready;
}

std::vector<BlockHash> HeaderPresync::next_locator() const
{
    std::vector<BlockHash> locator{state_ == State::kRedownload ? redownload_hash_ : last_hash_};
    locator.insert(locator.end(), start_locator_.begin(), start_locator_.end());
    return locator;
}

}  // namespace cairn::protocol
