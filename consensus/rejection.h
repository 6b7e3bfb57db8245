#pragma once
// The fault of a peer or a user, as a value: why a transaction, header or block is not valid.

#include <cstdint>
#include <string>
#include <string_view>

#include "consensus/reject_reason.h"

namespace cairn {

/// What a rejection says about the thing itself.
enum class RejectionKind : std::uint8_t {
    kPermanent,  // never valid under these rules: may be remembered
    kTransient,  // may be valid later (time too new, inputs missing, not final yet)
    kMutated,    // the body does not belong to the header: the header is not to blame (CVE-2012-2459)
};

/// Reason with its text and kind from the one table in reject_reason.h; `detail` is what Bitcoin Core adds for the log.
struct Rejection {
    RejectReason reason{};
    std::string detail{};
    /// Replaces the reason's text where that carries a part of its own: "block-script-verify-flag-failed (…)".
    std::string text_override{};

    /// The network's reason, such as "bad-txns-inputs-missingorspent".
    std::string text() const;
    RejectionKind kind() const;
    /// The text, and the detail after ", " where there is one: what debug.log holds.
    std::string to_string() const;
};

}  // namespace cairn
