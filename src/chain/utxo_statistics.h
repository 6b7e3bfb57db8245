#pragma once
// Hashes and sums over all coins: gettxoutsetinfo. Not a public header of the room.

#include <functional>
#include <optional>

#include "chain/results.h"
#include "storage/coins_store.h"

namespace cairn::chain {

/// Everything but `best` and `disk_size`. Nothing if `interrupted`, asked every few thousand coins, said so.
std::optional<UtxoStatistics> compute_utxo_statistics(storage::CoinsStore::Cursor& cursor, UtxoHashKind kind,
                                                      const std::function<bool()>& interrupted);

/// What hashes and index take a coin for: outpoint, height and coinbase in four bytes, output in the network's
/// encoding.
Bytes encode_coin_for_hash(const Outpoint& outpoint, const storage::StoredCoin& coin);

}  // namespace cairn::chain
