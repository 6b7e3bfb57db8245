#include "mining/block_template.h"

#include <algorithm>
#include <limits>

#include "consensus/encoding/writer.h"
#include "consensus/limits.h"
#include "consensus/locks.h"
#include "consensus/merkle.h"
#include "consensus/proof_of_work.h"
#include "consensus/script/script.h"
#include "consensus/witness_commitment.h"
#include "mempool/mempool.h"
#include "policy/options.h"

namespace cairn::mining {

namespace {

/// Takes chunks while they fit.
class Selection {
public:
    Selection(BlockTemplate& result, const TemplateOptions& options, std::int64_t lock_time_cutoff)
        : result_(result), options_(options), cutoff_(lock_time_cutoff), sigop_cost_(options.reserved_sigop_cost)
    {
        result_.weight = options.reserved_weight;
    }

    mempool::ChunkVerdict consider(const mempool::ChunkView& chunk)
    {
        const policy::FeeRate rate{Amount{chunk.rate.fee}, policy::virtual_size(chunk.rate.size)};
        if (rate < options_.min_fee_rate) return mempool::ChunkVerdict::kStop;
        if (!fits(chunk) || !is_final(chunk)) return miss();
        misses_ = 0;
        for (const auto& transaction : chunk.transactions) take(transaction);
        return mempool::ChunkVerdict::kInclude;
    }

private:
    bool fits(const mempool::ChunkView& chunk) const
    {
        std::int64_t sigops = sigop_cost_;
        for (const auto& transaction : chunk.transactions) sigops += transaction.sigop_cost;
        // The adjusted weight is no less than the real one.
        return result_.weight + chunk.rate.size < options_.max_weight && sigops < kMaxBlockSigopCost;
    }

    bool is_final(const mempool::ChunkView& chunk) const
    {
        return std::ranges::all_of(chunk.transactions, [this](const auto& transaction) {
            return consensus::is_final(*transaction.transaction, result_.height, cutoff_);
        });
    }

    mempool::ChunkVerdict miss()
    {
        // In a nearly full block, looking through the whole mempool for the last gap is not worth it.
        constexpr int kMaxMisses = 1000;
        constexpr Weight kFullEnough = 4'000;
        ++misses_;
        const bool full = result_.weight + kFullEnough > options_.max_weight;
        return misses_ > kMaxMisses && full ? mempool::ChunkVerdict::kStop : mempool::ChunkVerdict::kSkip;
    }

    void take(const mempool::ChunkTransaction& transaction)
    {
        result_.transactions.push_back(transaction.transaction);
        result_.fees.push_back(transaction.fee);
        result_.sigop_costs.push_back(transaction.sigop_cost);
        result_.weight += transaction.transaction->weight();
        sigop_cost_ += transaction.sigop_cost;
    }

    BlockTemplate& result_;
    const TemplateOptions& options_;
    std::int64_t cutoff_;
    std::int64_t sigop_cost_;
    int misses_ = 0;
};

/// BIP34's height; below 17 it is a single byte, and consensus asks for two.
Bytes coinbase_script_sig(Height height)
{
    ScriptWriter script;
    script.push_number(height);
    if (height <= 16) script.op(Opcode::k0);
    return script.take();
}

TransactionDraft make_coinbase(Height height, Amount value, ByteSpan script)
{
    TransactionDraft coinbase;
    TxInputDraft input;
    input.script_sig = coinbase_script_sig(height);
    // Not final, so that the lock time counts: no two coinbases are alike, and none is valid at another height.
    input.sequence = 0xfffffffe;
    coinbase.inputs.push_back(std::move(input));
    coinbase.outputs.push_back({value, Bytes(script.begin(), script.end())});
    coinbase.lock_time = static_cast<std::uint32_t>(height - 1);
    return coinbase;
}

/// Commits to the witnesses of the template's transactions, and to all by the Merkle root. As Bitcoin Core's, a
/// template commits before segwit is active too; only the coinbase's witness, which would be unexpected then, waits for
/// it.
void seal(BlockTemplate& result)
{
    std::vector<Hash256> wtxids{Hash256{}};
    std::vector<Hash256> txids{Hash256{}};
    for (const auto& transaction : result.transactions) {
        wtxids.push_back(transaction->wtxid.value);
        txids.push_back(transaction->txid.value);
    }
    const Bytes reserved(32);
    const Hash256 root = consensus::merkle_root(std::move(wtxids)).root;
    result.witness_commitment_script =
        consensus::witness_commitment_script(consensus::witness_commitment_hash(root, reserved));
    if (result.segwit) result.coinbase.inputs[0].witness = {reserved};
    result.coinbase.outputs.resize(1);
    result.coinbase.outputs.push_back({Amount{0}, result.witness_commitment_script});
    txids[0] = result.coinbase.finish()->txid.value;
    result.header.merkle_root = consensus::merkle_root(std::move(txids)).root;
}

}  // namespace

std::optional<std::string> check_options(const TemplateOptions& options)
{
    const auto number = [](Weight weight) { return " (" + std::to_string(weight) + ")"; };
    const std::string reserved = "-blockreservedweight" + number(options.reserved_weight);
    const std::string consensus_limit = " exceeds consensus maximum block weight" + number(kMaxBlockWeight);
    if (options.reserved_weight < kMinimumReservedWeight) {
        return reserved + " is lower than minimum safety value of" + number(kMinimumReservedWeight);
    }
    if (options.reserved_weight > kMaxBlockWeight) return reserved + consensus_limit;
    const std::string most = "-blockmaxweight" + number(options.max_weight);
    if (options.max_weight > kMaxBlockWeight) return most + consensus_limit;
    if (options.reserved_weight > options.max_weight) return reserved + " exceeds " + most;
    return std::nullopt;
}

BlockRef BlockTemplate::block() const
{
    Writer writer;
    writer.bytes(header.encode()).compact_size(1 + transactions.size()).bytes(coinbase.encode());
    for (const auto& transaction : transactions) writer.bytes(transaction->raw);
    return *decode_block(writer.take());
}

std::expected<BlockTemplate, Rejection> make_template(const mempool::Mempool& mempool, TemplatePort& port,
                                                      const TemplateOptions& options, ByteSpan coinbase_script,
                                                      bool use_mempool)
{
    const TemplatePort::Next next = port.next();
    BlockTemplate result;
    result.height = next.height;
    result.minimum_time = next.minimum_time;
    Selection selection(result, options, next.median_time_past);
    if (use_mempool) {
        mempool.visit_chunks([&](const mempool::ChunkView& chunk) { return selection.consider(chunk); });
    }
    result.coinbase_value = next.subsidy;
    for (const Amount fee : result.fees) result.coinbase_value += fee;
    result.coinbase = make_coinbase(next.height, result.coinbase_value, coinbase_script);
    result.header.version = options.version_override.value_or(next.version);
    result.header.previous = next.previous;
    result.header.time = static_cast<std::uint32_t>(std::max(next.minimum_time, next.now));
    result.header.bits = port.bits_for(result.header.time);
    result.segwit = next.segwit;
    seal(result);
    if (auto judged = port.check_block(result.block()); !judged) return std::unexpected(std::move(judged.error()));
    return result;
}

void set_transactions(BlockTemplate& block_template, std::vector<TransactionRef> transactions)
{
    block_template.fees.assign(transactions.size(), Amount{});
    block_template.sigop_costs.assign(transactions.size(), 0);
    block_template.transactions = std::move(transactions);
    seal(block_template);
}

void update_time(BlockTemplate& block_template, const TemplatePort& port, std::int64_t now)
{
    const std::int64_t time = std::max(block_template.minimum_time, now);
    if (time <= block_template.header.time) return;
    block_template.header.time = static_cast<std::uint32_t>(time);
    block_template.header.bits = port.bits_for(time);
}

std::optional<BlockHeader> find_nonce(BlockHeader header, std::uint64_t& tries)
{
    const consensus::CompactTarget target = consensus::expand_compact(header.bits);
    if (target.negative || target.overflow) return std::nullopt;
    for (; tries > 0; ++header.nonce) {
        if (Uint256::from_hash(header.hash().value) <= target.value) return header;
        --tries;
        if (header.nonce == std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
    }
    return std::nullopt;
}

}  // namespace cairn::mining
