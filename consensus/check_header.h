#pragma once
// The rules a header must keep: alone, and on top of its parent.

#include <cstdint>
#include <expected>

#include "consensus/header_node.h"
#include "consensus/params.h"
#include "consensus/rejection.h"

namespace cairn::consensus {

/// What needs nothing but the header: its proof of work. `hash` is the header's.
std::expected<void, Rejection> check_header(const BlockHeader& header, const BlockHash& hash, const Params& params);

/// What needs the branch it builds on: difficulty, times, version. `now` is the node's time in seconds since 1970.
std::expected<void, Rejection> check_header_in_context(const BlockHeader& header, const HeaderNode& parent,
                                                       std::int64_t now, const Params& params);

}  // namespace cairn::consensus
