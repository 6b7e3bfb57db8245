// What mempool and subscribers are told, and in which order.

#include <algorithm>
#include <future>

#include "chain_fixture.h"

namespace cairn::chain::test {
namespace {

class Recorder final : public MempoolPort, public events::Subscriber {
public:
    void on_block_connected(const BlockRef& block, const BlockNode& now,
                            const std::shared_ptr<const SpentOutputs>&) override
    {
        told.push_back("+" + std::to_string(now.height()));
        const std::vector outpoints{Outpoint{block->transactions[0].txid, 0}};
        coin_seen = manager().coins_view().fetch(outpoints)[0].exists();
        published_before = manager().tip() != &now;
    }
    void on_block_disconnected(const BlockRef&, const BlockNode& now) override
    {
        told.push_back("-" + std::to_string(now.height()));
    }
    void on_tip_settled(const BlockNode& tip, bool reorganised, bool keep) override
    {
        told.push_back((reorganised ? "reorg " : "tip ") + std::to_string(tip.height()) + (keep ? "" : " drop"));
    }
    void on_event(const events::Event& event) override
    {
        if (const auto* connected = std::get_if<events::BlockConnected>(&event.fact)) {
            heard.push_back("+" + std::to_string(connected->height));
        } else if (const auto* taken = std::get_if<events::BlockDisconnected>(&event.fact)) {
            heard.push_back("-" + std::to_string(taken->height));
        } else if (const auto* tip = std::get_if<events::TipChanged>(&event.fact)) {
            heard.push_back("tip " + std::to_string(tip->height) + " fork " + std::to_string(tip->fork_height));
        } else if (const auto* warning = std::get_if<events::WarningRaised>(&event.fact)) {
            heard.push_back(warning->text.substr(0, warning->text.find(" than")));
        }
    }
    ChainManager& manager() { return *node->manager; }

    TestChain* node = nullptr;
    std::vector<std::string> told;
    std::vector<std::string> heard;
    bool coin_seen = false;
    bool published_before = false;
};

class PublicationTest : public testing::Test {
protected:
    PublicationTest()
    {
        recorder.node = &node;
        node.mempool = &recorder;
        node.start();
        subscription = node.events.subscribe("recorder", recorder);
        recorder.told.clear();
    }
    std::vector<std::string> take_heard()
    {
        node.events.deliver();
        return std::exchange(recorder.heard, {});
    }

    Recorder recorder;
    TestChain node;
    std::unique_ptr<events::Subscription> subscription;
};

using Lines = std::vector<std::string>;

TEST_F(PublicationTest, BlockByBlock)
{
    const auto chain = node.miner.mine_chain(node.genesis(), 0, 2);
    node.submit(chain[0]);
    EXPECT_TRUE(recorder.coin_seen) << "the mempool sees the block's coins";
    EXPECT_TRUE(recorder.published_before) << "before the tip is published";
    node.submit(chain[1]);
    EXPECT_EQ(recorder.told, (Lines{"+1", "tip 1", "+2", "tip 2"}));
    EXPECT_EQ(take_heard(), (Lines{"+1", "tip 1 fork 0", "+2", "tip 2 fork 1"}));
}

TEST_F(PublicationTest, AReorganisationIsPublishedAsOne)
{
    const auto a = node.miner.mine_chain(node.genesis(), 0, 3);
    const auto b = node.miner.mine_chain(*a[0], 1, 3);
    node.submit_all(a);
    take_heard();
    recorder.told.clear();
    std::vector<Height> tips;
    const auto listener = node.chain().on_tip([&](const BlockNode& tip) { tips.push_back(tip.height()); });
    for (const BlockRef& block : b) node.submit(block);
    EXPECT_EQ(recorder.told, (Lines{"-3", "-2", "+2", "+3", "+4", "reorg 4"}));
    EXPECT_EQ(take_heard(), (Lines{"-3", "-2", "+2", "+3", "+4", "tip 4 fork 1"}));
    EXPECT_EQ(tips, std::vector<Height>{4});
}

TEST_F(PublicationTest, AVerdictMayComeLongAfterTheBlock)
{
    const auto a = node.miner.mine_chain(node.genesis(), 0, 2);
    node.submit_all(a);
    std::vector<BlockHash> valid;
    Lines refused;
    auto listener =
        node.chain().on_block_checked([&](const BlockNode& block, const std::optional<Rejection>& rejection) {
            if (!rejection) return valid.push_back(block.hash());
            refused.push_back(std::to_string(block.height()) + " " + std::string(rejection->text()));
        });
    const BlockRef b1 = node.miner.mine(node.genesis(), 1);
    Miner::Plan greedy;
    greedy.claim_more = Amount{1};
    const BlockRef b2 = node.miner.mine(*b1, 2, greedy);
    const BlockRef b3 = node.miner.mine(*b2, 3);
    EXPECT_EQ(node.submit(b1).status, BlockResult::Status::kStored);
    EXPECT_EQ(node.submit(b2).status, BlockResult::Status::kStored);
    EXPECT_TRUE(valid.empty() && refused.empty()) << "stored only: nobody knows yet";
    node.submit(b3);
    EXPECT_EQ(refused, (Lines{"2 bad-cb-amount"})) << "b3 falls with b2 and is not told of";
    EXPECT_EQ(std::ranges::count(valid, b1->hash), 1);
    EXPECT_EQ(node.tip(), a[1]->hash);

    valid.clear();
    const BlockRef a3 = node.miner.mine(*a[1], 3);
    node.submit(a3);
    EXPECT_EQ(valid, std::vector{a3->hash});
    listener.reset();
    node.submit(node.miner.mine(*a3, 4));
    EXPECT_EQ(valid.size(), 1U) << "the registration has ended";
}

TEST_F(PublicationTest, ABlocksFateComesAfterThatOfBlocksThatWaitedForIt)
{
    const auto chain = node.miner.mine_chain(node.genesis(), 0, 60);
    node.submit_headers(chain);
    for (std::size_t i = 1; i < chain.size(); ++i) {
        EXPECT_EQ(node.submit(chain[i]).status, BlockResult::Status::kStored);
    }
    EXPECT_EQ(node.submit(chain[0]).status, BlockResult::Status::kConnected);
    EXPECT_EQ(node.tip(), chain.back()->hash) << "who asks for the tip now sees all that the block has brought about";
}

TEST_F(PublicationTest, ARefusedBlockIsToldSoAlthoughOthersWaitedForIt)
{
    Miner::Plan greedy;
    greedy.claim_more = Amount{1};
    const BlockRef good = node.miner.mine(node.genesis(), 1);
    const BlockRef bad = node.miner.mine(*good, 2, greedy);
    const BlockRef last = node.miner.mine(*bad, 3);
    node.submit_headers({good, bad, last});
    node.submit(last);
    EXPECT_EQ(node.submit(bad).status, BlockResult::Status::kStored);
    EXPECT_EQ(node.submit(good).status, BlockResult::Status::kConnected) << "whatever comes after it";
    EXPECT_EQ(node.tip(), good->hash);

    const BlockRef bad2 = node.miner.mine(*good, 2, greedy);
    const BlockRef last2 = node.miner.mine(*bad2, 3);
    node.submit_headers({bad2, last2});
    node.submit(last2);
    const BlockResult refused = node.submit(bad2);
    EXPECT_EQ(refused.status, BlockResult::Status::kRejected);
    EXPECT_EQ(refused.rejection->text(), "bad-cb-amount");
}

TEST_F(PublicationTest, AValidBlockIsToldSoAlthoughTheChainTurnsBack)
{
    const auto a = node.miner.mine_chain(node.genesis(), 0, 1);
    node.submit_all(a);
    Miner::Plan greedy;
    greedy.claim_more = Amount{1};
    const BlockRef b1 = node.miner.mine(node.genesis(), 1);
    const BlockRef b2 = node.miner.mine(*b1, 2, greedy);
    node.submit_headers({b1, b2});
    EXPECT_EQ(node.submit(b2).status, BlockResult::Status::kStored);
    EXPECT_EQ(node.submit(b1).status, BlockResult::Status::kConnected) << "it was, until the next one was refused";
    EXPECT_EQ(node.tip(), a[0]->hash);
}

class InvalidChain : public PublicationTest {
protected:
    /// The last block first, so that all are there when the first proves invalid.
    void hand_in(std::size_t count)
    {
        Miner::Plan greedy;
        greedy.claim_more = Amount{1};
        blocks.push_back(node.miner.mine(node.genesis(), 1, greedy));
        const auto more = node.miner.mine_chain(*blocks[0], 1, static_cast<int>(count) - 1);
        blocks.insert(blocks.end(), more.begin(), more.end());
        ASSERT_FALSE(node.submit_headers(blocks).rejection);
        for (auto block = blocks.rbegin(); block != blocks.rend(); ++block) node.submit(*block);
        ASSERT_EQ(node.height(), 0);
    }
    std::vector<BlockRef> blocks;
};

TEST_F(InvalidChain, AsLongAsOursAndSixBlocksIsNoCauseForAlarm)
{
    hand_in(6);
    EXPECT_TRUE(node.chain().warnings().empty());
    EXPECT_EQ(take_heard(), Lines{});
}

TEST_F(InvalidChain, ALongerOneIsWarnedOfAtOnce)
{
    hand_in(7);
    EXPECT_EQ(node.chain().warnings().size(), 1U);
    const Lines warned{"Warning: Found invalid chain more"};
    EXPECT_EQ(take_heard(), warned);
    // It is told once,
    node.chain().invalidate_block(node.node(blocks[3]));
    EXPECT_EQ(take_heard(), Lines{});
    // and taken back when our chain has caught up.
    node.submit(node.miner.mine(node.genesis(), 1));
    EXPECT_TRUE(node.chain().warnings().empty());
    EXPECT_EQ(take_heard(), (Lines{"+1", "tip 1 fork 0"}));
}

TEST_F(InvalidChain, ThatIsReconsideredIsNoneAnyMore)
{
    hand_in(7);
    take_heard();
    // What made it invalid does so again.
    node.chain().reconsider_block(node.node(blocks[0]));
    node.settle();
    EXPECT_EQ(take_heard(), Lines{"Warning: Found invalid chain more"});
    EXPECT_EQ(node.chain().warnings().size(), 1U);
}

TEST_F(PublicationTest, AnInterruptedChainLetsNobodyWait)
{
    // Who stops the node waits for those who wait for blocks, before the validation thread is ended.
    const auto chain = node.miner.mine_chain(node.genesis(), 0, 3);
    node.submit(chain[0]);
    node.chain().interrupt();
    EXPECT_EQ(node.submit(chain[1]).status, BlockResult::Status::kStored);
    EXPECT_EQ(node.submit(chain[0]).status, BlockResult::Status::kDuplicate);
    EXPECT_EQ(node.height(), 1);
    node.restart();
    node.settle();
    EXPECT_EQ(node.height(), 2) << "nothing was lost";
}

TEST_F(PublicationTest, ManyBlocksTakenBackAreDropped)
{
    const auto chain = node.miner.mine_chain(node.genesis(), 0, 22);
    node.submit_all(chain);
    recorder.told.clear();
    node.chain().invalidate_block(node.node(chain[12]));
    EXPECT_EQ(recorder.told.back(), "reorg 12") << "ten are kept";
    recorder.told.clear();
    node.chain().invalidate_block(node.node(chain[1]));
    ASSERT_GE(recorder.told.size(), 4U);
    const std::span last(std::prev(recorder.told.end(), 4), 4);
    EXPECT_EQ(last[1], "reorg 2") << "the tenth";
    EXPECT_EQ(last[3], "reorg 1 drop") << "what is in those below is not wanted back";
}

TEST_F(PublicationTest, WaitingForTheTip)
{
    const auto chain = node.miner.mine_chain(node.genesis(), 0, 1);
    const BlockNode* before = node.chain().tip();
    EXPECT_EQ(
        node.chain().wait_for_tip([&](const BlockNode& tip) { return &tip != before; }, std::chrono::milliseconds{1}),
        before);
    node.chain().submit_block(chain[0], kRequested, nullptr);
    const BlockNode* after =
        node.chain().wait_for_tip([&](const BlockNode& tip) { return &tip != before; }, std::nullopt);
    EXPECT_EQ(after->hash(), chain[0]->hash);
    node.chain().interrupt();
    EXPECT_EQ(node.chain().wait_for_tip([](const BlockNode&) { return false; }, std::nullopt), after);
}

TEST(Interruption, NobodyWaitsForTheImportToHearOfABlock)
{
    TestChain node;
    node.start();
    const auto blocks = node.miner.mine_chain(node.genesis(), 0, 2);
    node.submit(blocks[0]);
    node.stop();
    // A reindex that is held at its beginning, and never reaches its end.
    std::promise<void> entered;
    std::promise<void> go;
    node.options.reindex = true;
    node.on_progress = [&](std::string_view what, int) {
        if (!what.starts_with("Reindexing")) return;
        entered.set_value();
        go.get_future().wait();
    };
    node.start();
    entered.get_future().wait();
    std::promise<BlockResult> told;
    node.chain().submit_block(blocks[0], kRequested, [&](const BlockResult& result) { told.set_value(result); });
    node.chain().interrupt();
    EXPECT_EQ(told.get_future().get().status, BlockResult::Status::kStored);
    go.set_value();
}

}  // namespace
}  // namespace cairn::chain::test
