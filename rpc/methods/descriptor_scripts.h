#pragma once
// The scripts a descriptor stands for.

#include <string>
#include <utility>
#include <vector>

#include "keys/address_format.h"
#include "keys/descriptor.h"
#include "rpc/methods/call.h"

namespace cairn::rpc {

/// kInvalidAddressOrKey with the parser's words.
keys::ParsedDescriptors parse_descriptor_or_refuse(const std::string& text, const Context& context,
                                                   keys::ChecksumRule rule = keys::ChecksumRule::kOptional);

/// Scripts with the descriptor each is shown with. `object` is a descriptor, or { desc, range } (0 to 1000 without
/// one).
std::vector<std::pair<Bytes, std::string>> describe_scripts(const Json& object, const Context& context);

/// The script that a block's reward goes to, of a descriptor without a range. What is none is refused with
/// kInvalidAddressOrKey.
Bytes script_of_descriptor(const std::string& text, const Context& context);

}  // namespace cairn::rpc
