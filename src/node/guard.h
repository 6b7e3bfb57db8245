#pragma once
// What a part of the node throws while it starts or stops, as a line for the owner: never the end of the process.

#include <expected>
#include <functional>
#include <string>

namespace cairn::node {

using Started = std::expected<void, std::string>;

/// What `step` returns; of an exception its description, with the remedy where it has one.
Started guarded_start(const std::function<Started()>& step);
/// False, with a line in the log, if `stop` throws.
bool guarded_stop(const char* part, const std::function<void()>& stop);

}  // namespace cairn::node
