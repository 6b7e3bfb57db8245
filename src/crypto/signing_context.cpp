#include "crypto/signing_context.h"

#include <new>

#include <secp256k1.h>

#include "crypto/raw_bytes.h"

namespace cairn::crypto {

SigningContext::SigningContext(std::span<const std::byte, 32> entropy)
    : context_(secp256k1_context_create(SECP256K1_CONTEXT_NONE))
{
    if (context_ == nullptr || secp256k1_context_randomize(context_.get(), raw(entropy.data())) == 0) {
        throw std::bad_alloc{};
    }
}

SigningContext::~SigningContext() = default;
SigningContext::SigningContext(SigningContext&&) noexcept = default;
SigningContext& SigningContext::operator=(SigningContext&&) noexcept = default;

void SigningContext::Destroy::operator()(secp256k1_context_struct* context) const
{
    secp256k1_context_destroy(context);
}

}  // namespace cairn::crypto
