#pragma once
// Node time as the peer-to-peer logic sees it: always passed in, never asked for. May be mocked and may jump.

#include <chrono>
#include <cstdint>

namespace cairn::protocol {

using Duration = std::chrono::microseconds;
/// Node time since 1970. The epoch itself, Time{}, stands for "never" where a field says so.
using Time = std::chrono::sys_time<Duration>;

using namespace std::chrono_literals;  // NOLINT: literals only

inline constexpr Time kFarFuture = Time::max();

constexpr std::int64_t unix_seconds(Time time)
{
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}
constexpr Time from_unix(std::int64_t seconds)
{
    return Time{std::chrono::seconds{seconds}};
}

}  // namespace cairn::protocol
