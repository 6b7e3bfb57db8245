#include "consensus/rejection.h"

namespace cairn {

std::string Rejection::text() const
{
    return text_override.empty() ? std::string{info(reason).text} : text_override;
}

RejectionKind Rejection::kind() const
{
    return kind_override.value_or(info(reason).kind);
}

std::string Rejection::to_string() const
{
    return detail.empty() ? text() : text() + ", " + detail;
}

}  // namespace cairn
