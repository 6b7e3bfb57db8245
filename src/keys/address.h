#pragma once
// Addresses as text. Errors are Bitcoin Core's, as validateaddress shows them.

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "keys/address_format.h"
#include "keys/destination.h"

namespace cairn::keys {

struct AddressError {
    std::string message;
    /// Indices of the wrong characters of a Bech32 address, where they can be told.
    std::vector<int> locations;
};

std::string encode_address(const Destination& destination, const AddressFormat& format);
std::expected<Destination, AddressError> decode_address(std::string_view text, const AddressFormat& format);

/// The address of a script, where it has one.
std::optional<std::string> address_of(ByteSpan script, const AddressFormat& format);

}  // namespace cairn::keys
