#pragma once
// What a wallet file holds: the names of its records and the codecs of their values.
//
// Source: Bitcoin Core 31 wallet/walletdb (record names and layouts). Records of our own begin with "cairn" and are
// described in docs/formats/wallet.md.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "consensus/primitives/block.h"
#include "consensus/primitives/transaction.h"
#include "keys/descriptor.h"

namespace cairn::wallet {

// Bits of the "flags" record. Programs refuse files with bits from 32 on that they do not know.
inline constexpr std::uint64_t kFlagAvoidReuse = std::uint64_t{1} << 0;
inline constexpr std::uint64_t kFlagKeyOriginMetadata = std::uint64_t{1} << 1;
inline constexpr std::uint64_t kFlagLastHardenedCached = std::uint64_t{1} << 2;
inline constexpr std::uint64_t kFlagNoPrivateKeys = std::uint64_t{1} << 32;
inline constexpr std::uint64_t kFlagBlank = std::uint64_t{1} << 33;
inline constexpr std::uint64_t kFlagDescriptors = std::uint64_t{1} << 34;
inline constexpr std::uint64_t kFlagExternalSigner = std::uint64_t{1} << 35;
/// Ours: keys are encrypted as docs/formats/wallet.md says, so that Bitcoin Core refuses the file.
inline constexpr std::uint64_t kFlagCairnEncrypted = std::uint64_t{1} << 48;
inline constexpr std::uint64_t kKnownFlags = kFlagAvoidReuse | kFlagKeyOriginMetadata | kFlagLastHardenedCached |
                                             kFlagNoPrivateKeys | kFlagBlank | kFlagDescriptors | kFlagExternalSigner |
                                             kFlagCairnEncrypted;

Bytes encode_flags(std::uint64_t flags);

/// A record's key: its type as a sized string, and strings, hashes and numbers after it. Of the type alone, also what
/// all keys of that type begin with.
Bytes record_key(std::string_view type);
Bytes record_key(std::string_view type, std::string_view text);
Bytes record_key(std::string_view type, const Hash256& hash);
Bytes record_key(std::string_view type, const Hash256& hash, ByteSpan sized);
Bytes record_key(std::string_view type, const Outpoint& outpoint);
Bytes record_key_u8(std::string_view type, std::uint8_t number);
Bytes record_key_u32(std::string_view type, std::uint32_t number);
Bytes record_key_cache(std::string_view type, const Hash256& id, std::uint32_t expression,
                       std::optional<std::uint32_t> position);

Bytes encode_string(std::string_view text);
std::optional<std::string> decode_string(ByteSpan value);

/// "walletdescriptor"
struct DescriptorRecord {
    std::string descriptor;
    std::uint64_t creation_time = 0;
    std::int32_t next_index = 0;
    std::int32_t range_start = 0;
    std::int32_t range_end = 0;  // exclusive
    friend bool operator==(const DescriptorRecord&, const DescriptorRecord&) = default;
};
Bytes encode(const DescriptorRecord& record);
std::optional<DescriptorRecord> decode_descriptor_record(ByteSpan value);

/// Where a transaction stands, as far as a file says.
struct TransactionState {
    enum class Kind : std::uint8_t { kInactive, kMempool, kConfirmed, kConflicted };
    Kind kind = Kind::kInactive;
    bool abandoned = false;
    BlockHash block;     // of kConfirmed, and the block that conflicts
    Height height = -1;  // of that block; not in the file
    std::int32_t index = 0;

    friend bool operator==(const TransactionState&, const TransactionState&) = default;
    bool is_confirmed() const { return kind == Kind::kConfirmed; }
};

/// "tx"
struct TransactionRecord {
    TransactionRef transaction;
    TransactionState state;
    std::uint32_t time_received = 0;
    /// "n" (order), "timesmart", "comment", "to", "replaces_txid", "replaced_by_txid", and what else there is.
    std::map<std::string, std::string> values;
    std::vector<std::pair<std::string, std::string>> messages;
};
Bytes encode(const TransactionRecord& record);
std::optional<TransactionRecord> decode_transaction_record(ByteSpan value);

/// "bestblock_nomerkle": hashes from a block back to the genesis block, ever farther apart.
Bytes encode_locator(const std::vector<BlockHash>& hashes);
std::optional<std::vector<BlockHash>> decode_locator(ByteSpan value);

/// "mkey": Bitcoin Core's encrypted master key.
struct CoreMasterKey {
    Bytes encrypted_key;
    Bytes salt;
    std::uint32_t method = 0;
    std::uint32_t iterations = 0;
};
std::optional<CoreMasterKey> decode_core_master_key(ByteSpan value);

/// A private key as SEC1 (RFC 5915) with explicit curve parameters, as "walletdescriptorkey" holds it.
Bytes encode_private_key(const keys::PrivateKey& key);
/// The 32 secret bytes; nothing if they are not where that encoding has them.
std::optional<ByteSpan> secret_of_private_key(ByteSpan der);
/// The value of "walletdescriptorkey", with the double SHA-256 of the public and private key after it.
Bytes encode_key_record(const keys::PrivateKey& key);
/// Checks the hash. Nothing if it is wrong or the key does not belong to `public_key`.
std::optional<keys::PrivateKey> decode_key_record(ByteSpan value, const keys::PublicKey& public_key,
                                                  const crypto::SigningContext& context);

}  // namespace cairn::wallet
