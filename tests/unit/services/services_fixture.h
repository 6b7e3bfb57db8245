#pragma once
// Chain and mempool joined as in the node, on a disk in memory, with the services over them.

#include "../chain/chain_fixture.h"
#include "base/shutdown.h"
#include "consensus/script/signature_verifier.h"
#include "services/chain_service.h"
#include "services/mempool_bridge.h"
#include "services/mempool_service.h"
#include "services/mining_service.h"
#include "support/block_builder.h"

namespace cairn::services::test {

class RecordingRelay final : public RelayPort {
public:
    void announce(const TransactionRef& transaction) override { announced.push_back(transaction->txid); }
    std::vector<api::OrphanTransaction> orphans() const override { return {}; }

    std::vector<Txid> announced;
};

inline mempool::MempoolOptions any_script()
{
    mempool::MempoolOptions options;
    options.policy.require_standard = false;
    return options;
}

class ServicesFixture : public testing::Test {
protected:
    explicit ServicesFixture(const mempool::MempoolOptions& options = any_script())
        : pool(options, mempool_chain, verifier, mempool_events, {1, 2})
    {
        node.clock.set(base::Time{std::chrono::seconds{node.genesis().header.time + 1'000'000}});
        node.mempool = &chain_mempool;
        node.before_start = [this](chain::ChainManager& manager) { mempool_chain.set(manager); };
        node.start();
        chain = std::make_unique<ChainService>(node.chain(), pool, shutdown, "a notice");
        keeper = std::make_unique<MempoolKeeper>(MempoolKeeper::Parts{node.chain(), pool, node.clock, node.random,
                                                                      *node.files, "/node/regtest/mempool.dat"});
        mempool = std::make_unique<MempoolService>(node.chain(), pool, relay, node.clock, *keeper);
        mining = std::make_unique<MiningService>(node.chain(), pool, node.clock, shutdown, mining::TemplateOptions{});
    }
    ~ServicesFixture() override { node.stop(); }

    /// Blocks on the tip, whose coinbases anyone may spend.
    std::vector<BlockRef> mine(int count)
    {
        std::vector<BlockRef> blocks;
        for (int i = 0; i < count; ++i) {
            std::uint64_t tries = 1'000'000;
            const auto mined = mining->generate(cairn::test::anyone_can_spend(), tries);
            if (!mined || !*mined) throw std::runtime_error(mined ? "no block found" : mined.error().message);
            blocks.push_back((*mined)->block);
        }
        return blocks;
    }
    static Outpoint coinbase_of(const BlockRef& block) { return {block->transactions[0].txid, 0}; }
    /// Spends outputs that anyone may, and pays what is left over to such a one.
    static TransactionRef spend(std::vector<Outpoint> from, Amount output)
    {
        auto draft = cairn::test::make_spend(from, output);
        draft.outputs.push_back({Amount{0}, Bytes(30, std::byte{0x6a})});  // no shorter than a transaction may be
        return draft.finish();
    }
    static constexpr Amount kSubsidy{5'000'000'000};

    chain::test::TestChain node;
    base::ShutdownSignal shutdown;
    consensus::ImmediateVerifier verifier;
    MempoolChain mempool_chain;
    MempoolEvents mempool_events{node.events};
    mempool::Mempool pool;
    ChainMempool chain_mempool{pool, mempool_chain, node.clock};
    RecordingRelay relay;
    std::unique_ptr<ChainService> chain;
    std::unique_ptr<MempoolKeeper> keeper;
    std::unique_ptr<MempoolService> mempool;
    std::unique_ptr<MiningService> mining;
};

}  // namespace cairn::services::test
