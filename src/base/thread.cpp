#include "base/thread.h"

#include <cstdlib>

#include <pthread.h>

#include "base/io_error.h"
#include "base/log.h"

namespace cairn::base {
namespace {

std::string& own_name()
{
    static thread_local std::string name;
    return name;
}

void run_guarded(const std::string& name, const std::function<void()>& body, const FailureHandler& on_failure)
{
    set_thread_name(name);
    log_debug(LogCategory::kNone, "{} thread start", name);
    try {
        body();
    } catch (...) {
        const auto failure = std::current_exception();
        if (!on_failure) {
            log_error("{} thread failed: {}", name, describe(failure));
            std::abort();
        }
        on_failure(name, failure);
    }
}

}  // namespace

Thread::Thread(std::string name, std::function<void()> body, FailureHandler on_failure)
    : thread_([name = std::move(name), body = std::move(body), on_failure = std::move(on_failure)]() mutable {
          run_guarded(name, body, on_failure);
          // What the body owns ends here, not when somebody joins.
          body = nullptr;
      })
{
}

Thread& Thread::operator=(Thread&& other) noexcept
{
    join();
    thread_ = std::move(other.thread_);
    return *this;
}

void Thread::join()
{
    if (thread_.joinable()) thread_.join();
}

void run_detached(std::string name, std::function<void()> body)
{
    std::thread([name = std::move(name), body = std::move(body)] { run_guarded(name, body, nullptr); }).detach();
}

void set_thread_name(std::string name)
{
    // The kernel keeps 15 characters.
    pthread_setname_np(pthread_self(), ("c-" + name).substr(0, 15).c_str());
    own_name() = std::move(name);
}

const std::string& thread_name()
{
    return own_name();
}

std::string describe(std::exception_ptr failure)
{
    try {
        std::rethrow_exception(std::move(failure));
    } catch (const EnvironmentError& error) {
        std::string line = error.what();
        if (error.remedy().empty()) return line;
        return line + (line.ends_with('.') ? " " : ". ") + error.remedy();
    } catch (const std::exception& error) {
        return error.what();
    } catch (...) {
        return "unknown failure";
    }
}

}  // namespace cairn::base
