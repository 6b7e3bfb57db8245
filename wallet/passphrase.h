#pragma once
// From a passphrase to a key. Inner header of wallet.

#include <string_view>

#include "crypto/cleanse.h"
#include "wallet/wallet_manager.h"

namespace cairn::wallet {

/// 32 bytes, by Argon2id. Throws base::EnvironmentError if there is not memory enough for the cost.
crypto::SecretBytes stretch_passphrase(std::string_view passphrase, ByteSpan salt, const PassphraseCost& cost);

/// Bitcoin Core's: SHA-512 of passphrase and salt, `iterations` times over; 32 bytes of key and 16 of IV.
crypto::SecretBytes stretch_passphrase_as_core(std::string_view passphrase, ByteSpan salt, std::uint32_t iterations);

/// Whether a file may ask for this: bounds that keep a hostile one from stopping the node.
bool is_acceptable(const PassphraseCost& cost);

}  // namespace cairn::wallet
