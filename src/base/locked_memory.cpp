#include "base/locked_memory.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <new>
#include <utility>

#include <sys/mman.h>

#include "base/log.h"

namespace cairn::base {
namespace {

constexpr std::size_t kChunkSize = LockedMemory::kSlotSize * LockedMemory::kSlotsPerChunk;

}  // namespace

LockedSecret::LockedSecret(LockedSecret&& other) noexcept
    : owner_(std::exchange(other.owner_, nullptr)),
      slot_(std::exchange(other.slot_, nullptr)),
      size_(std::exchange(other.size_, 0))
{
}

LockedSecret& LockedSecret::operator=(LockedSecret&& other) noexcept
{
    if (this != &other) {
        reset();
        owner_ = std::exchange(other.owner_, nullptr);
        slot_ = std::exchange(other.slot_, nullptr);
        size_ = std::exchange(other.size_, 0);
    }
    return *this;
}

void LockedSecret::reset()
{
    if (owner_ != nullptr) owner_->give_back(slot_);
    owner_ = nullptr;
    slot_ = nullptr;
    size_ = 0;
}

LockedMemory::~LockedMemory()
{
    for (std::byte* chunk : chunks_) {
        explicit_bzero(chunk, kChunkSize);
        munmap(chunk, kChunkSize);
    }
}

LockedSecret LockedMemory::store(std::span<const std::byte> bytes)
{
    assert(bytes.size() <= kSlotSize);
    const std::lock_guard lock(mutex_);
    if (free_.empty()) add_chunk();
    std::byte* slot = free_.back();
    free_.pop_back();
    std::ranges::copy(bytes, slot);
    return {*this, slot, bytes.size()};
}

LockedMemory::Use LockedMemory::use() const
{
    const std::lock_guard lock(mutex_);
    const std::size_t total = chunks_.size() * kChunkSize;
    return {total - free_.size() * kSlotSize, total, locked_};
}

void LockedMemory::add_chunk()
{
    void* memory = mmap(nullptr, kChunkSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    madvise(memory, kChunkSize, MADV_DONTDUMP);
    if (mlock(memory, kChunkSize) == 0) {
        locked_ += kChunkSize;
    } else {
        log_warning(
            "Could not lock memory for keys (ulimit -l): they may be written to swap while wallets are unlocked");
    }
    auto* chunk = static_cast<std::byte*>(memory);
    chunks_.push_back(chunk);
    for (std::size_t i = 0; i < kSlotsPerChunk; ++i) free_.push_back(chunk + i * kSlotSize);
}

void LockedMemory::give_back(std::byte* slot)
{
    const std::lock_guard lock(mutex_);
    explicit_bzero(slot, kSlotSize);
    free_.push_back(slot);
}

}  // namespace cairn::base
