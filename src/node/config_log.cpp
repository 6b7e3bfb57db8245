// The log and the mock time from the options.

#include <algorithm>

#include <fmt/format.h>

#include "node/config.h"

namespace cairn::node {

base::LogOptions configure_log(const base::Settings& settings)
{
    base::LogOptions options;
    if (!settings.is_negated("debuglogfile")) {
        options.file = settings.resolve(settings.path_or("debuglogfile", "debug.log"));
    }
    options.console = settings.boolean_or("printtoconsole", !settings.boolean_or("daemon", false));
    options.timestamps = settings.boolean_or("logtimestamps", true);
    options.micros = settings.boolean_or("logtimemicros", false);
    options.thread_names = settings.boolean_or("logthreadnames", false);
    options.source_locations = settings.boolean_or("logsourcelocations", false);
    options.level_always = settings.boolean_or("loglevelalways", false);
    options.rate_limit = settings.boolean_or("logratelimit", true);
    // As Bitcoin Core: who debugs wants the whole file.
    options.shrink_at_start = settings.boolean_or("shrinkdebugfile", !base::process_log().any_enabled());
    return options;
}

Configured<void> configure_log_categories(const base::Settings& settings)
{
    auto& log = base::process_log();
    for (const auto& level : settings.texts("loglevel")) {
        const auto colon = level.find(':');
        if (colon == std::string::npos) {
            if (log.set_level(level)) continue;
            return std::unexpected(
                fmt::format("Unsupported global logging level -loglevel={}. Valid values: info, debug, trace.", level));
        }
        if (log.set_level(level.substr(0, colon), level.substr(colon + 1))) continue;
        return std::unexpected(
            fmt::format("Unsupported category-specific logging level -loglevel={}. Expected -loglevel=<category>:"
                        "<loglevel>, with a level of info, debug or trace.",
                        level));
    }
    // -debug=0 and -debug=none take back all that stands before them.
    const auto categories = settings.texts("debug");
    const auto last_none = std::ranges::find_if(categories.rbegin(), categories.rend(),
                                                [](const std::string& text) { return text == "0" || text == "none"; });
    for (auto category = last_none.base(); category != categories.end(); ++category) {
        if (!log.enable(*category)) {
            return std::unexpected(fmt::format("Unsupported logging category -debug={}.", *category));
        }
    }
    for (const auto& category : settings.texts("debugexclude")) {
        if (!log.disable(category)) {
            return std::unexpected(fmt::format("Unsupported logging category -debugexclude={}.", category));
        }
    }
    return {};
}

}  // namespace cairn::node
