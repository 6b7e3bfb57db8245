#pragma once
// What a ChainManager holds. Not a public header of the room.

#include <cassert>
#include <memory>

#include "chain/chain_manager.h"
#include "chain/loading.h"
#include "chain/validation_thread.h"

namespace cairn::chain {

/// Everything start() makes, in the order in which it stands on each other.
struct ChainManager::Impl {
    Impl(const ChainOptions& given, ChainPorts given_ports)
        : options(given), ports(std::move(given_ports)), budget(given.cache_bytes), tree(ports.random.u64())
    {
    }

    struct Running {
        Running(Impl& owner, OpenFolder opened, bool wipe_coins);

        OpenFolder folder;
        BlockTreeWriter writer;
        BlockArchive archive;
        ChainState state;
        base::ThreadPool pool;
        base::ThreadPool coin_pool;
        ChainContext context;
        Activation activation;
        Acceptance acceptance;
        ValidationThread thread;
    };

    Running& live()
    {
        assert(running);
        return *running;
    }

    const ChainOptions options;
    ChainPorts ports;
    const CacheBudget budget;
    BlockTree tree;
    PublishedTip published;
    Listeners<const BlockNode&, const std::optional<Rejection>&> verdicts;
    consensus::ImmediateVerifier immediate;
    std::unique_ptr<Running> running;
};

}  // namespace cairn::chain
