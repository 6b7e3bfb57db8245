// What Bitcoin Core 31's mempool answered to a random history (contrib/core/record_mempool.py): the same verdicts, with
// the same words, and after every dump the same entries in the same chunks.

#include <algorithm>
#include <cstdio>
#include <sstream>

#include "support/files.h"
#include "support/pool_fixture.h"

namespace cairn::mempool {
namespace {

class RecordedTest : public test::PoolFixture {
protected:
    void replay(const std::vector<std::string>& recorded)
    {
        for (std::size_t i = 0; i < recorded.size(); ++i) {
            std::istringstream line(recorded[i]);
            std::string kind;
            line >> kind;
            if (kind == "height") line >> chain.height;
            if (kind == "coin") add_coin(line);
            if (kind == "tx") submit(line);
            if (kind == "block") mine(line);
            if (kind == "prio") prioritise(line);
            if (kind == "disconnect") {
                disconnect();
                settle();
            }
            if (kind == "dump") {
                std::size_t count = 0;
                line >> count;
                compare({recorded.begin() + static_cast<std::ptrdiff_t>(i + 1), count});
                i += count;
            }
        }
    }

    int submitted = 0;
    int dumps = 0;
    int entries = 0;

private:
    static Txid read_txid(std::istringstream& line)
    {
        std::string hex;
        line >> hex;
        return Txid::from_hex(hex).value();
    }
    void add_coin(std::istringstream& line)
    {
        Outpoint outpoint{read_txid(line), 0};
        std::int64_t value = 0;
        line >> outpoint.index >> value;
        chain.view.add(outpoint, {Amount{value}, test::standard_script(), chain.height, false});
    }
    void submit(std::istringstream& line)
    {
        std::string hex;
        std::string verdict;
        line >> hex >> std::ws;
        std::getline(line, verdict);
        const TransactionRef transaction = decode_transaction(test::unhex(hex)).value();
        seen_[transaction->txid] = transaction;
        const auto result = accept(transaction);
        EXPECT_EQ(result ? "ok" : result.error().to_string(), verdict);
        ++submitted;
    }
    void mine(std::istringstream& line)
    {
        std::vector<TransactionRef> transactions;
        while (line >> std::ws && !line.eof()) transactions.push_back(seen_.at(read_txid(line)));
        connect(transactions);
    }
    void prioritise(std::istringstream& line)
    {
        const Txid txid = read_txid(line);
        std::int64_t delta = 0;
        line >> delta;
        pool.prioritise(txid, Amount{delta});
    }
    void compare(std::span<const std::string> recorded)
    {
        EXPECT_EQ(size(), recorded.size());
        for (const std::string& text : recorded) {
            const auto entry = pool.entry(Txid::from_hex(text.substr(0, 64)).value());
            ASSERT_TRUE(entry.has_value()) << text;
            std::ostringstream ours;
            ours << entry->transaction->txid.to_hex() << ' ' << entry->chunk.fee << ' ' << entry->chunk.size << ' '
                 << entry->ancestors.count << ' ' << entry->descendants.count << ' ' << entry->size << ' '
                 << entry->modified_fee.satoshis();
            EXPECT_EQ(ours.str(), text);
            ++entries;
        }
        ++dumps;
    }

    std::map<Txid, TransactionRef> seen_;
};

TEST_F(RecordedTest, AnswersAsBitcoinCoreDid)
{
    const std::filesystem::path file =
        std::filesystem::path(CAIRN_SOURCE_DIR) / "tests/unit/mempool/recorded/core_31_seed_7.txt.gz";
    const std::string text = test::read_gzip(file);
    replay(test::lines(text));
    std::printf("%d transactions, %d dumps of %d entries\n", submitted, dumps, entries);
    EXPECT_EQ(submitted, 1200);
    EXPECT_EQ(dumps, 16);
}

}  // namespace
}  // namespace cairn::mempool
