#pragma once
// What an address says of itself.

#include "keys/destination.h"
#include "rpc/spec/json.h"

namespace cairn::rpc {

/// Appends isscript, iswitness, witness_version, witness_program, as far as they are known.
void append_destination(Json& out, const keys::Destination& destination);

}  // namespace cairn::rpc
