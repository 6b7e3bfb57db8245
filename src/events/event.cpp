#include "events/event.h"

#include <utility>

namespace cairn::events {

std::string_view text(RemovalReason reason)
{
    switch (reason) {
        case RemovalReason::kExpiry:
            return "expiry";
        case RemovalReason::kSizeLimit:
            return "sizelimit";
        case RemovalReason::kReorganised:
            return "reorg";
        case RemovalReason::kBlock:
            return "block";
        case RemovalReason::kConflict:
            return "conflict";
        case RemovalReason::kReplaced:
            return "replaced";
    }
    std::unreachable();
}

}  // namespace cairn::events
