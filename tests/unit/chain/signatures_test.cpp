// Which verifier is asked for the signatures of blocks.

#include <atomic>

#include "chain_fixture.h"
#include "consensus/script/signature_verifier.h"

namespace cairn::chain::test {
namespace {

/// Finds every signature valid, and counts.
class TrustingVerifier final : public consensus::SignatureVerifier {
public:
    bool verify_ecdsa(ByteSpan, ByteSpan, const Hash256&) override { return ++calls > 0; }
    bool verify_schnorr(ByteSpan, ByteSpan, const Hash256&) override { return ++calls > 0; }
    std::atomic<int> calls = 0;
};

class BlockSignaturesTest : public testing::Test {
protected:
    /// A chain whose last block spends a key's output with a signature that is well-formed, and wrong.
    BlockResult submit_wrong_signature()
    {
        node.verifier = &verifier;
        node.start();
        cairn::test::BlockPlan plan;
        plan.height = 1;
        plan.previous = node.genesis().hash;
        plan.time = node.genesis().header.time + 600;
        plan.coinbase_script = Bytes(33, std::byte{0x11});
        plan.coinbase_script[0] = std::byte{2};
        plan.coinbase_script.insert(plan.coinbase_script.begin(), std::byte{33});
        plan.coinbase_script.push_back(std::byte{0xac});  // OP_CHECKSIG
        const BlockRef first = cairn::test::make_block(plan, node.params);
        const auto chain = node.miner.mine_chain(*first, 1, 100);
        node.submit(first);
        node.submit_all(chain);
        const Transaction& coinbase = first->transactions[0];
        const std::vector outpoints{Outpoint{coinbase.txid, 0}};
        auto spend = cairn::test::make_spend(outpoints, coinbase.outputs[0].value);
        for (const int byte : {9, 0x30, 6, 2, 1, 1, 2, 1, 1, 1}) {
            spend.inputs[0].script_sig.push_back(static_cast<std::byte>(byte));
        }
        Miner::Plan last;
        last.transactions = {spend.finish()};
        return node.submit(node.miner.mine(*chain.back(), 102, last));
    }

    TrustingVerifier verifier;
    TestChain node;
};

TEST_F(BlockSignaturesTest, GoToTheGivenVerifierAtTheTip)
{
    EXPECT_EQ(submit_wrong_signature().status, BlockResult::Status::kConnected);
    EXPECT_EQ(verifier.calls, 1);
}

TEST_F(BlockSignaturesTest, AreVerifiedAtOnceInInitialDownload)
{
    node.options.max_tip_age = std::chrono::hours{24};
    const auto result = submit_wrong_signature();
    ASSERT_TRUE(node.chain().in_initial_block_download());
    EXPECT_EQ(result.status, BlockResult::Status::kRejected);
    EXPECT_EQ(verifier.calls, 0);
}

}  // namespace
}  // namespace cairn::chain::test
