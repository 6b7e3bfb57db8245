// Makes the chain that benchmarks and tests sync: regtest blocks with spends of every common kind and a growing set of
// unspent outputs, always the same for the same arguments.
//
//   make_chain [--small] [--seed SEED] FILE BLOCKS
//
// FILE is written in the format of -loadblock (magic, size, block). BLOCKS are those with spends, after 110 that only
// pay the miner. They are full, and 2100 more without spends come after them, because -assumevalid skips no scripts in
// the last two weeks of work. With --small each has a few transactions, and nothing comes after them.

#include <charconv>
#include <cstdio>
#include <deque>
#include <fstream>
#include <optional>
#include <random>
#include <string_view>
#include <vector>

#include "consensus/encoding/writer.h"
#include "consensus/params.h"
#include "consensus/subsidy.h"
#include "spender.h"
#include "support/block_builder.h"

namespace cairn::bench {
namespace {

constexpr Height kEmptyBlocks = 110;
constexpr Height kTailBlocks = 2'100;
constexpr Weight kFullWeight = 3'900'000;
constexpr Weight kSmallWeight = 24'000;  // the most that a small block is filled to
constexpr Amount kFee{2'000};
constexpr Amount kDustLimit{5'000};
constexpr std::uint32_t kSpacing = 600;

struct Options {
    const char* file = nullptr;
    Height blocks = 0;
    bool small = false;
    std::uint64_t seed = 1;
};

class Generator {
public:
    explicit Generator(const Options& options)
        : options_(options),
          out_(options.file, std::ios::binary),
          random_(options.seed),
          params_(consensus::make_params(Network::kRegtest)),
          previous_(params_.genesis_hash()),
          time_(params_.genesis->header.time)
    {
    }

    bool run()
    {
        write(*params_.genesis);
        for (Height i = 0; i < kEmptyBlocks; ++i) add_block(0);
        for (Height i = 0; i < options_.blocks; ++i) add_block(options_.small ? below(kSmallWeight) : kFullWeight);
        for (Height i = 0; !options_.small && i < kTailBlocks; ++i) add_block(0);
        std::printf("%d blocks, %llu transactions, %llu inputs, %llu outputs, %llu bytes\ntip %s\n", height_,
                    static_cast<unsigned long long>(transactions_), static_cast<unsigned long long>(inputs_),
                    static_cast<unsigned long long>(outputs_), static_cast<unsigned long long>(bytes_),
                    previous_.to_hex().c_str());
        return out_.good();
    }

private:
    std::uint32_t below(std::uint64_t bound) { return static_cast<std::uint32_t>(random_() % bound); }

    void write(const Block& block)
    {
        Writer writer;
        writer.u32(0xdab5bffa).u32(static_cast<std::uint32_t>(block.raw.size())).bytes(block.raw);
        out_.write(reinterpret_cast<const char*>(writer.view().data()), static_cast<std::streamsize>(writer.size()));
        bytes_ += writer.size();
    }

    /// A coin to spend: mostly an old one (its key is cold in caches), sometimes a recent one, as on the real network.
    OwnCoin take_coin()
    {
        const bool recent = below(3) == 0;
        const std::size_t window = std::min<std::size_t>(coins_.size(), 20'000);
        const std::size_t index = recent ? coins_.size() - 1 - below(window) : below(coins_.size());
        OwnCoin coin = coins_[index];
        coins_[index] = coins_.back();
        coins_.pop_back();
        return coin;
    }

    TransactionRef make_transaction(std::vector<OwnCoin>& made)
    {
        std::vector<OwnCoin> spent;
        Amount total{0};
        const std::size_t count = coins_.size() < 5'000 ? 1 : 1 + below(3);
        for (std::size_t i = 0; i < count && !coins_.empty(); ++i) {
            spent.push_back(take_coin());
            total += spent.back().value;
        }
        total -= kFee;
        // More outputs than inputs, so that the set of unspent outputs grows; many while it is small.
        std::size_t outputs = coins_.size() < 5'000 ? 40 : count + below(3);
        outputs = std::max<std::size_t>(
            1, std::min<std::size_t>(outputs, static_cast<std::size_t>(total.satoshis() / kDustLimit.satoshis())));
        TransactionDraft draft;
        for (std::size_t i = 0; i < outputs; ++i) {
            const Amount value{total.satoshis() / static_cast<std::int64_t>(outputs)};
            const auto kind = static_cast<CoinKind>(below(kCoinKinds));
            const std::uint32_t key = below(Spender::kKeys);
            draft.outputs.push_back({value, spender_.script_pubkey(kind, key)});
            made.push_back({{{}, static_cast<std::uint32_t>(i)}, value, kind, key, 0});
        }
        const auto transaction = spender_.sign(std::move(draft), spent);
        for (std::size_t i = made.size() - outputs; i < made.size(); ++i) made[i].outpoint.txid = transaction->txid;
        inputs_ += spent.size();
        outputs_ += outputs;
        return transaction;
    }

    /// A block with spends until it has `weight`.
    void add_block(Weight weight)
    {
        ++height_;
        time_ += kSpacing;
        test::BlockPlan plan;
        plan.height = height_;
        plan.previous = previous_;
        plan.time = time_;
        const std::uint32_t key = below(Spender::kKeys);
        plan.coinbase_script = spender_.script_pubkey(CoinKind::kP2wpkh, key);
        std::vector<OwnCoin> made;
        Weight used = 4'000;
        while (used < weight && !coins_.empty()) {
            plan.transactions.push_back(make_transaction(made));
            used += plan.transactions.back()->weight();
            // While there are few coins, a block spends those it makes.
            if (coins_.size() < 1'000) add_coins(made);
        }
        const auto block = test::make_block(plan, params_);
        write(*block);
        transactions_ += block->transactions.size();
        previous_ = block->hash;
        add_coins(made);
        immature_.push_back({{block->transactions[0].txid, 0},
                             block->transactions[0].outputs[0].value,
                             CoinKind::kP2wpkh,
                             key,
                             height_});
        if (immature_.size() > 100) {
            coins_.push_back(immature_.front());
            immature_.pop_front();
        }
    }

    void add_coins(std::vector<OwnCoin>& made)
    {
        for (const auto& coin : made) {
            if (coin.value > kDustLimit + kFee) coins_.push_back(coin);
        }
        made.clear();
    }

    Options options_;
    std::ofstream out_;
    std::mt19937_64 random_;
    consensus::Params params_;
    Spender spender_;
    BlockHash previous_;
    std::uint32_t time_;
    Height height_ = 0;
    std::vector<OwnCoin> coins_;
    std::deque<OwnCoin> immature_;
    std::uint64_t transactions_ = 0, inputs_ = 0, outputs_ = 0, bytes_ = 0;
};

template <class Number>
bool read_number(std::string_view text, Number& number)
{
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() && number > 0;
}

std::optional<Options> read_options(const std::vector<const char*>& arguments)
{
    Options options;
    std::vector<const char*> places;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string_view argument = arguments[i];
        if (argument == "--small") {
            options.small = true;
        } else if (argument == "--seed" && i + 1 < arguments.size()) {
            if (!read_number(arguments[++i], options.seed)) return std::nullopt;
        } else if (argument.starts_with("-")) {
            return std::nullopt;
        } else {
            places.push_back(arguments[i]);
        }
    }
    if (places.size() != 2 || !read_number(places[1], options.blocks)) return std::nullopt;
    options.file = places[0];
    return options;
}

}  // namespace
}  // namespace cairn::bench

int main(int argc, char** argv)
{
    const auto options = cairn::bench::read_options({argv + 1, argv + argc});
    if (!options) {
        std::fprintf(stderr, "usage: make_chain [--small] [--seed SEED] FILE BLOCKS\n");
        return 2;
    }
    return cairn::bench::Generator(*options).run() ? 0 : 1;
}
