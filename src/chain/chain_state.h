#pragma once
// One chain of blocks with its coins: coins database, coins cache, tip, candidates. There may be two over one block
// tree and one set of block files (a UTXO snapshot needs the second). Not a public header of the room.

#include <memory>

#include "chain/candidates.h"
#include "chain/coins/coins_cache.h"
#include "storage/coins_store.h"

namespace cairn::chain {

struct ChainState {
    ChainState(const storage::KeyValueStore::Options& database, CoinSalt salt, BlockTreeWriter& tree)
        : store(database), coins(store, salt), candidates(tree)
    {
    }

    storage::CoinsStore store;
    CoinsCache coins;
    Candidates candidates;
    /// Connected with all its scripts checked; null before the genesis block. Validation thread.
    const BlockNode* tip = nullptr;
    /// Bound of coins.memory().
    std::size_t coins_limit = 0;
};

}  // namespace cairn::chain
