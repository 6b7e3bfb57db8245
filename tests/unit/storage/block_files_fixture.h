#pragma once
// Block files on a disk in memory.

#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/memory_file_system.h"
#include "base/random.h"
#include "consensus/params.h"
#include "storage/block_files.h"
#include "support/block_builder.h"

namespace cairn::storage {

inline constexpr Magic kMagic{std::byte{0xfa}, std::byte{0xbf}, std::byte{0xb5}, std::byte{0xda}};

inline const consensus::Params& params()
{
    static const auto regtest = consensus::make_params(Network::kRegtest);
    return regtest;
}

inline BlockRef block_at(Height height, const BlockHash& previous = {}, std::vector<TransactionRef> transactions = {})
{
    test::BlockPlan plan;
    plan.height = height;
    plan.previous = previous;
    plan.time = 1'700'000'000 + static_cast<std::uint32_t>(height);
    plan.transactions = std::move(transactions);
    return test::make_block(plan, params());
}

class Files : public testing::Test {
protected:
    Files() { disk.create_directories("/blocks"); }

    BlockFiles::Options options()
    {
        BlockFiles::Options result;
        result.folder = "/blocks";
        result.magic = kMagic;
        result.files = &disk;
        result.random = &random;
        return result;
    }
    FilePosition write(BlockFiles& files, const BlockRef& block, Height height)
    {
        return files.write_block(block->raw, height, block->header.time);
    }

    base::MemoryFileSystem disk;
    base::SeededRandom random{1};
};

}  // namespace cairn::storage
