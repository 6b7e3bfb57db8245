#pragma once
// Bitcoin Core's VARINT: seven bits a byte, most significant first, one added at each continuation so that every number
// has one encoding. Used on disk only; the network has CompactSize. docs/formats/chainstate.md

#include <cstdint>

#include "consensus/encoding/reader.h"
#include "crypto/bytes.h"

namespace cairn::storage {

void append_varint(Bytes& out, std::uint64_t value);
/// Fails the reader with kBadValue where the number is larger than `max`.
std::uint64_t read_varint(Reader& reader, std::uint64_t max = UINT64_MAX);

}  // namespace cairn::storage
