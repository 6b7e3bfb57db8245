#include "base/command.h"

#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <mutex>
#include <system_error>
#include <utility>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/thread.h"

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX has programs declare it

namespace cairn::base {
namespace {

/// What a child is to have otherwise than this process.
class SpawnSettings {
public:
    SpawnSettings()
    {
        ::posix_spawn_file_actions_init(&files_);
        // Who holds a copy of a socket keeps its port or its connection open.
        ::posix_spawn_file_actions_addclosefrom_np(&files_, STDERR_FILENO + 1);
        ::posix_spawnattr_init(&attributes_);
        sigset_t signals;
        sigemptyset(&signals);
        ::posix_spawnattr_setsigmask(&attributes_, &signals);
        // It is ignored here; programs expect to die of it.
        sigaddset(&signals, SIGPIPE);
        ::posix_spawnattr_setsigdefault(&attributes_, &signals);
        ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    }
    ~SpawnSettings()
    {
        ::posix_spawnattr_destroy(&attributes_);
        ::posix_spawn_file_actions_destroy(&files_);
    }
    SpawnSettings(const SpawnSettings&) = delete;
    SpawnSettings& operator=(const SpawnSettings&) = delete;

    const posix_spawn_file_actions_t* files() const { return &files_; }
    const posix_spawnattr_t* attributes() const { return &attributes_; }

private:
    posix_spawn_file_actions_t files_{};
    posix_spawnattr_t attributes_{};
};

/// What the shell's end was: 0, or as waitpid() or errno has it.
int run_in_shell(std::string command)
{
    std::string shell = "/bin/sh";
    std::string flag = "-c";
    char* const arguments[] = {shell.data(), flag.data(), command.data(), nullptr};
    const SpawnSettings settings;
    pid_t child = 0;
    if (const int failed =
            ::posix_spawn(&child, shell.c_str(), settings.files(), settings.attributes(), arguments, environ);
        failed != 0) {
        return failed;
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) return errno;
    }
    return status;
}

}  // namespace

struct CommandRunner::State {
    std::mutex mutex;
    std::condition_variable idle;
    std::size_t running = 0;
    std::deque<std::string> waiting;
    bool closed = false;

    /// Runs it, and then those that wait.
    void work(std::string command)
    {
        while (true) {
            if (const int status = run_in_shell(command); status != 0) {
                log_warning("runCommand error: system({}) returned {}", command, status);
            }
            const std::lock_guard lock(mutex);
            if (waiting.empty()) {
                if (--running == 0) idle.notify_all();
                return;
            }
            command = std::move(waiting.front());
            waiting.pop_front();
        }
    }
};

CommandRunner::CommandRunner() : state_(std::make_shared<State>()) {}

CommandRunner::~CommandRunner()
{
    close();
}

bool CommandRunner::run(std::string command)
{
    if (command.empty()) return true;
    {
        const std::lock_guard lock(state_->mutex);
        if (state_->closed) return false;
        if (state_->running == kMostAtOnce) {
            if (state_->waiting.size() < kMostWaiting) {
                state_->waiting.push_back(std::move(command));
                return true;
            }
            log_warning("Too many commands are waiting for others to end: not run: {}", command);
            return false;
        }
        ++state_->running;
    }
    try {
        // It may go on long after this program has ended.
        run_detached("command", [state = state_, command] { state->work(command); });
        return true;
    } catch (const std::system_error& error) {
        log_warning("No thread can be had for a command ({}): not run: {}", error.what(), command);
        const std::lock_guard lock(state_->mutex);
        if (--state_->running == 0) state_->idle.notify_all();
        return false;
    }
}

void CommandRunner::wait() const
{
    std::unique_lock lock(state_->mutex);
    state_->idle.wait(lock, [&] { return state_->running == 0; });
}

void CommandRunner::close()
{
    const std::lock_guard lock(state_->mutex);
    state_->closed = true;
    state_->waiting.clear();
}

}  // namespace cairn::base
