#include "chain/utxo_statistics.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "consensus/encoding/writer.h"
#include "crypto/muhash.h"
#include "crypto/sha256.h"

namespace cairn::chain {

namespace {

constexpr std::uint64_t kAskEvery = 4096;
/// Txid, index, height with coinbase, amount, script length: what a coin counts for beside its script.
constexpr std::uint64_t kBogoSizeOfCoin = 32 + 4 + 4 + 8 + 2;

/// The hash asked for, over coins in the order of the database's keys.
class CoinsHasher {
public:
    explicit CoinsHasher(UtxoHashKind kind) : kind_(kind) {}

    void add(const Outpoint& outpoint, const storage::StoredCoin& coin)
    {
        if (kind_ == UtxoHashKind::kNone) return;
        const Bytes encoded = encode_coin_for_hash(outpoint, coin);
        if (kind_ == UtxoHashKind::kMuhash) {
            muhash_.insert(encoded);
        } else {
            sha256_.write(encoded);
        }
    }

    std::optional<Hash256> finish()
    {
        if (kind_ == UtxoHashKind::kNone) return std::nullopt;
        return kind_ == UtxoHashKind::kMuhash ? muhash_.finish() : sha256_.finish_double();
    }

private:
    const UtxoHashKind kind_;
    crypto::Sha256 sha256_;
    crypto::MuHash muhash_;
};

void add_amount(std::optional<Amount>& total, Amount value)
{
    std::int64_t sum = 0;
    if (!total || __builtin_add_overflow(total->satoshis(), value.satoshis(), &sum)) {
        total.reset();
        return;
    }
    total = Amount{sum};
}

}  // namespace

Bytes encode_coin_for_hash(const Outpoint& outpoint, const storage::StoredCoin& coin)
{
    Writer writer;
    writer.reserve(64 + coin.script_pubkey.size());
    writer.hash(outpoint.txid).u32(outpoint.index);
    writer.u32(static_cast<std::uint32_t>(coin.height) << 1 | static_cast<std::uint32_t>(coin.coinbase));
    writer.i64(coin.value.satoshis()).sized_bytes(coin.script_pubkey);
    return writer.take();
}

std::optional<UtxoStatistics> compute_utxo_statistics(storage::CoinsStore::Cursor& cursor, UtxoHashKind kind,
                                                      const std::function<bool()>& interrupted)
{
    UtxoStatistics statistics;
    statistics.total = Amount{};
    CoinsHasher hasher(kind);
    // The hash takes a transaction's outputs by rising index; the keys' order is another one above 16511.
    std::vector<std::pair<Outpoint, storage::StoredCoin>> outputs;
    const auto finish_transaction = [&] {
        if (outputs.empty()) return;
        ++statistics.transactions;
        std::ranges::sort(outputs, {}, [](const auto& output) { return output.first.index; });
        for (const auto& [outpoint, coin] : outputs) hasher.add(outpoint, coin);
        outputs.clear();
    };
    while (auto next = cursor.next()) {
        const auto& [outpoint, coin] = *next;
        if (statistics.outputs++ % kAskEvery == 0 && interrupted()) return std::nullopt;
        statistics.bogo_size += kBogoSizeOfCoin + coin.script_pubkey.size();
        add_amount(statistics.total, coin.value);
        if (!outputs.empty() && outputs.front().first.txid != outpoint.txid) finish_transaction();
        outputs.push_back(std::move(*next));
    }
    finish_transaction();
    statistics.hash = hasher.finish();
    return statistics;
}

}  // namespace cairn::chain
