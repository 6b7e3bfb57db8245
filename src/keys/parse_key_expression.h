#pragma once
// Reads KEY expressions of descriptors (BIP380, BIP389). Inner header of keys.

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "keys/descriptor_tree.h"

namespace cairn::keys {

/// Where an expression stands: decides which functions and which forms of keys it may have.
enum class KeyContext { kTop, kP2sh, kP2wpkh, kP2wsh, kP2tr };

class KeyParser {
public:
    /// Private keys that are read go to `found`.
    KeyParser(const AddressFormat& format, const crypto::SigningContext& context, SigningProvider& found)
        : format_(format), signing_context_(context), found_(found)
    {
    }

    /// One expression, or one for each value of its multipath step. Errors are Bitcoin Core's texts.
    std::expected<std::vector<KeyExpression>, std::string> parse(std::string_view text, KeyContext context);
    const AddressFormat& format() const { return format_; }

private:
    using Result = std::expected<std::vector<KeyExpression>, std::string>;
    Result without_origin(std::string_view text, KeyContext context, bool& apostrophe);
    Result hexadecimal(std::string_view text, KeyContext context);
    Result extended(const std::vector<std::string_view>& parts, bool& apostrophe);
    Result single(const PublicKey& key, bool x_only);

    const AddressFormat& format_;
    const crypto::SigningContext& signing_context_;
    SigningProvider& found_;
    std::uint32_t next_index_ = 0;
};

}  // namespace cairn::keys
