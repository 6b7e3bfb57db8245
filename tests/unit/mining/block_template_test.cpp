#include "mining/block_template.h"

#include "consensus/check_block.h"
#include "consensus/connect_block.h"
#include "consensus/merkle.h"
#include "consensus/proof_of_work.h"
#include "consensus/script/script.h"
#include "consensus/subsidy.h"
#include "consensus/witness_commitment.h"
#include "support/pool_fixture.h"
#include "support/test_random.h"

namespace cairn::mining {
namespace {

constexpr Amount kFunds{100'000'000};

const consensus::Params& params()
{
    static const consensus::Params regtest = consensus::make_params(Network::kRegtest);
    return regtest;
}

/// Judges blocks by consensus, on the fake chain's coins.
class FakePort final : public TemplatePort {
public:
    explicit FakePort(test::FakeChain& chain) : chain_(chain) {}

    Next next() const override
    {
        Next next;
        next.previous = BlockHash{};
        next.height = chain_.height + 1;
        next.version = 0x20000000;
        next.median_time_past = chain_.mtp_at(chain_.height);
        next.minimum_time = next.median_time_past + 1;
        next.now = now;
        next.subsidy = consensus::block_subsidy(next.height, params());
        next.segwit = segwit;
        return next;
    }
    std::uint32_t bits_for(std::int64_t block_time) const override
    {
        return block_time >= easy_from ? 0x207fffff : 0x1f00ffff;
    }

    std::expected<void, Rejection> check_block(const BlockRef& block) override
    {
        ++checks;
        auto alone = consensus::check_block(*block, params(), {.proof_of_work = false, .merkle_root = true});
        if (!alone) return alone;
        class Times final : public consensus::AncestorTimes {
        public:
            explicit Times(const test::FakeChain& chain) : chain_(chain) {}
            std::int64_t median_time_past(Height height) const override { return chain_.mtp_at(height); }

        private:
            const test::FakeChain& chain_;
        };
        const Times times(chain_);
        consensus::ConnectContext context;
        context.height = chain_.height + 1;
        context.median_time_past = chain_.mtp_at(chain_.height);
        context.ancestor_times = &times;
        context.script_flags = kMandatoryFlags;
        context.relative_locks = true;
        context.forbid_existing_txids = true;
        context.subsidy = consensus::block_subsidy(context.height, params());
        auto effects = consensus::connect_block(block, context, chain_.view);
        if (!effects) return std::unexpected(effects.error());
        consensus::ImmediateVerifier verifier;
        if (effects->scripts && effects->scripts->run(0, effects->scripts->size(), verifier)) {
            return std::unexpected(Rejection{RejectReason::kBlockScriptFailed});
        }
        fees = effects->fees;
        return {};
    }

    bool segwit = true;
    std::int64_t now = 1'700'000'000;
    std::int64_t easy_from = 0;
    int checks = 0;
    Amount fees;

private:
    test::FakeChain& chain_;
};

class BlockTemplateTest : public test::PoolFixture {
protected:
    BlockTemplate make(bool use_mempool = true)
    {
        auto made = make_template(pool, port, options, test::anyone_can_spend(), use_mempool);
        EXPECT_TRUE(made.has_value()) << made.error().to_string();
        return made ? std::move(*made) : BlockTemplate{};
    }

    FakePort port{chain};
    TemplateOptions options;
};

TEST_F(BlockTemplateTest, EmptyBlock)
{
    const BlockTemplate made = make();
    EXPECT_EQ(made.height, chain.height + 1);
    EXPECT_EQ(made.coinbase_value, consensus::block_subsidy(made.height, params()));
    EXPECT_EQ(port.checks, 1);
    const BlockRef block = made.block();
    ASSERT_EQ(block->transactions.size(), 1U);
    const Transaction& coinbase = block->transactions[0];
    EXPECT_TRUE(coinbase.is_coinbase());
    EXPECT_EQ(coinbase.lock_time, static_cast<std::uint32_t>(chain.height));
    EXPECT_EQ(coinbase.inputs[0].sequence, 0xfffffffeU);
    // BIP34: a push of the height.
    const auto height = ScriptWriter{}.push_number(made.height).take();
    EXPECT_TRUE(std::ranges::equal(coinbase.inputs[0].script_sig, height));
    ASSERT_EQ(coinbase.outputs.size(), 2U);
    EXPECT_EQ(consensus::witness_commitment_index(coinbase), 1U);
    EXPECT_EQ(block->header.merkle_root, consensus::block_merkle_root(*block).root);
    EXPECT_EQ(block->header.time, 1'700'000'000U);
}

TEST_F(BlockTemplateTest, LowHeightsArePadded)
{
    chain.height = 15;
    EXPECT_EQ(make().coinbase.inputs[0].script_sig.size(), 2U);
    chain.height = 16;
    EXPECT_EQ(make().coinbase.inputs[0].script_sig.size(), 2U);
}

TEST_F(BlockTemplateTest, BestChunksFirstParentsBeforeChildren)
{
    const auto parent = spend(fund(kFunds), 1000);
    const auto child = spend(parent, 50'000);
    const auto middle = spend(fund(kFunds), 5000);
    for (const auto& transaction : {parent, middle, child}) expect_accepted(transaction);
    const BlockTemplate made = make();
    ASSERT_EQ(made.transactions.size(), 3U);
    EXPECT_EQ(made.transactions[0]->txid, parent->txid);
    EXPECT_EQ(made.transactions[1]->txid, child->txid);
    EXPECT_EQ(made.transactions[2]->txid, middle->txid);
    EXPECT_EQ(made.fees, (std::vector<Amount>{Amount{1000}, Amount{50'000}, Amount{5000}}));
    EXPECT_EQ(port.fees, Amount{56'000});
    EXPECT_EQ(made.coinbase_value, consensus::block_subsidy(made.height, params()) + Amount{56'000});
}

TEST_F(BlockTemplateTest, WithoutMempool)
{
    expect_accepted(spend(fund(kFunds), 1000));
    EXPECT_TRUE(make(false).transactions.empty());
}

TEST_F(BlockTemplateTest, MinimumFeeRateAtTheBoundAndOneOver)
{
    const auto transaction = spend(fund(kFunds), 1000);
    expect_accepted(transaction);
    const auto size = pool.entry(transaction->txid)->size;
    options.min_fee_rate = policy::FeeRate{Amount{1000}, size};
    EXPECT_EQ(make().transactions.size(), 1U);
    options.min_fee_rate = policy::FeeRate{Amount{1001}, size};
    EXPECT_TRUE(make().transactions.empty());
}

TEST_F(BlockTemplateTest, WeightAtTheBoundAndOneOver)
{
    const auto first = spend(fund(kFunds), 9000);
    const auto second = spend(fund(kFunds), 1000);
    expect_accepted(first);
    expect_accepted(second);
    const Weight both = first->weight() + second->weight();
    options.max_weight = options.reserved_weight + both + 1;
    EXPECT_EQ(make().transactions.size(), 2U);
    EXPECT_EQ(make().weight, options.reserved_weight + both);
    options.max_weight = options.reserved_weight + both;
    ASSERT_EQ(make().transactions.size(), 1U);
    EXPECT_EQ(make().transactions[0]->txid, first->txid);
}

TEST_F(BlockTemplateTest, SkipsWhatDoesNotFitWithAllThatBuildsOnIt)
{
    const auto large = pad(draft(std::array{fund(kFunds)}, 900'000), 3000);
    const auto child = spend(large, 1000);
    const auto small = spend(fund(kFunds), 500);
    for (const auto& transaction : {large, child, small}) expect_accepted(transaction);
    options.max_weight = options.reserved_weight + 5000;
    const BlockTemplate made = make();
    ASSERT_EQ(made.transactions.size(), 1U);
    EXPECT_EQ(made.transactions[0]->txid, small->txid);
}

TEST_F(BlockTemplateTest, SigopsAtTheBoundAndOneOver)
{
    // One multisig key in an output costs 4 · 1 for OP_CHECKSIG.
    auto with_sigops = draft(std::array{fund(kFunds)}, 10'000);
    const Bytes key(33, std::byte{2});
    with_sigops.outputs[0].script_pubkey = ScriptWriter{}.push(key).op(Opcode::kCheckSig).take();
    const auto transaction = finish(with_sigops);
    expect_accepted(transaction);
    const std::int64_t cost = pool.entry(transaction->txid)->sigop_cost;
    ASSERT_EQ(cost, 4);
    options.reserved_sigop_cost = kMaxBlockSigopCost - cost - 1;
    EXPECT_EQ(make().transactions.size(), 1U);
    options.reserved_sigop_cost = kMaxBlockSigopCost - cost;
    EXPECT_TRUE(make().transactions.empty());
}

TEST_F(BlockTemplateTest, LeavesOutWhatIsNotFinal)
{
    // Only after a reorganisation, before the mempool has settled.
    connect({});
    auto locked = draft(std::array{fund(kFunds)}, 1000);
    locked.inputs[0].sequence = 0xfffffffe;
    locked.lock_time = static_cast<std::uint32_t>(chain.height);
    expect_accepted(finish(locked));
    EXPECT_EQ(make().transactions.size(), 1U);
    disconnect();
    EXPECT_TRUE(make().transactions.empty());
}

TEST_F(BlockTemplateTest, BeforeSegwit)
{
    port.segwit = false;
    BlockTemplate made = make();
    for (int i = 0; i < 2; ++i) {
        // The commitment is there; the nonce that segwit asks for beside it would be an unexpected witness.
        EXPECT_FALSE(made.segwit);
        ASSERT_EQ(made.coinbase.outputs.size(), 2U);
        EXPECT_EQ(made.coinbase.outputs[1].script_pubkey, made.witness_commitment_script);
        EXPECT_EQ(consensus::witness_commitment_index(made.block()->transactions[0]), 1U);
        EXPECT_FALSE(made.block()->transactions[0].has_witness());
        set_transactions(made, {});
    }
}

TEST_F(BlockTemplateTest, AnInvalidOneIsNotHandedOut)
{
    const Outpoint coin = fund(kFunds);
    expect_accepted(spend(coin, 1000));
    chain.view.remove(coin);  // behind the mempool's back
    const auto made = make_template(pool, port, options, test::anyone_can_spend());
    ASSERT_FALSE(made.has_value());
    EXPECT_EQ(made.error().text(), "bad-txns-inputs-missingorspent");
}

TEST_F(BlockTemplateTest, GivenTransactions)
{
    const auto transaction = spend(fund(kFunds), 1000);
    BlockTemplate made = make(false);
    set_transactions(made, {transaction});
    const BlockRef block = made.block();
    ASSERT_EQ(block->transactions.size(), 2U);
    EXPECT_TRUE(port.check_block(block).has_value());
    // Its fee goes to nobody.
    EXPECT_EQ(block->transactions[0].outputs[0].value, consensus::block_subsidy(made.height, params()));
}

TEST_F(BlockTemplateTest, TimeMovesOnWithItsTarget)
{
    port.easy_from = 1'700'000'500;
    BlockTemplate made = make();
    EXPECT_EQ(made.header.bits, 0x1f00ffffU);
    update_time(made, port, 1'600'000'000);
    EXPECT_EQ(made.header.time, 1'700'000'000U);
    update_time(made, port, 1'700'000'600);
    EXPECT_EQ(made.header.time, 1'700'000'600U);
    EXPECT_EQ(made.header.bits, 0x207fffffU);
    // Never below the minimum.
    port.now = 0;
    EXPECT_EQ(make().header.time, static_cast<std::uint32_t>(chain.mtp_at(chain.height) + 1));
}

TEST_F(BlockTemplateTest, VersionOverride)
{
    EXPECT_EQ(make().header.version, 0x20000000);
    options.version_override = 4;
    EXPECT_EQ(make().header.version, 4);
}

TEST_F(BlockTemplateTest, FindsANonceWithinItsTries)
{
    const BlockHeader header = make().header;
    std::uint64_t tries = 1'000'000;
    const auto found = find_nonce(header, tries);
    ASSERT_TRUE(found.has_value());
    EXPECT_TRUE(consensus::has_proof_of_work(found->hash(), found->bits, params()));
    // Exactly as many tries as failed were taken.
    const std::uint64_t failed = 1'000'000 - tries;
    EXPECT_EQ(found->nonce, failed);
    std::uint64_t enough = failed + 1;
    EXPECT_TRUE(find_nonce(header, enough).has_value());
    std::uint64_t too_few = failed;
    EXPECT_FALSE(find_nonce(header, too_few).has_value());
    EXPECT_EQ(too_few, 0U);
    // The last nonce is the end, whatever tries are left.
    BlockHeader hard = header;
    hard.bits = 0x03000001;
    hard.nonce = 0xfffffffe;
    std::uint64_t many = 10;
    EXPECT_FALSE(find_nonce(hard, many).has_value());
    EXPECT_EQ(many, 8U);
}

TEST_F(BlockTemplateTest, ValidWhateverTheMempoolHolds)
{
    test::TestRandom random(5);
    std::vector<Outpoint> coins;
    for (int i = 0; i < 30; ++i) coins.push_back(fund(kFunds));
    for (int round = 0; round < 12; ++round) {
        for (int i = 0; i < 40; ++i) {
            std::vector<Outpoint> inputs{coins[random.below(coins.size())]};
            if (random.chance(1, 4)) {
                const Outpoint more = coins[random.below(coins.size())];
                if (more != inputs[0]) inputs.push_back(more);
            }
            const auto transaction =
                spend(inputs, 100 + static_cast<std::int64_t>(random.below(20'000)), 1 + random.below(3));
            if (!accept(transaction)) continue;
            for (std::uint32_t n = 0; n < transaction->outputs.size(); ++n) coins.push_back({transaction->txid, n});
        }
        options.max_weight = options.reserved_weight + static_cast<Weight>(random.below(40'000));
        const BlockTemplate made = make();
        EXPECT_LE(made.block()->weight(), options.max_weight);
        Amount sum;
        for (const Amount fee : made.fees) sum += fee;
        EXPECT_EQ(sum, port.fees);
        if (random.chance(1, 2)) connect(made.transactions);
    }
}

TEST(TemplateOptionsTest, Bounds)
{
    TemplateOptions options;
    EXPECT_EQ(check_options(options), std::nullopt);
    options.reserved_weight = 2'000;
    EXPECT_EQ(check_options(options), std::nullopt);
    options.reserved_weight = 1'999;
    EXPECT_EQ(check_options(options), "-blockreservedweight (1999) is lower than minimum safety value of (2000)");
    options.reserved_weight = 4'000'000;
    EXPECT_EQ(check_options(options), std::nullopt);
    options.reserved_weight = 4'000'001;
    EXPECT_EQ(check_options(options),
              "-blockreservedweight (4000001) exceeds consensus maximum block weight (4000000)");
    options = {};
    options.max_weight = 4'000'001;
    EXPECT_EQ(check_options(options), "-blockmaxweight (4000001) exceeds consensus maximum block weight (4000000)");
    options.max_weight = 7'999;
    EXPECT_EQ(check_options(options), "-blockreservedweight (8000) exceeds -blockmaxweight (7999)");
    options.max_weight = 8'000;
    EXPECT_EQ(check_options(options), std::nullopt);
}

}  // namespace
}  // namespace cairn::mining
