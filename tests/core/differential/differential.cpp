// Mutated inputs, given to libcairnconsensus and to Bitcoin Core's libbitcoinkernel: the two must agree on each.
//
//   differential SEEDS SECONDS [SEED]
//
// SEEDS is the text that contrib/core/differential_seeds.py writes: lines "spend INPUT TX VALUE:SCRIPT…", "tx HEX" and
// "block HEX". Runs for SECONDS of CPU time. Prints what was compared; at the first disagreement the input, and
// status 1.

#include <charconv>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <cairnconsensus.h>

#include "compare.h"
#include "crypto/hex.h"
#include "mutator.h"
#include "signer.h"

namespace cairn::differential {
namespace {

struct Seeds {
    std::vector<Spend> spends;
    std::vector<Bytes> transactions;
    std::vector<BlockRef> blocks;
};

Spend read_spend(std::istringstream& words)
{
    Spend spend;
    std::string word;
    words >> spend.input >> word;
    spend.transaction = TransactionDraft(*decode_transaction(from_hex(word).value()).value());
    while (words >> word) {
        const auto colon = word.find(':');
        spend.spent.push_back({Amount{std::stoll(word.substr(0, colon))}, from_hex(word.substr(colon + 1)).value()});
    }
    if (spend.spent.size() != spend.transaction.inputs.size() || spend.input >= spend.spent.size()) {
        throw std::runtime_error("a spend needs an output for each input");
    }
    return spend;
}

Seeds read_seeds(const char* path)
{
    Seeds seeds;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        std::string kind, hex;
        words >> kind;
        if (kind == "spend") {
            seeds.spends.push_back(read_spend(words));
            seeds.transactions.push_back(seeds.spends.back().transaction.encode());
        } else if (words >> hex; kind == "tx") {
            seeds.transactions.push_back(from_hex(hex).value());
        } else if (kind == "block") {
            seeds.blocks.push_back(decode_block(from_hex(hex).value()).value());
        }
    }
    if (seeds.spends.empty() || seeds.blocks.empty()) throw std::runtime_error(std::string("no seeds in ") + path);
    return seeds;
}

class Run {
public:
    Run(Seeds seeds, std::uint64_t seed) : seeds_(std::move(seeds)), mutator_(seed) {}

    /// The seeds as they are, each spend under all sets of flags.
    void unchanged()
    {
        for (const auto& spend : seeds_.spends) {
            for (std::uint32_t set = 0; set < 1U << kFlags.size(); ++set) compare(spend, flags(set));
        }
        for (const auto& transaction : seeds_.transactions) comparison_.transaction(transaction);
        for (const auto& block : seeds_.blocks) comparison_.block(Bytes(block->raw.begin(), block->raw.end()));
    }

    void step()
    {
        const auto what = random().below(64);
        if (what == 0) {
            comparison_.block(mutator_.mutate(*pick(seeds_.blocks)));
        } else if (what < 8) {
            Bytes bytes = pick(seeds_.transactions);
            mutator_.mutate(bytes);
            comparison_.transaction(bytes);
        } else {
            spend_step();
        }
    }

    const Counts& counts() const { return comparison_.counts(); }

private:
    static constexpr std::array<std::uint32_t, 7> kFlags{
        cairnconsensus_SCRIPT_FLAGS_VERIFY_P2SH,
        cairnconsensus_SCRIPT_FLAGS_VERIFY_DERSIG,
        cairnconsensus_SCRIPT_FLAGS_VERIFY_NULLDUMMY,
        cairnconsensus_SCRIPT_FLAGS_VERIFY_CHECKLOCKTIMEVERIFY,
        cairnconsensus_SCRIPT_FLAGS_VERIFY_CHECKSEQUENCEVERIFY,
        cairnconsensus_SCRIPT_FLAGS_VERIFY_WITNESS,
        cairnconsensus_SCRIPT_FLAGS_VERIFY_TAPROOT,
    };

    static std::uint32_t flags(std::uint64_t set)
    {
        std::uint32_t flags = 0;
        for (std::size_t i = 0; i < kFlags.size(); ++i) flags |= (set >> i & 1) != 0 ? kFlags[i] : 0;
        return flags;
    }

    test::TestRandom& random() { return mutator_.random(); }

    template <class T>
    const T& pick(const std::vector<T>& all)
    {
        return all[random().below(all.size())];
    }

    void compare(const Spend& spend, std::uint32_t flags)
    {
        const Amount told = spend.spent[spend.input].value;
        const bool lie = random().chance(1, 64);
        comparison_.script(spend, lie ? Amount{told.satoshis() ^ 1} : told, !random().chance(1, 32), flags);
    }

    void spend_step()
    {
        Spend spend = pick(seeds_.spends);
        if (random().chance(1, 2)) signer_.substitute_keys(random(), spend);
        mutator_.mutate(spend);
        if (random().chance(7, 8)) signer_.sign(spend);
        compare(spend, cairnconsensus_SCRIPT_FLAGS_VERIFY_ALL);
        for (int i = 0; i < 3; ++i) compare(spend, flags(random().u64()));
        if (random().chance(1, 4)) comparison_.transaction(spend.transaction.encode());
    }

    Seeds seeds_;
    Mutator mutator_;
    Signer signer_;
    Comparison comparison_;
};

void report(const Counts& counts, std::uint64_t seed)
{
    const auto number = [](std::uint64_t value) { return static_cast<unsigned long long>(value); };
    std::printf(
        "seed %llu: %llu scripts (%llu valid), %llu transactions (%llu decoded, %llu valid), %llu blocks (%llu "
        "decoded, "
        "%llu valid): Cairn and Bitcoin Core agree on all\n",
        number(seed), number(counts.scripts), number(counts.scripts_valid), number(counts.transactions),
        number(counts.transactions_decoded), number(counts.transactions_valid), number(counts.blocks),
        number(counts.blocks_decoded), number(counts.blocks_valid));
}

int run(int argc, char** argv)
{
    const double seconds = std::stod(argv[2]);
    const std::uint64_t seed = argc > 3 ? std::stoull(argv[3]) : 1;
    Run run(read_seeds(argv[1]), seed);
    try {
        run.unchanged();
        const std::clock_t end = std::clock() + static_cast<std::clock_t>(seconds * CLOCKS_PER_SEC);
        while (std::clock() < end) run.step();
    } catch (const Disagreement& disagreement) {
        std::fprintf(stderr, "Cairn and Bitcoin Core disagree (seed %llu): %s\n", static_cast<unsigned long long>(seed),
                     disagreement.what());
        return 1;
    }
    report(run.counts(), seed);
    return 0;
}

}  // namespace
}  // namespace cairn::differential

int main(int argc, char** argv)
{
    if (argc < 3 || argc > 4) {
        std::fprintf(stderr, "usage: differential SEEDS SECONDS [SEED]\n");
        return 2;
    }
    return cairn::differential::run(argc, argv);
}
