#pragma once
// A value as people read it. Inside the room only.

#include <string>

#include "rpc/spec/json.h"

namespace cairn::rpc {

/// Text as it stands, nothing for null, all else as JSON (with `indent` spaces per level, or compact).
inline std::string plain(const Json& value, int indent = 0)
{
    return value.is_string() ? value.as_string() : value.is_null() ? "" : value.write(indent);
}

}  // namespace cairn::rpc
