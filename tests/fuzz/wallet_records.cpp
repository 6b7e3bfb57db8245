// USES: wallet
// Values of wallet records: what decodes encodes to what decodes to the same.

#include <array>
#include <cstdint>
#include <cstdlib>

#include "crypto/signing_context.h"
#include "wallet/records.h"

namespace {

using namespace cairn;

void require(bool condition)
{
    if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const crypto::SigningContext context{std::array<std::byte, 32>{}};
    const ByteSpan bytes = std::as_bytes(std::span{data, size});
    if (const auto record = wallet::decode_transaction_record(bytes)) {
        const auto again = wallet::decode_transaction_record(wallet::encode(*record));
        require(again && again->transaction->wtxid == record->transaction->wtxid && again->state == record->state);
        require(again->values == record->values && again->messages == record->messages);
        require(again->time_received == record->time_received);
    }
    if (const auto record = wallet::decode_descriptor_record(bytes)) {
        require(wallet::decode_descriptor_record(wallet::encode(*record)) == *record);
    }
    if (const auto hashes = wallet::decode_locator(bytes)) {
        require(wallet::decode_locator(wallet::encode_locator(*hashes)) == *hashes);
    }
    if (const auto text = wallet::decode_string(bytes)) {
        require(wallet::decode_string(wallet::encode_string(*text)) == *text);
    }
    wallet::decode_core_master_key(bytes);
    wallet::secret_of_private_key(bytes);
    if (size >= 32) {
        const bool compressed = (data[31] & 1) != 0;
        if (const auto key = keys::PrivateKey::from_bytes(bytes.first(32), compressed, context)) {
            require(wallet::decode_key_record(wallet::encode_key_record(*key), key->public_key(), context) == *key);
            const auto read = wallet::decode_key_record(bytes.subspan(32), key->public_key(), context);
            require(!read || *read == *key);
        }
    }
    return 0;
}
