// How long consensus takes over one real block: testnet3's 928816, 1.6 MB with 8,692 inputs, most of them P2WPKH.
// Asks for the test vectors (CAIRN_VECTORS); each benchmark reports megabytes or inputs a second.

#include <algorithm>
#include <memory>
#include <vector>

#include <benchmark/benchmark.h>

#include "consensus/check_block.h"
#include "consensus/connect_context.h"
#include "consensus/merkle.h"
#include "support/files.h"
#include "support/header_tree.h"
#include "support/json.h"

namespace {

using namespace cairn;
using namespace cairn::consensus;

/// Answers from an array, in the order in which the block asks: measures connect_block and not a view.
class ArrayView final : public CoinsView {
public:
    ArrayView(const Block& block, const test::Json& spent)
    {
        std::uint32_t slot = 0;
        for (const test::Json& coin : spent.items()) {
            scripts_.push_back(test::unhex(coin["script"].string()));
            all_.push_back({Amount{coin["value"].integer()}, {}, 1000, false, slot++});
        }
        for (std::size_t i = 0; i < all_.size(); ++i) all_[i].script_pubkey = scripts_[i];
        std::size_t input = 0;
        std::vector<Txid> own;
        for (const Transaction& transaction : block.transactions) {
            for (const TxInput& in : transaction.inputs) {
                if (transaction.is_coinbase()) break;
                const bool is_own = std::find(own.begin(), own.end(), in.prevout.txid) != own.end();
                if (!is_own) asked_.push_back(all_[input]);
                ++input;
            }
            own.push_back(transaction.txid);
        }
    }
    std::span<const CoinRef> fetch(std::span<const Outpoint> outpoints) override
    {
        return std::span<const CoinRef>{asked_}.first(outpoints.size());
    }

private:
    std::vector<Bytes> scripts_;
    std::vector<CoinRef> all_;
    std::vector<CoinRef> asked_;
};

struct Fixture {
    Params params = make_params(Network::kTestnet3);
    std::shared_ptr<const Bytes> raw;
    BlockRef block;
    std::unique_ptr<ArrayView> view;
    test::HeaderTree tree;
    const test::TestNode* parent = nullptr;
};

const Fixture& fixture()
{
    static const Fixture loaded = [] {
        Fixture fixture;
        const auto vector =
            test::Json::read(CAIRN_VECTORS_DIR "/blocks/with-prevouts/normalized/testnet3_928816.json.gz");
        fixture.raw = std::make_shared<const Bytes>(test::unhex(vector["block"].string()));
        fixture.block = *decode_block(fixture.raw);
        fixture.view = std::make_unique<ArrayView>(*fixture.block, vector["spent"]);
        BlockHeader header;
        header.time = fixture.block->header.time - 1;
        fixture.parent = &fixture.tree.add_root(header, static_cast<Height>(vector["height"].integer()) - 1);
        return fixture;
    }();
    return loaded;
}

class NoTimes final : public AncestorTimes {
public:
    std::int64_t median_time_past(Height) const override { return 0; }
};

void count_bytes(benchmark::State& state)
{
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * fixture().raw->size()));
}

void decode(benchmark::State& state)
{
    for (auto _ : state) benchmark::DoNotOptimize(decode_block(fixture().raw));
    count_bytes(state);
}
BENCHMARK(decode)->Unit(benchmark::kMicrosecond);

void merkle(benchmark::State& state)
{
    for (auto _ : state) benchmark::DoNotOptimize(block_merkle_root(*fixture().block));
}
BENCHMARK(merkle)->Unit(benchmark::kMicrosecond);

void check(benchmark::State& state)
{
    for (auto _ : state) benchmark::DoNotOptimize(check_block(*fixture().block, fixture().params));
    count_bytes(state);
}
BENCHMARK(check)->Unit(benchmark::kMicrosecond);

void check_in_context(benchmark::State& state)
{
    for (auto _ : state) {
        benchmark::DoNotOptimize(check_block_in_context(*fixture().block, fixture().parent, fixture().params));
    }
    count_bytes(state);
}
BENCHMARK(check_in_context)->Unit(benchmark::kMicrosecond);

void connect(benchmark::State& state)
{
    const NoTimes times;
    ConnectContext context =
        make_connect_context(fixture().block->hash, *fixture().parent, fixture().params, times, state.range(0) != 0);
    context.forbid_existing_txids = false;
    std::size_t inputs = 0;
    for (auto _ : state) {
        const auto effects = connect_block(fixture().block, context, *fixture().view);
        if (!effects) return state.SkipWithError(effects.error().to_string().c_str());
        inputs += effects->spent->size();
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(inputs));
}
BENCHMARK(connect)->ArgName("with_script_batch")->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);

}  // namespace
