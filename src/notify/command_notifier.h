#pragma once
// Tells the owner's programs what happens: -alertnotify, -blocknotify, -startupnotify, -shutdownnotify.
//
// Source: Bitcoin Core's options of these names.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/command.h"
#include "consensus/primitives/block.h"
#include "events/event_bus.h"

namespace cairn::notify {

/// For the shell; empty for none.
struct Commands {
    std::string alert{};                  // -alertnotify: %s is the warning
    std::string block{};                  // -blocknotify: %s is the hash of the new tip
    std::string startup{};                // -startupnotify
    std::vector<std::string> shutdown{};  // -shutdownnotify
};

/// The command with the block's hash for each %s.
std::string with_block(std::string_view command, const BlockHash& hash);
/// The command with the text for each %s: in single quotes, and without any character that means something to a shell,
/// so that it is one word of harmless text whatever quotes the owner has put around %s.
std::string with_warning(std::string_view command, std::string_view text);

/// Runs the commands on a thread of the bus's, never on the one that publishes. The bus must outlive it.
class CommandNotifier final : events::Subscriber {
public:
    CommandNotifier(Commands commands, events::EventBus& bus);
    /// Does not wait for commands that run.
    ~CommandNotifier() override = default;
    CommandNotifier(const CommandNotifier&) = delete;
    CommandNotifier& operator=(const CommandNotifier&) = delete;

    void on_start();
    /// Returns when the commands of a stop have ended: until then they may still ask the node.
    void on_stop();

private:
    void on_event(const events::Event& event) override;
    bool wants(const events::Fact& fact) const override;

    const Commands commands_;
    base::CommandRunner runner_;
    std::unique_ptr<events::Subscription> subscription_;
};

}  // namespace cairn::notify
