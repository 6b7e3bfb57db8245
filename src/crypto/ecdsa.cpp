#include "crypto/ecdsa.h"

#include <algorithm>
#include <cassert>
#include <cstdint>

#include <secp256k1_recovery.h>

#include "crypto/endian.h"
#include "crypto/points.h"
#include "crypto/raw_bytes.h"

namespace cairn::crypto {
namespace {

/// Reads the parts of a signature as OpenSSL once did: lengths are believed only as far as there are bytes.
class LaxReader {
public:
    explicit LaxReader(ByteSpan bytes) : rest_(bytes) {}

    bool tag(std::byte expected)
    {
        if (rest_.empty() || rest_[0] != expected) return false;
        rest_ = rest_.subspan(1);
        return true;
    }

    /// The sequence's own length, which is read over: what follows may be shorter or longer.
    bool skip_length()
    {
        std::size_t extra = 0;
        if (!first_length_byte(extra)) return false;
        if (extra < 0x80) return true;
        extra -= 0x80;
        if (extra > rest_.size()) return false;
        rest_ = rest_.subspan(extra);
        return true;
    }

    /// An integer's bytes without its leading zeros.
    std::optional<ByteSpan> integer()
    {
        std::size_t size = 0;
        if (!tag(std::byte{2}) || !length(size) || size > rest_.size()) return std::nullopt;
        ByteSpan value = rest_.first(size);
        rest_ = rest_.subspan(size);
        while (!value.empty() && value[0] == std::byte{0}) value = value.subspan(1);
        return value;
    }

private:
    bool first_length_byte(std::size_t& out)
    {
        if (rest_.empty()) return false;
        out = std::to_integer<std::size_t>(rest_[0]);
        rest_ = rest_.subspan(1);
        return true;
    }

    bool length(std::size_t& out)
    {
        if (!first_length_byte(out)) return false;
        if (out < 0x80) return true;
        std::size_t count = out - 0x80;
        if (count > rest_.size()) return false;
        for (; count > 0 && rest_[0] == std::byte{0}; --count) rest_ = rest_.subspan(1);
        // CONSENSUS: a length of four significant bytes or more is refused. Test: EcdsaLaxDer.LongLengths.
        if (count >= 4) return false;
        for (out = 0; count > 0; --count) {
            out = (out << 8) | std::to_integer<std::size_t>(rest_[0]);
            rest_ = rest_.subspan(1);
        }
        return true;
    }

    ByteSpan rest_;
};

bool parse_compact(secp256k1_ecdsa_signature& out, const CompactSignature& compact)
{
    return secp256k1_ecdsa_signature_parse_compact(secp256k1_context_static, &out, raw(compact.data())) != 0;
}

bool parse_lax(secp256k1_ecdsa_signature& out, ByteSpan signature)
{
    const auto compact = parse_der_lax(signature);
    return compact && parse_compact(out, *compact);
}

bool has_low_r(const secp256k1_ecdsa_signature& signature)
{
    CompactSignature compact;
    secp256k1_ecdsa_signature_serialize_compact(secp256k1_context_static, raw(compact.data()), &signature);
    return compact[0] < std::byte{0x80};
}

}  // namespace

std::optional<CompactSignature> parse_der_lax(ByteSpan signature)
{
    LaxReader reader{signature};
    if (!reader.tag(std::byte{0x30}) || !reader.skip_length()) return std::nullopt;
    const auto r = reader.integer();
    if (!r) return std::nullopt;
    const auto s = reader.integer();
    if (!s) return std::nullopt;

    CompactSignature compact{};
    if (r->size() > 32 || s->size() > 32) return compact;
    std::copy(r->rbegin(), r->rend(), compact.rbegin() + 32);
    std::copy(s->rbegin(), s->rend(), compact.rbegin());
    secp256k1_ecdsa_signature in_range;
    if (!parse_compact(in_range, compact)) return CompactSignature{};
    return compact;
}

bool verify_ecdsa(ByteSpan public_key, ByteSpan signature, const Hash256& hash)
{
    secp256k1_ecdsa_signature parsed;
    if (!has_public_key_form(public_key) || !parse_lax(parsed, signature)) return false;
    const auto point = parse_point(public_key);
    if (!point) return false;
    secp256k1_ecdsa_signature_normalize(secp256k1_context_static, &parsed, &parsed);
    return secp256k1_ecdsa_verify(secp256k1_context_static, &parsed, raw(hash.span()), &*point) != 0;
}

bool has_low_s(ByteSpan signature)
{
    secp256k1_ecdsa_signature parsed;
    return parse_lax(parsed, signature) &&
           secp256k1_ecdsa_signature_normalize(secp256k1_context_static, nullptr, &parsed) == 0;
}

Bytes sign_ecdsa(const SigningContext& context, const SecretKey& key, const Hash256& hash, LowR low_r)
{
    const auto sign = [&](const void* extra) {
        secp256k1_ecdsa_signature signature;
        [[maybe_unused]] const int made = secp256k1_ecdsa_sign(
            context.get(), &signature, raw(hash.span()), raw(key.bytes()), secp256k1_nonce_function_rfc6979, extra);
        assert(made != 0);
        return signature;
    };
    secp256k1_ecdsa_signature signature = sign(nullptr);
    std::array<std::byte, 32> counter_bytes{};
    for (std::uint32_t counter = 1; low_r == LowR::kGrind && !has_low_r(signature); ++counter) {
        store_little(counter_bytes.data(), counter);
        signature = sign(counter_bytes.data());
    }
    Bytes out(72);
    std::size_t size = out.size();
    secp256k1_ecdsa_signature_serialize_der(secp256k1_context_static, raw(out.data()), &size, &signature);
    out.resize(size);
    return out;
}

RecoverableSignature sign_recoverable(const SigningContext& context, const SecretKey& key, const Hash256& hash)
{
    secp256k1_ecdsa_recoverable_signature signature;
    [[maybe_unused]] const int made = secp256k1_ecdsa_sign_recoverable(
        context.get(), &signature, raw(hash.span()), raw(key.bytes()), secp256k1_nonce_function_rfc6979, nullptr);
    assert(made != 0);
    RecoverableSignature out;
    secp256k1_ecdsa_recoverable_signature_serialize_compact(secp256k1_context_static, raw(out.compact.data()),
                                                            &out.recovery_id, &signature);
    return out;
}

std::optional<PublicKey> recover(const RecoverableSignature& signature, const Hash256& hash)
{
    secp256k1_ecdsa_recoverable_signature parsed;
    secp256k1_pubkey point;
    if (signature.recovery_id < 0 || signature.recovery_id > 3 ||
        secp256k1_ecdsa_recoverable_signature_parse_compact(
            secp256k1_context_static, &parsed, raw(signature.compact.data()), signature.recovery_id) == 0 ||
        secp256k1_ecdsa_recover(secp256k1_context_static, &point, &parsed, raw(hash.span())) == 0) {
        return std::nullopt;
    }
    return compress(point);
}

}  // namespace cairn::crypto
