#include "base/log_rate_limit.h"

namespace cairn::base {

std::vector<LogRateLimit::Dropped> LogRateLimit::begin_window(std::chrono::steady_clock::time_point now)
{
    std::vector<Dropped> dropped;
    if (now - begun_ < window_) return dropped;
    begun_ = now;
    for (const auto& [key, use] : uses_) {
        if (use.dropped > 0) dropped.push_back({use.where, use.dropped});
    }
    uses_.clear();
    suppressing_ = false;
    return dropped;
}

LogRateLimit::Verdict LogRateLimit::consume(const std::source_location& where, std::size_t bytes)
{
    Use& use = uses_[{where.file_name(), where.line()}];
    use.where = where;
    if (use.dropped > 0) {
        use.dropped += bytes;
        return Verdict::kDrop;
    }
    if (use.bytes + bytes <= max_bytes_) {
        use.bytes += bytes;
        return Verdict::kPass;
    }
    use.dropped = bytes;
    suppressing_ = true;
    return Verdict::kLast;
}

}  // namespace cairn::base
