#pragma once
// mempool.dat: what the mempool holds, from one run to the next, in Bitcoin Core's format (docs/formats/mempool.md).

#include <array>
#include <expected>
#include <map>
#include <optional>
#include <vector>

#include "consensus/encoding/decode_error.h"
#include "consensus/primitives/transaction.h"

namespace cairn::services {

struct SavedMempool {
    struct Entry {
        TransactionRef transaction;
        std::int64_t time = 0;  // when it entered, seconds since 1970
        Amount fee_delta;       // of prioritisetransaction
    };
    std::vector<Entry> entries;     // parents before children
    std::map<Txid, Amount> deltas;  // of transactions that are not in the mempool
    std::vector<Txid> unbroadcast;  // no peer has asked for them yet
};

/// What all but the first bytes are XORed with.
using MempoolFileKey = std::array<std::byte, 8>;

/// Without a key, the older format (-persistmempoolv1).
Bytes encode_mempool_file(const SavedMempool& saved, const std::optional<MempoolFileKey>& key);
/// Both formats. kBadValue: neither.
std::expected<SavedMempool, DecodeError> decode_mempool_file(Bytes file);

}  // namespace cairn::services
