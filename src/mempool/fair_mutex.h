#pragma once
// A shared mutex whose writer does not starve.

#include <mutex>
#include <shared_mutex>

namespace cairn::mempool {

/// The system's shared mutex lets readers in as long as any is inside, so that enough of them keep a writer out for
/// good. Here a writer who waits holds the door: it waits for those inside, never for those who come after it.
class FairMutex {
public:
    void lock()
    {
        const std::lock_guard door(door_);
        mutex_.lock();
    }
    void unlock() { mutex_.unlock(); }
    void lock_shared()
    {
        const std::lock_guard door(door_);
        mutex_.lock_shared();
    }
    void unlock_shared() { mutex_.unlock_shared(); }

private:
    std::mutex door_;
    std::shared_mutex mutex_;
};

}  // namespace cairn::mempool
