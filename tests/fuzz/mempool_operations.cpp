// USES: mempool test_support
// Transactions, blocks, reorganisations, prioritisation and time in any order: the mempool stays what a naive look at
// its contents says it must be.

#include <cstdint>
#include <cstdlib>
#include <set>

#include "support/pool_fixture.h"

using namespace cairn;

namespace {

void require(bool condition)
{
    if (!condition) std::abort();
}

mempool::MempoolOptions make_options()
{
    mempool::MempoolOptions options;
    options.max_bytes = 60'000;  // small, so that eviction is at work
    options.cluster_count = 8;
    return options;
}

class Machine final : public test::PoolFixture {
public:
    Machine() : PoolFixture(make_options())
    {
        for (int i = 0; i < 8; ++i) coins_.push_back(fund(Amount{10'000'000}));
    }
    void TestBody() override {}

    void run(const std::uint8_t* data, std::size_t size)
    {
        for (std::size_t i = 0; i + 3 < size && i < 400; i += 4) {
            step(data[i], data[i + 1], data[i + 2], data[i + 3]);
            check();
        }
    }

private:
    void step(std::uint8_t kind, std::uint8_t a, std::uint8_t b, std::uint8_t c)
    {
        now += kind;
        switch (kind % 8) {
            case 0:
                return mine(a % 6, b % 3 == 0);
            case 1:
                return take_back(1 + a % 3);
            case 2:
                return pool.prioritise(known(a), Amount{(b - 128) * 50});
            case 3: {
                now += 3600 * a;
                return pool.limit_size(now);
            }
            default:
                return submit(a, b, c);
        }
    }
    Txid known(std::uint8_t a) const { return coins_[a % coins_.size()].txid; }

    void submit(std::uint8_t a, std::uint8_t b, std::uint8_t c)
    {
        std::vector<Outpoint> inputs{coins_[a % coins_.size()]};
        if (c % 4 == 0 && coins_[b % coins_.size()] != inputs[0]) inputs.push_back(coins_[b % coins_.size()]);
        auto from = draft(inputs, 10 + b * 40, 1 + c % 3);
        from.version = 1 + c % 3;
        const auto transaction = pad(from, c);
        if (!accept(transaction)) return;
        for (std::uint32_t i = 0; i + 1 < transaction->outputs.size(); ++i) coins_.push_back({transaction->txid, i});
    }
    void mine(std::size_t most, bool conflict)
    {
        std::vector<TransactionRef> chosen;
        for (const auto& info : pool.snapshot().transactions) {
            if (chosen.size() == most) break;
            chosen.push_back(info.transaction);
        }
        if (conflict && !chosen.empty()) chosen.back() = spend(chosen.back()->inputs[0].prevout, 777);
        connect(chosen);
        ++blocks_;
    }
    void take_back(std::size_t count)
    {
        for (; count > 0 && blocks_ > 0; --count, --blocks_) disconnect();
        settle();
    }

    void check()
    {
        std::set<Outpoint> spent;
        std::set<Txid> before;
        policy::VirtualSize size = 0;
        Amount fees;
        for (const auto& entry : pool.entries()) {
            std::set<Txid> parents;
            for (const TxInput& input : entry.transaction->inputs) {
                require(spent.insert(input.prevout).second);
                if (before.contains(input.prevout.txid)) {
                    parents.insert(input.prevout.txid);
                } else {
                    require(chain.view.coins().contains(input.prevout));
                }
                require(pool.spender(input.prevout) == entry.transaction);
            }
            require(parents == std::set<Txid>(entry.parents.begin(), entry.parents.end()));
            require(entry.ancestors.count <= 8 && entry.descendants.count <= 8);
            before.insert(entry.transaction->txid);
            size += entry.size;
            fees += entry.fee;
        }
        const auto totals = pool.totals();
        require(totals.transactions == before.size() && totals.virtual_bytes == size && totals.fees == fees);
        const auto diagram = pool.fee_rate_diagram();
        for (std::size_t i = 2; i < diagram.size(); ++i) {
            require(policy::compare_rate(diagram[i] - diagram[i - 1], diagram[i - 1] - diagram[i - 2]) <= 0);
        }
    }

    std::vector<Outpoint> coins_;
    std::size_t blocks_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    Machine machine;
    machine.run(data, size);
    return 0;
}
