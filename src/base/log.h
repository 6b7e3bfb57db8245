#pragma once
// The log: log_info("Loaded {} blocks", n), log_debug(LogCategory::kNet, "ping from peer={}", id).
//
// A line is "2026-11-20T11:00:00Z [thread] [category:level] message", as Bitcoin Core's. Any thread may log. The format
// is checked when compiled; debug and trace lines are formatted only where their category is enabled. Control
// characters are written as \x.., so that no peer can forge a line. Unconditional lines (info and above) are limited to
// 1 MiB per hour and source line on disk. Never pass a secret: nothing here can know one.
//
// There is one log per process, process_log(): the one thing every room may use without being handed it.

#include <atomic>
#include <chrono>
#include <concepts>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <type_traits>

#include <fmt/core.h>

#include "base/log_category.h"

namespace cairn::base {

struct LogOptions {
    /// Empty: no file.
    std::filesystem::path file{};
    bool console = false;
    bool timestamps = true;
    bool micros = false;
    bool thread_names = false;
    bool source_locations = false;
    /// Write "[category:level]" on every line.
    bool level_always = false;
    bool rate_limit = true;
    /// At start, cut a file larger than 11 MB to its last 10 MB.
    bool shrink_at_start = true;
    /// When the file has grown to this, it is renamed to "<file>.old" (replacing one) and begun anew.
    std::uint64_t max_file_bytes = std::uint64_t{1} << 30;
};

class Log {
public:
    /// Until start() lines are kept in memory, at most this many bytes; the oldest are dropped first.
    static constexpr std::size_t kMaxEarlyBytes = 1'000'000;
    /// What one source line may write to the file in one window, and the window.
    static constexpr std::uint64_t kRateLimitBytes = 1'048'576;
    static constexpr std::chrono::seconds kRateLimitWindow{3600};

    Log();
    ~Log();
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    /// Opens the file and writes the early lines. Throws IoError if the file cannot be opened. Called again (by tests
    /// that run several nodes in turn), it goes on in the new file.
    void start(const LogOptions& options);
    /// Writes nothing from now on; for programs without a log.
    void disable();
    /// Opens the file anew by its name (after SIGHUP). Async-signal-safe: the next line does it.
    void request_reopen() { reopen_requested_.store(true); }
    /// Everything so far is with the operating system when this returns.
    void flush();

    bool enabled(LogCategory category, LogLevel level) const
    {
        if (level >= LogLevel::kInfo) return true;
        return levels_[static_cast<std::size_t>(category)].load(std::memory_order_relaxed) <=
               static_cast<std::uint8_t>(level);
    }

    /// -debug / -debugexclude / the `logging` method: "net"; "all", "1" or "" mean every category; one of former times
    /// ("libevent") is warned of and means nothing. False for an unknown name.
    bool enable(std::string_view category);
    bool disable(std::string_view category);
    bool is_enabled(LogCategory category) const;
    bool any_enabled() const;
    /// -loglevel=<level> or <category>:<level>; level is info, debug or trace. False for unknown names.
    bool set_level(std::string_view level);
    bool set_level(std::string_view category, std::string_view level);

    /// Shown beside the real time while the node's clock is mocked.
    void set_mock_time(std::optional<std::chrono::sys_seconds> time);
    /// Every finished line is also given to `sink` (tests; at most one).
    void set_sink(std::function<void(std::string_view line)> sink);

    /// One line; `message` without a newline at its end.
    void write(LogCategory category, LogLevel level, std::string_view message, const std::source_location& where);
    /// Formats and writes. Never throws: a line that cannot be formatted says so.
    void format(LogCategory category, LogLevel level, fmt::string_view format, fmt::format_args args,
                const std::source_location& where) noexcept;

private:
    struct Impl;
    bool switch_category(std::string_view category, bool on);
    void apply_levels();

    std::atomic<std::uint8_t> levels_[kLogCategories];
    std::atomic<bool> reopen_requested_{false};
    std::unique_ptr<Impl> impl_;
};

/// The process's log. Lives until the process ends, so that destructors may log.
Log& process_log();

/// A format string, checked against the types of its arguments, and where it stands in the source.
template <class... Args>
struct LogText {
    template <std::convertible_to<std::string_view> Text>
    consteval LogText(const Text& text, std::source_location here = std::source_location::current())  // NOLINT
        : format(text), where(here)
    {
    }
    fmt::format_string<Args...> format;
    std::source_location where;
};

template <class... Args>
using LogTextFor = LogText<std::type_identity_t<const Args&>...>;

template <class... Args>
void log_debug(LogCategory category, LogTextFor<Args...> text, const Args&... args)
{
    if (!process_log().enabled(category, LogLevel::kDebug)) return;
    process_log().format(category, LogLevel::kDebug, text.format, fmt::make_format_args(args...), text.where);
}
template <class... Args>
void log_info(LogTextFor<Args...> text, const Args&... args)
{
    process_log().format(LogCategory::kNone, LogLevel::kInfo, text.format, fmt::make_format_args(args...), text.where);
}
template <class... Args>
void log_info(LogCategory category, LogTextFor<Args...> text, const Args&... args)
{
    process_log().format(category, LogLevel::kInfo, text.format, fmt::make_format_args(args...), text.where);
}
template <class... Args>
void log_warning(LogTextFor<Args...> text, const Args&... args)
{
    process_log().format(LogCategory::kNone, LogLevel::kWarning, text.format, fmt::make_format_args(args...),
                         text.where);
}
template <class... Args>
void log_warning(LogCategory category, LogTextFor<Args...> text, const Args&... args)
{
    process_log().format(category, LogLevel::kWarning, text.format, fmt::make_format_args(args...), text.where);
}
template <class... Args>
void log_error(LogTextFor<Args...> text, const Args&... args)
{
    process_log().format(LogCategory::kNone, LogLevel::kError, text.format, fmt::make_format_args(args...), text.where);
}
template <class... Args>
void log_error(LogCategory category, LogTextFor<Args...> text, const Args&... args)
{
    process_log().format(category, LogLevel::kError, text.format, fmt::make_format_args(args...), text.where);
}

}  // namespace cairn::base
