#pragma once
// What the allocator says of itself.

#include <optional>
#include <string>

namespace cairn::base {

/// glibc's malloc_info, in XML; nothing where it has nothing to say.
std::optional<std::string> allocator_report();

}  // namespace cairn::base
