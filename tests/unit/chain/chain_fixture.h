#pragma once
// A chain on a disk in memory, and a miner for it.

#include <cstdlib>
#include <functional>
#include <iostream>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory_file_system.h"
#include "base/random.h"
#include "chain/chain_manager.h"
#include "consensus/subsidy.h"
#include "events/event_bus.h"
#include "storage/block_index_store.h"
#include "storage/coins_store.h"
#include "support/block_builder.h"
#include "support/wait_until.h"

namespace cairn::chain::test {

inline constexpr BlockOrigin kRequested{.requested = true, .work_checked = true};
inline constexpr BlockOrigin kUnrequested{.requested = false, .work_checked = true};

/// Makes blocks on regtest. Each block's coinbase pays to a script of its own, so that branches differ.
class Miner {
public:
    explicit Miner(const consensus::Params& params) : params_(params) {}

    struct Plan {
        std::vector<TransactionRef> transactions;
        Amount fees{};
        std::uint32_t time = 0;  // 0: ten minutes after the parent
        Amount claim_more{};     // beside subsidy and fees: invalid
        bool distinct = true;
    };
    BlockRef mine(const Block& parent, Height height, Plan plan)
    {
        cairn::test::BlockPlan block;
        block.height = height;
        block.previous = parent.hash;
        block.time = plan.time != 0 ? plan.time : parent.header.time + 600;
        block.transactions = plan.transactions;
        block.fees = plan.fees + plan.claim_more;
        if (plan.distinct) {
            // OP_1 after a push and a drop of a number of its own.
            const std::uint32_t number = ++count_;
            Bytes script{std::byte{4}};
            for (int i = 0; i < 4; ++i) script.push_back(static_cast<std::byte>(number >> (8 * i)));
            script.push_back(std::byte{0x75});
            script.push_back(std::byte{0x51});
            block.coinbase_script = script;
        }
        return cairn::test::make_block(block, params_);
    }
    BlockRef mine(const Block& parent, Height height) { return mine(parent, height, Plan{}); }
    /// `count` blocks on top of each other.
    std::vector<BlockRef> mine_chain(const Block& parent, Height parent_height, int count)
    {
        std::vector<BlockRef> blocks;
        const Block* last = &parent;
        for (int i = 1; i <= count; ++i) {
            blocks.push_back(mine(*last, parent_height + i));
            last = blocks.back().get();
        }
        return blocks;
    }

private:
    const consensus::Params& params_;
    std::uint32_t count_ = 0;
};

/// One chain manager over a disk in memory that outlives it.
class TestChain {
public:
    explicit TestChain(std::shared_ptr<base::MemoryFileSystem> disk = std::make_shared<base::MemoryFileSystem>())
        : params(consensus::make_params(Network::kRegtest)), miner(params), files(std::move(disk))
    {
        options.params = &params;
        options.message_start = {std::byte{0xfa}, std::byte{0xbf}, std::byte{0xb5}, std::byte{0xda}};
        options.folder = "/node/regtest";
        options.blocks_folder = "/node/regtest/blocks";
        options.cache_bytes = std::uint64_t{32} << 20;
        // Reserves little on the disk in memory.
        options.small_block_files = false;
        // Blocks of any age are recent, unless a test says otherwise.
        options.max_tip_age = std::chrono::hours{24 * 365 * 100};
    }
    ~TestChain() { stop(); }

    void start()
    {
        if (std::getenv("CAIRN_TEST_LOG") != nullptr) {
            static const bool started = (base::process_log().start({}), true);
            (void)started;
            base::process_log().set_sink([](std::string_view line) { std::cerr << line << std::endl; });
        }
        set_failure({});
        ChainPorts ports{.clock = clock, .files = *files, .random = random};
        ports.mempool = mempool;
        ports.verifier = verifier;
        ports.events = &events;
        ports.on_progress = on_progress;
        ports.on_failure = [this](std::string_view, std::exception_ptr thrown) { set_failure(base::describe(thrown)); };
        manager = std::make_unique<ChainManager>(options, std::move(ports));
        if (before_start) before_start(*manager);
        manager->start();
    }
    void stop()
    {
        if (manager) manager->stop();
        manager.reset();
    }
    void restart()
    {
        stop();
        start();
    }
    ChainManager& chain() { return *manager; }
    const Block& genesis() const { return *params.genesis; }

    BlockResult submit(const BlockRef& block, BlockOrigin origin = kRequested)
    {
        return manager->submit_block_and_wait(block, origin);
    }
    HeadersResult submit_headers(const std::vector<BlockRef>& blocks)
    {
        std::vector<BlockHeader> headers;
        for (const BlockRef& block : blocks) headers.push_back(block->header);
        return manager->submit_headers_and_wait(std::move(headers), true);
    }
    void submit_all(const std::vector<BlockRef>& blocks)
    {
        for (const BlockRef& block : blocks) manager->submit_block(block, kRequested, nullptr);
        settle();
    }
    /// Until all that was submitted has its fate.
    void settle()
    {
        // Fates are told when nothing is left to do; the block of the tip is a duplicate at once, so ask by a task.
        while (true) {
            const BlockNode* before = manager->tip();
            manager->run([] {});
            if (manager->tip() == before && !is_behind()) return;
        }
    }
    /// Until -reindex and -loadblock have read their files and what they found is connected.
    void wait_for_import()
    {
        cairn::test::wait_until([&] { return manager->is_loaded() || !failure().empty(); });
    }
    BlockHash tip() const { return manager->tip()->hash(); }
    Height height() const { return manager->tip()->height(); }
    const BlockNode& node(const BlockRef& block) const { return *manager->tree().find(block->hash); }
    std::string utxo_hash() { return manager->utxo_statistics(UtxoHashKind::kSerialized3, nullptr)->hash->to_hex(); }

    consensus::Params params;
    Miner miner;
    ChainOptions options;
    base::ManualClock clock;
    base::SeededRandom random{1};
    events::EventBus events{events::EventBus::Delivery::kByHand};
    std::shared_ptr<base::MemoryFileSystem> files;
    MempoolPort* mempool = nullptr;
    std::function<void(ChainManager&)> before_start;
    std::function<void(std::string_view, int)> on_progress;
    consensus::SignatureVerifier* verifier = nullptr;
    std::unique_ptr<ChainManager> manager;
    /// What the validation thread failed with; empty: it has not.
    std::string failure() const
    {
        const std::lock_guard lock(failure_mutex_);
        return failure_;
    }

private:
    void set_failure(std::string text)
    {
        const std::lock_guard lock(failure_mutex_);
        failure_ = std::move(text);
    }
    /// Whether a better chain, all of it received, is not connected yet.
    bool is_behind() const
    {
        const BlockNode* tip = manager->tip();
        for (const BlockNode* node : manager->tree().nodes()) {
            if (node->status().failed() || node->chain_transaction_count() == 0) continue;
            if (tip == nullptr || node->chain_work() > tip->chain_work()) return true;
        }
        return false;
    }

    mutable std::mutex failure_mutex_;
    std::string failure_;
};

}  // namespace cairn::chain::test
