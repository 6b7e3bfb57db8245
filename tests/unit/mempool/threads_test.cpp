// Readers of any thread beside the one writer. What is wrong here shows under ThreadSanitizer.

#include <atomic>
#include <thread>

#include "support/pool_fixture.h"

namespace cairn::mempool {
namespace {

class ThreadsTest : public test::PoolFixture {};

TEST_F(ThreadsTest, ReadersSeeWholeStates)
{
    std::atomic<bool> stop = false;
    std::atomic<int> torn = 0;
    const auto read = [&] {
        while (!stop) {
            const auto snapshot = pool.snapshot();
            for (const RelayInfo& info : snapshot.transactions) {
                if (const auto entry = pool.entry(info.transaction->txid)) {
                    if (entry->ancestors.count < 1 || entry->transaction->txid != info.transaction->txid) ++torn;
                }
                pool.add_unbroadcast(info.transaction->txid);
            }
            for (const Txid& txid : pool.unbroadcast()) pool.remove_unbroadcast(txid);
            if (pool.totals().virtual_bytes < 0 || pool.fee_rate_diagram().empty()) ++torn;
            (void)pool.min_fee_rate(kNow);
        }
    };
    std::thread first(read);
    std::thread second(read);
    for (int round = 0; round < 20; ++round) {
        std::vector<TransactionRef> chain_of_five;
        TransactionRef last = spend(fund(Amount{10'000'000}), 1000);
        for (int i = 0; i < 5; ++i) {
            expect_accepted(last);
            chain_of_five.push_back(last);
            last = spend(last, 1000);
        }
        pool.prioritise(chain_of_five[2]->txid, Amount{500});
        connect({chain_of_five[0], chain_of_five[1]});
        if (round % 4 == 3) {
            disconnect();
            settle();
        }
    }
    stop = true;
    first.join();
    second.join();
    EXPECT_EQ(torn, 0);
}

}  // namespace
}  // namespace cairn::mempool
