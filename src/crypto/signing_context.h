#pragma once
// What computing with secret keys needs from libsecp256k1: a context whose blinding was randomised.

#include <cstddef>
#include <memory>
#include <span>

struct secp256k1_context_struct;

namespace cairn::crypto {

/// Made with 32 bytes of fresh entropy, which the caller (who may ask for randomness) gives. Immutable afterwards: any
/// number of threads may use one. Results never depend on the entropy; it blinds side channels only.
class SigningContext {
public:
    explicit SigningContext(std::span<const std::byte, 32> entropy);
    ~SigningContext();
    SigningContext(SigningContext&&) noexcept;
    SigningContext& operator=(SigningContext&&) noexcept;

    const secp256k1_context_struct* get() const { return context_.get(); }

private:
    struct Destroy {
        void operator()(secp256k1_context_struct* context) const;
    };
    std::unique_ptr<secp256k1_context_struct, Destroy> context_;
};

}  // namespace cairn::crypto
