// getblockstats. Amounts are in satoshis; rates in satoshis per virtual byte, rounded down.

#include <algorithm>
#include <array>

#include "consensus/encoding/writer.h"
#include "consensus/limits.h"
#include "consensus/script/script.h"
#include "consensus/subsidy.h"
#include "rpc/methods/tables.h"

namespace cairn::rpc {

namespace {

/// What a coin takes in a table of coins beside the output: outpoint, height and coinbase flag.
constexpr std::int64_t kCoinOverhead = 40;
constexpr std::int64_t kUnset = std::numeric_limits<std::int64_t>::max();

struct Range {
    std::int64_t low = kUnset;
    std::int64_t high = 0;
    std::int64_t total = 0;
    std::vector<std::int64_t> values;

    void add(std::int64_t value)
    {
        low = std::min(low, value);
        high = std::max(high, value);
        total += value;
        values.push_back(value);
    }
    std::int64_t minimum() const { return low == kUnset ? 0 : low; }
    std::int64_t average() const { return values.empty() ? 0 : total / static_cast<std::int64_t>(values.size()); }
    std::int64_t median() const
    {
        std::vector<std::int64_t> sorted = values;
        std::ranges::sort(sorted);
        const std::size_t half = sorted.size() / 2;
        if (sorted.empty()) return 0;
        return sorted.size() % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }
};

struct Statistics {
    Range fee;
    Range fee_rate;
    Range size;
    std::vector<std::pair<std::int64_t, std::int64_t>> rates;  // and weights
    std::int64_t weight = 0;
    std::int64_t inputs = 0;
    std::int64_t outputs = 0;
    std::int64_t coins = 0;
    std::int64_t total_out = 0;
    std::int64_t segwit_transactions = 0;
    std::int64_t segwit_size = 0;
    std::int64_t segwit_weight = 0;
    std::int64_t coin_bytes = 0;
    std::int64_t coin_bytes_kept = 0;
};

std::int64_t coin_size(std::size_t script_size)
{
    return static_cast<std::int64_t>(8 + compact_size_length(script_size) + script_size) + kCoinOverhead;
}

/// BIP30: the coinbases of these two blocks of main repeat earlier ones, and add no coins.
bool repeats_coinbase(const api::BlockInfo& block)
{
    constexpr std::string_view kFirst = "00000000000a4d0a398161ffc163c503763b1f4360639393e0e4c8e300e0caec";
    constexpr std::string_view kSecond = "00000000000743f190a18c5577a3c2d2a1f610ae9601ac046a38084ccb7cd721";
    return (block.height == 91'842 && block.hash.to_hex() == kFirst) ||
           (block.height == 91'880 && block.hash.to_hex() == kSecond);
}

std::int64_t add_outputs(Statistics& all, const Transaction& transaction, bool adds_coins)
{
    std::int64_t value = 0;
    for (const TxOutput& output : transaction.outputs) {
        value += output.value.satoshis();
        const std::int64_t size = coin_size(output.script_pubkey.size());
        all.coin_bytes += size;
        ++all.outputs;
        if (!adds_coins || is_unspendable(output.script_pubkey)) continue;
        ++all.coins;
        all.coin_bytes_kept += size;
    }
    return value;
}

void add_transaction(Statistics& all, const Transaction& transaction, const SpentOutputs& spent, std::size_t first,
                     std::int64_t value_out)
{
    const auto size = static_cast<std::int64_t>(transaction.raw.size());
    const std::int64_t weight = transaction.weight();
    all.inputs += static_cast<std::int64_t>(transaction.inputs.size());
    all.total_out += value_out;
    all.size.add(size);
    all.weight += weight;
    if (transaction.has_witness()) {
        ++all.segwit_transactions;
        all.segwit_size += size;
        all.segwit_weight += weight;
    }
    std::int64_t fee = -value_out;
    for (std::size_t i = 0; i < transaction.inputs.size(); ++i) {
        fee += spent[first + i].value.satoshis();
        const std::int64_t coin = coin_size(spent.script_pubkey(first + i).size());
        all.coin_bytes -= coin;
        all.coin_bytes_kept -= coin;
    }
    const std::int64_t rate = weight == 0 ? 0 : fee * consensus::kWitnessScale / weight;
    all.fee.add(fee);
    all.fee_rate.add(rate);
    all.rates.emplace_back(rate, weight);
}

Statistics gather(const api::BlockInfo& info, const Block& block, const SpentOutputs& spent)
{
    Statistics all;
    std::size_t first = 0;
    for (const Transaction& transaction : block.transactions) {
        const bool adds_coins = info.height > 0 && !(transaction.is_coinbase() && repeats_coinbase(info));
        const std::int64_t value_out = add_outputs(all, transaction, adds_coins);
        if (transaction.is_coinbase()) continue;
        add_transaction(all, transaction, spent, first, value_out);
        first += transaction.inputs.size();
    }
    return all;
}

/// Fee rates below which 10, 25, 50, 75 and 90 percent of the weight are.
Json percentiles(Statistics& all)
{
    constexpr std::array<std::int64_t, 5> kPercent{10, 25, 50, 75, 90};
    std::ranges::sort(all.rates);
    Json out = Json::array();
    std::int64_t weight = 0;
    for (const auto& [rate, own] : all.rates) {
        weight += own;
        while (out.size() < kPercent.size() && weight * 100 >= all.weight * kPercent[out.size()]) out.push(rate);
    }
    while (out.size() < kPercent.size()) out.push(all.rates.empty() ? 0 : all.rates.back().first);
    return out;
}

Json everything(const Call& call, const api::BlockInfo& info, const Block& block, Statistics& all)
{
    Json out = Json::object();
    out.set("avgfee", all.fee.average());
    out.set("avgfeerate", all.weight == 0 ? 0 : all.fee.total * consensus::kWitnessScale / all.weight);
    out.set("avgtxsize", all.size.average());
    out.set("blockhash", info.hash.to_hex());
    out.set("feerate_percentiles", percentiles(all));
    out.set("height", info.height);
    out.set("ins", all.inputs);
    out.set("maxfee", all.fee.high);
    out.set("maxfeerate", all.fee_rate.high);
    out.set("maxtxsize", all.size.high);
    out.set("medianfee", all.fee.median());
    out.set("mediantime", info.median_time_past);
    out.set("mediantxsize", all.size.median());
    out.set("minfee", all.fee.minimum());
    out.set("minfeerate", all.fee_rate.minimum());
    out.set("mintxsize", all.size.minimum());
    out.set("outs", all.outputs);
    out.set("subsidy", consensus::block_subsidy(info.height, *call.context.params).satoshis());
    out.set("swtotal_size", all.segwit_size);
    out.set("swtotal_weight", all.segwit_weight);
    out.set("swtxs", all.segwit_transactions);
    out.set("time", info.header.time);
    out.set("total_out", all.total_out);
    out.set("total_size", all.size.total);
    out.set("total_weight", all.weight);
    out.set("totalfee", all.fee.total);
    out.set("txs", block.transactions.size());
    out.set("utxo_increase", all.outputs - all.inputs);
    out.set("utxo_size_inc", all.coin_bytes);
    out.set("utxo_increase_actual", all.coins - all.inputs);
    out.set("utxo_size_inc_actual", all.coin_bytes_kept);
    return out;
}

Json getblockstats(const Call& call)
{
    const api::BlockInfo info = find_block_by_hash_or_height(call, call["hash_or_height"]);
    std::vector<std::string> wanted;
    for (std::size_t i = 0; i < call["stats"].size(); ++i) wanted.push_back(call["stats"][i].as_string());
    const BlockRef block = read_block(call, info.hash);
    auto spent = std::make_shared<const SpentOutputs>();
    if (info.height > 0) spent = unwrap(call.chain().spent_outputs(info.hash));
    Statistics all = gather(info, *block, *spent);
    Json out = everything(call, info, *block, all);
    if (wanted.empty()) return out;
    std::ranges::sort(wanted);
    Json chosen = Json::object();
    for (const std::string& name : wanted) {
        if (!out.has(name)) refuse(Code::kInvalidParameter, "Invalid selected statistic '" + name + "'");
        chosen.replace(name, out[name]);
    }
    return chosen;
}

}  // namespace

std::span<const Entry> block_statistics_methods()
{
    static constexpr std::array kTable{Entry{"getblockstats", getblockstats}};
    return kTable;
}

}  // namespace cairn::rpc
