#pragma once
// The addresses under which this machine is connected to networks.

#include <cstddef>
#include <vector>

namespace cairn::base {

/// Of interfaces that are up, without loopback: 4 bytes (IPv4) or 16 (IPv6) each, in network order. Empty, with a line
/// in the log, where the system does not tell.
std::vector<std::vector<std::byte>> interface_addresses();

}  // namespace cairn::base
