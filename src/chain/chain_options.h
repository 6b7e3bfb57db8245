#pragma once
// What the owner may set of the chain, as values; their option names are Bitcoin Core's.

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "consensus/params.h"

namespace cairn::chain {

struct ChainOptions {
    /// Bitcoin Core's defaults and limits.
    static constexpr std::uint64_t kDefaultCacheBytes = std::uint64_t{1024} << 20;
    static constexpr std::uint64_t kMinCacheBytes = std::uint64_t{4} << 20;
    static constexpr unsigned kMaxScriptThreads = 15;
    static constexpr unsigned kMaxCoinThreads = 16;

    /// Network rules; must outlive the chain.
    const consensus::Params* params = nullptr;
    /// The four bytes in front of each block in its file: the network's magic.
    std::array<std::byte, 4> message_start{};
    /// The network's folder: holds chainstate/ and blocks/index/.
    std::filesystem::path folder;
    std::filesystem::path blocks_folder;  // block files: <folder>/blocks, or <blocksdir>/<network>/blocks
    /// Stays where it is when -blocksdir moves the block files.
    std::filesystem::path index_folder() const { return folder / "blocks" / "index"; }
    /// -dbcache: a bound on everything that caches: coins, pipeline, frozen table, LevelDB.
    std::uint64_t cache_bytes = kDefaultCacheBytes;
    /// Threads of the script pool beside the validation thread (-par minus one); 0: the validation thread does all.
    unsigned script_threads = 0;
    /// -prevoutfetchthreads: threads that read the coins of coming blocks from disk; 0: each is read when it is needed.
    unsigned coin_threads = 8;
    /// -assumevalid and -minimumchainwork; nothing: the network's defaults. A null hash switches assumevalid off.
    std::optional<BlockHash> assume_valid;
    std::optional<ChainWork> minimum_chain_work;
    /// -maxtipage
    std::chrono::seconds max_tip_age{24 * 60 * 60};
    /// -checkblocks (0: all), -checklevel
    int check_blocks = 6;
    int check_level = 3;
    /// -reindex, -reindex-chainstate
    bool reindex = false;
    bool reindex_chainstate = false;
    /// -loadblock files, in order
    std::vector<std::filesystem::path> load_blocks;
    /// -blocksxor
    bool xor_block_files = true;
    /// -fastprune: small block files, for tests.
    bool small_block_files = false;
};

}  // namespace cairn::chain
