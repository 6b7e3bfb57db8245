#pragma once
// The fault of a peer or a user, as a value: why a transaction, header or block is not valid.

#include <optional>
#include <string>

#include "consensus/reject_reason.h"

namespace cairn {

/// Reason with its text and kind from the one table in reject_reason.h; `detail` is what Bitcoin Core adds for the log.
struct Rejection {
    RejectReason reason{};
    std::string detail{};
    /// Replaces the reason's text where that carries a part of its own: "block-script-verify-flag-failed (…)".
    std::string text_override{};
    /// Replaces the reason's kind: a transaction's transient fault is permanent for the block that holds it.
    std::optional<RejectionKind> kind_override{};

    /// The network's reason, such as "bad-txns-inputs-missingorspent".
    std::string text() const;
    RejectionKind kind() const;
    /// The text, and the detail after ", " where there is one: what debug.log holds.
    std::string to_string() const;
};

}  // namespace cairn
