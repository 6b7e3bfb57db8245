#pragma once
// Opens what is on disk, and makes of it a tree and a chain state. At start, before any other thread. Not a public
// header of the room.

#include <memory>

#include "chain/activation.h"
#include "chain/cache_budget.h"

namespace cairn::chain {

/// Of a StartError: Bitcoin Core's words.
inline constexpr const char* kReindexRemedy = "Please restart with -reindex or -reindex-chainstate to recover.";

/// The databases and files of a folder.
struct OpenFolder {
    std::unique_ptr<storage::BlockIndexStore> index;
    std::unique_ptr<storage::BlockFiles> files;
    /// -reindex, or an interrupted one that goes on.
    bool reindexing = false;
};

/// Throws StartError for a folder this program must not touch, before it writes anything there.
void check_folder(const ChainOptions& options, base::FileSystem& files);
/// Throws for databases that a newer or unknown program wrote; changes nothing. Not with -reindex.
void require_known_formats(const ChainOptions& options, base::FileSystem& files);
OpenFolder open_folder(const ChainOptions& options, const CacheBudget& budget, ChainPorts& ports);
storage::KeyValueStore::Options coins_database_options(const ChainOptions& options, const CacheBudget& budget,
                                                       ChainPorts& ports, bool wipe);

class Loader {
public:
    Loader(ChainContext& context, Activation& activation, bool reindexing)
        : context_(context), activation_(activation), reindexing_(reindexing)
    {
    }

    /// The index into the tree; the genesis block where there is none yet.
    void load_tree();
    /// Ends an interrupted flush of the coins, finds the tip, and the candidates.
    void load_chain_state();
    /// -checkblocks, -checklevel.
    void verify();
    void ensure_genesis();

private:
    using Records = std::vector<std::pair<BlockHash, storage::BlockIndexRecord>>;
    Records read_records() const;
    void insert(const BlockHash& hash, const storage::BlockIndexRecord& record);
    void check_files_exist() const;
    void replay(const storage::HeadBlocks& heads);
    void roll_back(const BlockNode* from, const BlockNode* fork);
    void roll_forward(const BlockNode* fork, const BlockNode& target);
    void check_witnesses() const;

    ChainContext& context_;
    Activation& activation_;
    const bool reindexing_;
};

}  // namespace cairn::chain
