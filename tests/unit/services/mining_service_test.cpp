// Templates, and blocks found and handed in.

#include <gmock/gmock.h>

#include "consensus/primitives/transaction_draft.h"
#include "consensus/proof_of_work.h"
#include "services/block_edit.h"
#include "services_fixture.h"

namespace cairn::services {
namespace {

class MiningServiceTest : public test::ServicesFixture {
protected:
    /// A block on the tip that nobody handed in.
    BlockRef make(std::vector<TransactionRef> transactions = {})
    {
        return mining->generate_block(cairn::test::anyone_can_spend(), std::move(transactions), false)->block;
    }
};

TEST_F(MiningServiceTest, TemplatesHaveWhatTheMempoolHas)
{
    const auto blocks = mine(101);
    const auto parent = spend({coinbase_of(blocks[0])}, kSubsidy - Amount{10'000});
    const auto child = spend({{parent->txid, 0}}, kSubsidy - Amount{30'000});
    mempool->submit(parent, {});
    mempool->submit(child, {});
    const auto made = mining->make_template();
    ASSERT_TRUE(made);
    EXPECT_EQ(made->height, 102);
    EXPECT_EQ(made->previous, blocks.back()->hash);
    EXPECT_EQ(made->coinbase_value, kSubsidy + Amount{30'000});
    ASSERT_EQ(made->transactions.size(), 2U);
    EXPECT_THAT(made->transactions[0].depends, testing::IsEmpty());
    EXPECT_THAT(made->transactions[1].depends, testing::ElementsAre(1U));
    EXPECT_FALSE(made->witness_commitment.empty());
    EXPECT_EQ(mining->last_template().transactions, 2U);
    EXPECT_EQ(mining->next_block().height, 102);
    EXPECT_EQ(mining->next_block().bits, made->bits);
}

TEST_F(MiningServiceTest, TemplatesNameTheDeploymentsOfVersionBits)
{
    // On regtest, testdummy's signalling begins with the second period of 144 blocks; ours signal.
    const auto names = [&] {
        const auto made = mining->make_template();
        std::vector<std::string> out;
        for (const auto& bit : made->available_bits) out.push_back(bit.name + std::to_string(bit.bit));
        if (std::ranges::find(made->rules, "testdummy") != made->rules.end()) out.emplace_back("active");
        return out;
    };
    mine(142);
    EXPECT_THAT(names(), testing::IsEmpty());
    mine(1);
    EXPECT_THAT(names(), testing::ElementsAre("testdummy28"));
    mine(144);
    EXPECT_THAT(names(), testing::ElementsAre("testdummy28")) << "locked in";
    mine(144);
    EXPECT_THAT(names(), testing::ElementsAre("active"));
}

TEST_F(MiningServiceTest, GeneratesAndGivesUp)
{
    std::uint64_t none = 0;
    const auto nothing = mining->generate(cairn::test::anyone_can_spend(), none);
    ASSERT_TRUE(nothing);
    EXPECT_FALSE(*nothing) << "no tries";
    shutdown.request();
    std::uint64_t many = 1'000'000;
    EXPECT_FALSE(*mining->generate(cairn::test::anyone_can_spend(), many)) << "the node stops";
    EXPECT_EQ(node.height(), 0);
}

TEST_F(MiningServiceTest, GeneratesExactlyWhatItIsGiven)
{
    const auto blocks = mine(101);
    const auto parent = spend({coinbase_of(blocks[0])}, kSubsidy - Amount{10'000});
    const auto made = mining->generate_block(cairn::test::anyone_can_spend(), {parent}, true);
    ASSERT_TRUE(made);
    EXPECT_EQ(made->block->transactions.size(), 2U);
    EXPECT_EQ(node.tip(), made->hash);
    const auto bad = mining->generate_block(cairn::test::anyone_can_spend(), {parent}, true);
    ASSERT_FALSE(bad) << "its coin is spent";
    EXPECT_THAT(bad.error().message, testing::StartsWith("TestBlockValidity failed: bad-txns-inputs-missingorspent"));
}

TEST_F(MiningServiceTest, SaysWhatBecameOfABlock)
{
    using Kind = api::BlockSubmission;
    const auto block = make();
    EXPECT_FALSE(mining->check_proposal(block)) << "valid";
    EXPECT_EQ(mining->submit(block).kind, Kind::kAccepted);
    EXPECT_EQ(mining->submit(block).kind, Kind::kDuplicate);
    EXPECT_EQ(mining->check_proposal(block), "duplicate");
    const auto rival = node.miner.mine(node.genesis(), 1);
    EXPECT_EQ(mining->submit(rival).kind, Kind::kInconclusive) << "stored beside the tip";
    EXPECT_EQ(mining->check_proposal(rival), "duplicate-inconclusive");
    EXPECT_EQ(mining->check_proposal(node.miner.mine(*rival, 2)), "inconclusive-not-best-prevblk");
    chain::test::Miner::Plan greedy;
    greedy.claim_more = Amount{1};
    const auto bad = node.miner.mine(*block, 2, greedy);
    EXPECT_EQ(mining->check_proposal(bad), "bad-cb-amount");
    const auto refused = mining->submit(bad);
    EXPECT_EQ(refused.kind, Kind::kRejected);
    EXPECT_EQ(refused.reason, "bad-cb-amount");
    EXPECT_EQ(mining->check_proposal(bad), "duplicate-invalid");
}

TEST_F(MiningServiceTest, TakesHeaders)
{
    const auto block = make();
    EXPECT_TRUE(mining->submit_header(block->header));
    const auto stray = node.miner.mine(*node.miner.mine(node.genesis(), 1), 2);
    EXPECT_EQ(mining->submit_header(stray->header).error().message,
              "Must submit previous header (" + stray->header.previous.to_hex() + ") first");
    auto bad = block->header;
    bad.time = node.genesis().header.time - 1;
    while (!consensus::has_proof_of_work(bad.hash(), bad.bits, node.params)) ++bad.nonce;
    EXPECT_EQ(mining->submit_header(bad).error().message, "time-too-old");
}

TEST_F(MiningServiceTest, FillsInTheWitnessNonce)
{
    const auto block = make();
    TransactionDraft bare(block->transactions[0]);
    bare.inputs[0].witness.clear();
    Bytes bytes(block->raw.begin(), block->raw.begin() + 80);
    bytes.push_back(std::byte{1});
    const auto coinbase = bare.finish();
    bytes.insert(bytes.end(), coinbase->raw.begin(), coinbase->raw.end());
    const auto without = *decode_block(bytes);
    EXPECT_FALSE(without->transactions[0].has_witness());
    EXPECT_TRUE(std::ranges::equal(with_witness_nonce(without)->raw, block->raw));
    EXPECT_EQ(with_witness_nonce(block), block) << "nothing to do";
    EXPECT_EQ(mining->submit(without).kind, api::BlockSubmission::kAccepted);
    EXPECT_EQ(node.tip(), block->hash);
}

}  // namespace
}  // namespace cairn::services
