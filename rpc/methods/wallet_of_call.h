#pragma once
// Which wallet a call is about: the request's path names it, or an argument.

#include <optional>
#include <string>
#include <string_view>

#include "rpc/methods/call.h"

namespace cairn::rpc {

/// %-escapes resolved; a broken one stays as it is.
std::string decode_url(std::string_view text);
/// The name in "/wallet/<name>"; nothing for another path.
std::optional<std::string> wallet_of_path(std::string_view path);
/// By the path or the argument, which must not differ.
std::string wallet_name_of(const Call& call, const Json& argument);
/// "*" stands for all labels, and is none: kWalletInvalidLabel.
std::string parse_label(const Json& value);
/// The flag asked for; the wallet must have the feature.
bool avoids_reuse(const api::Wallet& wallet, const Json& wanted);
/// { hash, height }: how far the wallet has followed the chain.
Json last_block_json(const BlockHash& hash, Height height);

}  // namespace cairn::rpc
