#pragma once
// Base64 (RFC 4648, with padding), for HTTP's basic authorisation.

#include <optional>
#include <string>
#include <string_view>

namespace cairn::rpc {

/// Nothing for anything but whole, padded Base64.
std::optional<std::string> decode_base64(std::string_view text);
std::string encode_base64(std::string_view bytes);

}  // namespace cairn::rpc
