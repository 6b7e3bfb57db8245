#include "node/guard.h"

#include "base/log.h"
#include "base/thread.h"

namespace cairn::node {

Started guarded_start(const std::function<Started()>& step)
{
    try {
        return step();
    } catch (...) {
        return std::unexpected(base::describe(std::current_exception()));
    }
}

bool guarded_stop(const char* part, const std::function<void()>& stop)
{
    try {
        stop();
        return true;
    } catch (...) {
        base::log_error("{} could not be stopped in order: {}", part, base::describe(std::current_exception()));
        return false;
    }
}

}  // namespace cairn::node
