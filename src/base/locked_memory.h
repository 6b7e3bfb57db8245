#pragma once
// Memory for secrets: never written to swap (mlock) or to a core dump (MADV_DONTDUMP), and wiped when freed.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace cairn::base {

class LockedMemory;

/// One secret in locked memory; wiped and given back when destroyed.
class LockedSecret {
public:
    LockedSecret() = default;
    LockedSecret(LockedSecret&& other) noexcept;
    LockedSecret& operator=(LockedSecret&& other) noexcept;
    ~LockedSecret() { reset(); }

    std::span<const std::byte> bytes() const { return {slot_, size_}; }
    bool empty() const { return size_ == 0; }
    void reset();

private:
    friend class LockedMemory;
    LockedSecret(LockedMemory& owner, std::byte* slot, std::size_t size) : owner_(&owner), slot_(slot), size_(size) {}

    LockedMemory* owner_ = nullptr;
    std::byte* slot_ = nullptr;
    std::size_t size_ = 0;
};

/// Thread-safe. Must outlive its secrets.
class LockedMemory {
public:
    /// The largest secret it holds.
    static constexpr std::size_t kSlotSize = 256;
    static constexpr std::size_t kSlotsPerChunk = 64;

    LockedMemory() = default;
    ~LockedMemory();
    LockedMemory(const LockedMemory&) = delete;
    LockedMemory& operator=(const LockedMemory&) = delete;

    /// A copy of `bytes` (at most kSlotSize). Where the system refuses to lock more, the memory is used unlocked: one
    /// line in the log says so. Throws std::bad_alloc if there is no memory at all.
    LockedSecret store(std::span<const std::byte> bytes);

    struct Use {
        std::size_t used = 0;    // bytes of slots in use
        std::size_t total = 0;   // bytes in all
        std::size_t locked = 0;  // of them locked
    };
    Use use() const;

private:
    friend class LockedSecret;
    void add_chunk();
    void give_back(std::byte* slot);

    mutable std::mutex mutex_;
    std::vector<std::byte*> chunks_;
    std::vector<std::byte*> free_;
    std::size_t locked_ = 0;
};

}  // namespace cairn::base
