#pragma once
// A signing context for tests.

#include <array>

#include "crypto/signing_context.h"

namespace cairn::keys {

inline const crypto::SigningContext& test_context()
{
    static const crypto::SigningContext context{std::array<std::byte, 32>{}};
    return context;
}

}  // namespace cairn::keys
