#include "wallet/passphrase.h"

#include <argon2.h>

#include "crypto/hashes.h"

namespace cairn::wallet {
namespace {

constexpr std::uint32_t kMaxMemoryKib = 4 * 1024 * 1024;
constexpr std::uint32_t kMaxPasses = 64;
constexpr std::uint32_t kMaxLanes = 64;

}  // namespace

bool is_acceptable(const PassphraseCost& cost)
{
    return cost.lanes >= 1 && cost.lanes <= kMaxLanes && cost.passes >= 1 && cost.passes <= kMaxPasses &&
           cost.memory_kib >= 8 * cost.lanes && cost.memory_kib <= kMaxMemoryKib;
}

crypto::SecretBytes stretch_passphrase(std::string_view passphrase, ByteSpan salt, const PassphraseCost& cost)
{
    crypto::SecretBytes key(32);
    const int result = argon2id_hash_raw(cost.passes, cost.memory_kib, cost.lanes, passphrase.data(), passphrase.size(),
                                         salt.data(), salt.size(), key.data(), key.size());
    if (result != ARGON2_OK) {
        throw base::EnvironmentError(
            "Cannot derive the wallet's key from the passphrase: " + std::string(argon2_error_message(result)),
            "it takes " + std::to_string(cost.memory_kib / 1024) + " MiB of free memory");
    }
    return key;
}

crypto::SecretBytes stretch_passphrase_as_core(std::string_view passphrase, ByteSpan salt, std::uint32_t iterations)
{
    const auto text = std::as_bytes(std::span{passphrase});
    crypto::SecretBytes first(text.begin(), text.end());
    first.insert(first.end(), salt.begin(), salt.end());
    crypto::Hash512 hash = crypto::sha512(first);
    for (std::uint32_t i = 1; i < iterations; ++i) hash = crypto::sha512(hash);
    crypto::SecretBytes key(hash.begin(), hash.begin() + 48);
    crypto::cleanse(hash);
    return key;
}

}  // namespace cairn::wallet
