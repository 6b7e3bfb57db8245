#include "base/version.h"

#include "cairn_version.h"

namespace cairn::base {

std::string_view version()
{
    return CAIRN_VERSION;
}

std::string_view version_description()
{
    return CAIRN_VERSION_DESCRIPTION;
}

}  // namespace cairn::base
