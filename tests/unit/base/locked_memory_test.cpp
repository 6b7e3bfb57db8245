#include "base/locked_memory.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace cairn::base {
namespace {

std::vector<std::byte> bytes_of(std::size_t size, unsigned value)
{
    return std::vector<std::byte>(size, static_cast<std::byte>(value));
}

TEST(LockedMemory, HoldsSecretsAndWipesThem)
{
    LockedMemory memory;
    const std::byte* place = nullptr;
    {
        LockedSecret secret = memory.store(bytes_of(32, 7));
        EXPECT_TRUE(std::ranges::equal(secret.bytes(), bytes_of(32, 7)));
        EXPECT_EQ(memory.use().used, LockedMemory::kSlotSize);
        LockedSecret moved = std::move(secret);
        EXPECT_TRUE(secret.empty());
        EXPECT_EQ(memory.use().used, LockedMemory::kSlotSize);
        place = moved.bytes().data();
        moved = memory.store(bytes_of(32, 8));
        EXPECT_EQ(memory.use().used, LockedMemory::kSlotSize);
    }
    EXPECT_EQ(memory.use().used, 0U);
    EXPECT_TRUE(std::all_of(place, place + 32, [](std::byte b) { return b == std::byte{0}; }));
}

TEST(LockedMemory, TakesTheLargestSecretAndGrows)
{
    LockedMemory memory;
    const auto largest = bytes_of(LockedMemory::kSlotSize, 1);
    std::vector<LockedSecret> secrets;
    for (std::size_t i = 0; i < LockedMemory::kSlotsPerChunk; ++i) secrets.push_back(memory.store(largest));
    const std::size_t one_chunk = memory.use().total;
    EXPECT_EQ(memory.use().used, one_chunk);
    secrets.push_back(memory.store(largest));
    EXPECT_EQ(memory.use().total, 2 * one_chunk);
    EXPECT_TRUE(std::ranges::equal(secrets.front().bytes(), largest));
    secrets.clear();
    EXPECT_EQ(memory.use().used, 0U);
}

}  // namespace
}  // namespace cairn::base
