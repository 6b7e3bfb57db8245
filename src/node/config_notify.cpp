// The owner's commands from the options.

#include "node/config.h"

namespace cairn::node {
namespace {

/// Negated, it is none.
std::string command(const base::Settings& settings, std::string_view name)
{
    return settings.is_negated(name) ? std::string{} : settings.text_or(name, "");
}

}  // namespace

notify::Commands configure_commands(const base::Settings& settings)
{
    return {.alert = command(settings, "alertnotify"),
            .block = command(settings, "blocknotify"),
            .startup = command(settings, "startupnotify"),
            .shutdown = settings.texts("shutdownnotify")};
}

}  // namespace cairn::node
