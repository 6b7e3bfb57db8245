#pragma once
// What one source line may write in an hour, so that no peer fills the disk with a line it can provoke.

#include <chrono>
#include <cstdint>
#include <map>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cairn::base {

/// Not thread-safe: the log holds its lock. Bounded by the number of lines in the source.
class LogRateLimit {
public:
    enum class Verdict { kPass, kLast, kDrop };  // kLast: this line still passes, and then no more

    LogRateLimit(std::uint64_t max_bytes, std::chrono::seconds window) : max_bytes_(max_bytes), window_(window) {}

    /// A source line whose lines were dropped in the window that has ended.
    struct Dropped {
        std::source_location where;
        std::uint64_t bytes;
    };
    /// Begins a new window if the time has come; what the old one dropped.
    std::vector<Dropped> begin_window(std::chrono::steady_clock::time_point now);
    Verdict consume(const std::source_location& where, std::size_t bytes);
    bool suppressing() const { return suppressing_; }

private:
    struct Use {
        std::source_location where;
        std::uint64_t bytes = 0;
        std::uint64_t dropped = 0;
    };
    std::uint64_t max_bytes_;
    std::chrono::seconds window_;
    std::chrono::steady_clock::time_point begun_{};
    // By file and line: the file's name has one address for all of its lines.
    std::map<std::pair<std::string_view, std::uint32_t>, Use> uses_;
    bool suppressing_ = false;
};

}  // namespace cairn::base
