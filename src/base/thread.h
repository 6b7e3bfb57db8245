#pragma once
// Threads with names, and the one place where what a thread throws is caught.

#include <exception>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

namespace cairn::base {

/// What to do with an exception that reached the top of a thread: report it and begin an orderly stop.
using FailureHandler = std::function<void(std::string_view thread, std::exception_ptr failure)>;

/// Runs `body` in a thread of that name (as shown by the log and by ps, where 15 characters are kept). The destructor
/// joins. An exception from `body` goes to `on_failure`; without one it ends the process, with a line in the log.
class Thread {
public:
    Thread() = default;
    Thread(std::string name, std::function<void()> body, FailureHandler on_failure = nullptr);
    Thread(Thread&&) = default;
    Thread& operator=(Thread&& other) noexcept;
    ~Thread() { join(); }

    void join();
    bool joinable() const { return thread_.joinable(); }

private:
    std::thread thread_;
};

/// Runs `body`, which throws nothing, in a thread that nobody waits for: for calls of the system that may take long and
/// cannot be given up. It must own all that it touches, and may still run when the process ends.
void run_detached(std::string name, std::function<void()> body);

/// Names the calling thread (the main thread names itself so).
void set_thread_name(std::string name);
/// Empty for a thread nobody named.
const std::string& thread_name();

/// One line for people: the exception's what(), and the remedy of an EnvironmentError.
std::string describe(std::exception_ptr failure);

}  // namespace cairn::base
