#pragma once
// Coins as they are in the chainstate and in undo files: amounts and common scripts compressed. Bitcoin Core's format;
// docs/formats/chainstate.md.

#include <cstdint>
#include <expected>

#include "consensus/encoding/decode_error.h"
#include "consensus/encoding/reader.h"
#include "consensus/primitives/transaction.h"
#include "crypto/bytes.h"

namespace cairn::storage {

/// A coin that owns its script.
struct StoredCoin {
    Amount value;
    Bytes script_pubkey;
    Height height = 0;
    bool coinbase = false;

    friend bool operator==(const StoredCoin&, const StoredCoin&) = default;
};

/// CONSENSUS: a longer script can never be spent; as in Bitcoin Core, it is read back as a single OP_RETURN. The UTXO
/// set holds none. Test: tests/unit/storage/coin_codec_test.cpp
inline constexpr std::size_t kMaxScriptSize = 10'000;

/// Bijections between amounts and small numbers. `value` must be money.
std::uint64_t compress_amount(Amount value);
/// The inverse; for numbers no amount compresses to, the result is arbitrary but defined (it may not be money).
Amount decompress_amount(std::uint64_t compressed);

/// Appends value and script, compressed.
void append_compressed_output(Bytes& out, Amount value, ByteSpan script_pubkey);
/// Appends the script to `script`; fails the reader with kBadValue for an amount that is no money, or a key that is not
/// on the curve.
Amount read_compressed_output(Reader& reader, Bytes& script);

/// The value of a coin's record.
void append_coin(Bytes& out, Amount value, ByteSpan script_pubkey, Height height, bool coinbase);
inline void append_coin(Bytes& out, const StoredCoin& coin)
{
    append_coin(out, coin.value, coin.script_pubkey, coin.height, coin.coinbase);
}
std::expected<StoredCoin, DecodeError> decode_coin(ByteSpan bytes);

/// 'C', the txid, the index as VARINT.
void append_coin_key(Bytes& out, const Outpoint& outpoint);
std::expected<Outpoint, DecodeError> decode_coin_key(ByteSpan key);

}  // namespace cairn::storage
