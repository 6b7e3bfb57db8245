// The log and the mock time from the options.

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
        const bool known = colon == std::string::npos ? log.set_level(level)
                                                      : log.set_level(level.substr(0, colon), level.substr(colon + 1));
        if (!known) {
            return std::unexpected(
                fmt::format("Unsupported global logging level -loglevel={}. Valid values: info, debug, trace, or "
                            "<category>:<level>.",
                            level));
        }
    }
    const auto categories = settings.texts("debug");
    const bool none = !categories.empty() && (categories.back() == "0" || categories.back() == "none");
    for (const auto& category : categories) {
        if (none) break;
        if (!log.enable(category))
            return std::unexpected(fmt::format("Unsupported logging category -debug={}.", category));
    }
    for (const auto& category : settings.texts("debugexclude")) {
        if (!log.disable(category)) {
            return std::unexpected(fmt::format("Unsupported logging category -debugexclude={}.", category));
        }
    }
    log.allow_ips(settings.boolean_or("logips", false));
    return {};
}

}  // namespace cairn::node
