#include "base/log.h"

#include <algorithm>
#include <cstdio>
#include <deque>
#include <iterator>
#include <map>
#include <mutex>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "base/log_file.h"
#include "base/log_rate_limit.h"
#include "base/thread.h"

namespace cairn::base {
namespace {

using SystemClock = std::chrono::system_clock;

struct Line {
    SystemClock::time_point time;
    std::optional<std::chrono::sys_seconds> mock_time;
    LogCategory category;
    LogLevel level;
    std::string thread;
    std::string message;
    std::source_location where;
    bool limited;

    std::size_t memory() const { return sizeof(Line) + thread.capacity() + message.capacity(); }
};

void append_time(std::string& out, std::chrono::sys_seconds time)
{
    fmt::format_to(std::back_inserter(out), "{:%Y-%m-%dT%H:%M:%S}", fmt::gmtime(SystemClock::to_time_t(time)));
}

void append_timestamp(std::string& out, const Line& line, bool micros)
{
    const auto seconds = std::chrono::floor<std::chrono::seconds>(line.time);
    append_time(out, seconds);
    if (micros) {
        const auto rest = std::chrono::floor<std::chrono::microseconds>(line.time - seconds);
        fmt::format_to(std::back_inserter(out), ".{:06}", rest.count());
    }
    out += 'Z';
    if (line.mock_time) {
        out += " (mocktime: ";
        append_time(out, *line.mock_time);
        out += "Z)";
    }
    out += ' ';
}

// "[net] " for a debug line of a category, "[net:warning] ", "[warning] ", nothing for a plain info line.
void append_tag(std::string& out, LogCategory category, LogLevel level, bool always)
{
    const bool has_category = always || category != LogCategory::kNone;
    if (!has_category && level == LogLevel::kInfo) return;
    out += '[';
    if (has_category) out += name(category);
    if (always || !has_category || level != LogLevel::kDebug) {
        if (has_category) out += ':';
        out += name(level);
    }
    out += "] ";
}

void append_escaped(std::string& out, std::string_view text)
{
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte >= 32 || c == '\n') && byte != 0x7f) {
            out += c;
        } else {
            fmt::format_to(std::back_inserter(out), "\\x{:02x}", byte);
        }
    }
}

// The function's name without what the compiler adds: return type, namespaces, parameters.
std::string_view short_function(std::string_view function)
{
    // "(anonymous namespace)" is Clang's; the parameters begin at the first other parenthesis.
    std::size_t end = function.find('(');
    while (end != std::string_view::npos && function.substr(end).starts_with("(anonymous")) {
        end = function.find('(', end + 1);
    }
    end = std::min(end, function.size());
    const std::string_view head = function.substr(0, end);
    const std::size_t begin = head.find_last_of(" :");
    return begin == std::string_view::npos ? head : head.substr(begin + 1);
}

std::string_view short_file(std::string_view file)
{
    for (const std::string_view top : {"/src/", "/consensus/", "/wallet/", "/rpc/"}) {
        const auto at = file.rfind(top);
        if (at != std::string_view::npos) return file.substr(at + 1);
    }
    return file;
}

std::string format_line(const Line& line, const LogOptions& options)
{
    std::string out;
    if (options.timestamps) append_timestamp(out, line, options.micros);
    if (options.thread_names) {
        fmt::format_to(std::back_inserter(out), "[{}] ", line.thread.empty() ? "unknown" : line.thread);
    }
    if (options.source_locations) {
        fmt::format_to(std::back_inserter(out), "[{}:{}] [{}] ", short_file(line.where.file_name()), line.where.line(),
                       short_function(line.where.function_name()));
    }
    append_tag(out, line.category, line.level, options.level_always);
    append_escaped(out, line.message);
    out += '\n';
    return out;
}

}  // namespace

struct Log::Impl {
    std::mutex mutex;
    enum class State { kEarly, kStarted, kDisabled } state = State::kEarly;
    LogOptions options;
    LogFile file;
    LogRateLimit limit{kRateLimitBytes, kRateLimitWindow};
    std::deque<Line> early;
    std::size_t early_bytes = 0;
    std::size_t early_dropped = 0;
    bool enabled[kLogCategories] = {};
    LogLevel level = LogLevel::kDebug;
    std::map<LogCategory, LogLevel> category_levels;
    std::optional<std::chrono::sys_seconds> mock_time;
    std::function<void(std::string_view)> sink;

    Line make_line(LogCategory category, LogLevel log_level, std::string_view message,
                   const std::source_location& where, bool limited) const
    {
        return {SystemClock::now(),   mock_time, category, log_level, thread_name(),
                std::string{message}, where,     limited};
    }

    void keep(Line line)
    {
        early_bytes += line.memory();
        early.push_back(std::move(line));
        while (early_bytes > kMaxEarlyBytes && !early.empty()) {
            early_bytes -= early.front().memory();
            early.pop_front();
            ++early_dropped;
        }
    }

    void output(std::string text, bool to_file)
    {
        if (options.rate_limit && limit.suppressing()) text.insert(0, "[*] ");
        if (options.console) {
            std::fwrite(text.data(), 1, text.size(), stdout);
            std::fflush(stdout);
        }
        if (sink) sink(text);
        if (to_file) file.write(text);
    }

    void warn(const std::string& message)
    {
        output(format_line(
                   make_line(LogCategory::kNone, LogLevel::kWarning, message, std::source_location::current(), false),
                   options),
               true);
    }

    bool passes_limit(const Line& line, std::size_t bytes)
    {
        if (!line.limited || !options.rate_limit) return true;
        for (const auto& dropped : limit.begin_window(std::chrono::steady_clock::now())) {
            warn(fmt::format("Restarting logging from {}:{} ({}): {} bytes were dropped during the last {}s.",
                             short_file(dropped.where.file_name()), dropped.where.line(),
                             short_function(dropped.where.function_name()), dropped.bytes, kRateLimitWindow.count()));
        }
        const auto verdict = limit.consume(line.where, bytes);
        if (verdict == LogRateLimit::Verdict::kLast) {
            warn(
                fmt::format("Excessive logging detected from {}:{} ({}): >{} bytes logged during the last time window "
                            "of {}s. Suppressing logging to disk from this source location until time window resets. "
                            "Console logging unaffected. Last log entry.",
                            short_file(line.where.file_name()), line.where.line(),
                            short_function(line.where.function_name()), kRateLimitBytes, kRateLimitWindow.count()));
        }
        return verdict != LogRateLimit::Verdict::kDrop;
    }

    void emit(const Line& line)
    {
        std::string text = format_line(line, options);
        const bool to_file = passes_limit(line, text.size());
        output(std::move(text), to_file);
    }
};

Log::Log() : impl_(std::make_unique<Impl>())
{
    apply_levels();
}

Log::~Log() = default;

void Log::start(const LogOptions& options)
{
    const std::lock_guard lock(impl_->mutex);
    impl_->file.close();
    if (!options.file.empty()) {
        if (options.shrink_at_start) LogFile::shrink(options.file);
        impl_->file.open(options.file, options.max_file_bytes);
        impl_->file.write("\n\n\n\n\n");  // sets this run apart from the one before
    }
    impl_->options = options;
    impl_->state = Impl::State::kStarted;
    if (impl_->early_dropped > 0) {
        impl_->warn(fmt::format("Early logging buffer overflowed, {} log lines discarded.", impl_->early_dropped));
    }
    for (const Line& line : impl_->early) impl_->output(format_line(line, options), true);
    impl_->early.clear();
    impl_->early_bytes = 0;
}

void Log::disable()
{
    const std::lock_guard lock(impl_->mutex);
    impl_->state = Impl::State::kDisabled;
    impl_->early.clear();
}

void Log::flush()
{
    const std::lock_guard lock(impl_->mutex);
    if (impl_->options.console) std::fflush(stdout);
}

void Log::apply_levels()
{
    for (std::size_t i = 0; i < kLogCategories; ++i) {
        const auto category = static_cast<LogCategory>(i);
        const auto own = impl_->category_levels.find(category);
        const LogLevel level = own == impl_->category_levels.end() ? impl_->level : own->second;
        levels_[i].store(static_cast<std::uint8_t>(impl_->enabled[i] ? level : LogLevel::kInfo),
                         std::memory_order_relaxed);
    }
}

namespace {

bool means_all(std::string_view category)
{
    return category.empty() || category == "1" || category == "all";
}

/// Names that Bitcoin Core has had, and still takes.
bool is_deprecated(std::string_view category)
{
    return category == "libevent";
}

}  // namespace

bool Log::enable(std::string_view category)
{
    return switch_category(category, true);
}

bool Log::disable(std::string_view category)
{
    return switch_category(category, false);
}

bool Log::switch_category(std::string_view category, bool on)
{
    const std::lock_guard lock(impl_->mutex);
    if (is_deprecated(category)) {
        impl_->warn(fmt::format("The logging category `{}` is deprecated and does nothing anymore", category));
        return true;
    }
    const auto one = log_category_from_name(category);
    if (!one && !means_all(category)) return false;
    if (one) {
        impl_->enabled[static_cast<std::size_t>(*one)] = on;
    } else {
        std::ranges::fill(impl_->enabled, on);
    }
    apply_levels();
    return true;
}

bool Log::is_enabled(LogCategory category) const
{
    const std::lock_guard lock(impl_->mutex);
    return impl_->enabled[static_cast<std::size_t>(category)];
}

bool Log::any_enabled() const
{
    const std::lock_guard lock(impl_->mutex);
    return std::ranges::any_of(impl_->enabled, std::identity{});
}

bool Log::set_level(std::string_view level)
{
    const auto parsed = log_level_from_name(level);
    if (!parsed || *parsed > LogLevel::kInfo) return false;
    const std::lock_guard lock(impl_->mutex);
    impl_->level = *parsed;
    apply_levels();
    return true;
}

bool Log::set_level(std::string_view category, std::string_view level)
{
    const auto one = log_category_from_name(category);
    const auto parsed = log_level_from_name(level);
    if (!one || !parsed || *parsed > LogLevel::kInfo) return false;
    const std::lock_guard lock(impl_->mutex);
    impl_->category_levels[*one] = *parsed;
    apply_levels();
    return true;
}

void Log::set_mock_time(std::optional<std::chrono::sys_seconds> time)
{
    const std::lock_guard lock(impl_->mutex);
    impl_->mock_time = time;
}

void Log::set_sink(std::function<void(std::string_view)> sink)
{
    const std::lock_guard lock(impl_->mutex);
    impl_->sink = std::move(sink);
}

void Log::write(LogCategory category, LogLevel level, std::string_view message, const std::source_location& where)
{
    while (message.ends_with('\n')) message.remove_suffix(1);
    const std::lock_guard lock(impl_->mutex);
    if (impl_->state == Impl::State::kDisabled) return;
    if (reopen_requested_.exchange(false)) impl_->file.reopen();
    Line line = impl_->make_line(category, level, message, where, level >= LogLevel::kInfo);
    if (impl_->state == Impl::State::kEarly) {
        impl_->keep(std::move(line));
    } else {
        impl_->emit(line);
    }
}

void Log::format(LogCategory category, LogLevel level, fmt::string_view format, fmt::format_args args,
                 const std::source_location& where) noexcept
{
    try {
        write(category, level, fmt::vformat(format, args), where);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "A log line could not be written: %s\n", error.what());
    }
}

Log& process_log()
{
    // Never destroyed: what is destroyed after main may still log.
    static Log& log = *new Log;
    return log;
}

}  // namespace cairn::base
