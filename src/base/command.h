#pragma once
// Commands of the owner's (-blocknotify and its like), which the shell runs beside the program.

#include <cstddef>
#include <memory>
#include <string>

namespace cairn::base {

/// Runs commands, and never waits for them unless asked to. They inherit the program's environment and standard
/// streams, and none of its other files and sockets. Thread-safe.
class CommandRunner {
public:
    /// A burst of news, or commands that hang, must not fill the machine with processes; nor those that wait its
    /// memory.
    static constexpr std::size_t kMostAtOnce = 16;
    static constexpr std::size_t kMostWaiting = 1'000;

    CommandRunner();
    /// close()
    ~CommandRunner();
    CommandRunner(const CommandRunner&) = delete;
    CommandRunner& operator=(const CommandRunner&) = delete;

    /// Has /bin/sh run it, at once, or, where kMostAtOnce are running, when one of them has ended. Empty: nothing is
    /// run. A command that fails is logged. False, with a line in the log, for one too many, or where
    /// the system has no thread for it.
    bool run(std::string command);
    /// Returns when none is running.
    void wait() const;
    /// Those that have not begun never will. Those that run go on, even when the program has ended.
    void close();

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace cairn::base
