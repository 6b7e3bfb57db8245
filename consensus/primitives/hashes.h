#pragma once
// The names things go by on the network.

#include "crypto/hash256.h"

namespace cairn {

/// Double SHA-256 of a transaction without its witness.
using Txid = StrongHash<struct TxidTag>;
/// Double SHA-256 of a transaction with its witness (BIP141); equal to the txid where there is none.
using Wtxid = StrongHash<struct WtxidTag>;
/// Double SHA-256 of a block's 80-byte header.
using BlockHash = StrongHash<struct BlockHashTag>;

}  // namespace cairn
