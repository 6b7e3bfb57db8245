// How long a wallet with a long history takes for what its owner asks all day: 50,000 transactions (or as many as
// CAIRN_WALLET_TRANSACTIONS says), most of which spent the coins of those before; 5,000 coins are left.

#include <charconv>
#include <cstdlib>
#include <string>

#include <benchmark/benchmark.h>

#include "fake_node.h"
#include "support/block_builder.h"

namespace {

using namespace cairn;
using namespace cairn::wallet;

constexpr std::size_t kPerBlock = 500;
constexpr std::size_t kLastingCoins = 10;  // one in so many is never spent
constexpr Amount kCoin{100'000};

std::size_t wanted_transactions()
{
    std::size_t count = 50'000;
    if (const char* given = std::getenv("CAIRN_WALLET_TRANSACTIONS")) {
        std::from_chars(given, given + std::string(given).size(), count);
    }
    return count;
}

class History {
public:
    explicit History(bool avoid_reuse) : manager_(node.make_manager())
    {
        api::WalletOptions options;
        options.name = "w";
        options.avoid_reuse = avoid_reuse;
        if (!manager_->create(options)) std::abort();
        wallet = manager_->find("w");
        for (int i = 0; i < 500; ++i) scripts_.push_back(script_of(wallet->new_address("", std::nullopt).value()));
        const std::size_t total = wanted_transactions();
        for (std::size_t made = 0; made < total; made += kPerBlock) {
            std::vector<TransactionRef> block;
            while (block.size() < kPerBlock) block.push_back(next());
            node.chain.mine(test::anyone_can_spend(), std::move(block));
            (void)wallet->info();  // one block after the other
        }
        node.clock.set(base::Time{std::chrono::seconds{node.chain.time()}});
    }

    /// Every tenth is a payment from outside, whose coin stays; the others move one coin on.
    TransactionRef next()
    {
        TransactionDraft draft;
        const bool is_new = count_ % kLastingCoins == 0 || moving_.txid == Txid{};
        Outpoint input = moving_;
        if (is_new) node.random.fill(input.txid.value.bytes);
        draft.inputs.push_back({input, {}, 0xffffffff, {}});
        draft.outputs.push_back({kCoin, scripts_[count_ % scripts_.size()]});
        draft.outputs.push_back({kCoin, foreign_script()});
        if (is_new) draft.outputs.push_back({kCoin, scripts_[(count_ + 1) % scripts_.size()]});
        ++count_;
        auto transaction = draft.finish();
        moving_ = {transaction->txid, 0};
        return transaction;
    }

    FakeNode node;
    std::unique_ptr<WalletManager> manager_;
    api::WalletRef wallet;

private:
    std::vector<Bytes> scripts_;
    Outpoint moving_;
    std::size_t count_ = 0;
};

History& history()
{
    static History it{false};
    return it;
}

void WalletBalance(benchmark::State& state)
{
    for (auto _ : state) benchmark::DoNotOptimize(history().wallet->balance(0, false));
}
BENCHMARK(WalletBalance)->Unit(benchmark::kMillisecond);

void WalletBalances(benchmark::State& state)
{
    for (auto _ : state) benchmark::DoNotOptimize(history().wallet->balances(false));
}
BENCHMARK(WalletBalances)->Unit(benchmark::kMillisecond);

/// All 5,000 of them, described.
void WalletUnspent(benchmark::State& state)
{
    for (auto _ : state) benchmark::DoNotOptimize(history().wallet->unspent({}));
}
BENCHMARK(WalletUnspent)->Unit(benchmark::kMillisecond);

void WalletNewestTransactions(benchmark::State& state)
{
    api::TransactionFilter filter;
    filter.wanted = 10;
    for (auto _ : state) benchmark::DoNotOptimize(history().wallet->transactions(filter));
}
BENCHMARK(WalletNewestTransactions)->Unit(benchmark::kMillisecond);

void WalletSend(benchmark::State& state)
{
    api::SendRequest request;
    request.payments.push_back({destination(foreign_address()), Amount{250'000}, false});
    for (auto _ : state) {
        if (!history().wallet->send(request)) state.SkipWithError("not sent");
    }
}
BENCHMARK(WalletSend)->Unit(benchmark::kMillisecond)->Iterations(20);

/// A block with one transaction of the wallet's among 500.
void WalletBlock(benchmark::State& state)
{
    for (auto _ : state) {
        history().node.chain.mine(test::anyone_can_spend(), {history().next()});
        benchmark::DoNotOptimize(history().wallet->info());
    }
}
BENCHMARK(WalletBlock)->Unit(benchmark::kMillisecond)->Iterations(20);

void WalletLoad(benchmark::State& state)
{
    auto& manager = *history().manager_;
    for (auto _ : state) {
        if (!manager.unload("w", std::nullopt) || !manager.load("w", std::nullopt)) state.SkipWithError("not loaded");
    }
    history().wallet = manager.find("w");
}
BENCHMARK(WalletLoad)->Unit(benchmark::kMillisecond)->Iterations(2);

void WalletBalanceAvoidingReuse(benchmark::State& state)
{
    static History it{true};
    for (auto _ : state) benchmark::DoNotOptimize(it.wallet->balance(0, true));
}
BENCHMARK(WalletBalanceAvoidingReuse)->Unit(benchmark::kMillisecond)->Iterations(1);

}  // namespace
