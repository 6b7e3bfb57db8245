#include "api/network_control.h"

namespace cairn::api {

namespace {

std::string bit_name(int bit)
{
    switch (bit) {
        case 0:
            return "NETWORK";
        case 2:
            return "BLOOM";
        case 3:
            return "WITNESS";
        case 6:
            return "COMPACT_FILTERS";
        case 10:
            return "NETWORK_LIMITED";
        case 11:
            return "P2P_V2";
        default:
            return "UNKNOWN[2^" + std::to_string(bit) + "]";
    }
}

}  // namespace

std::vector<std::string> service_names(std::uint64_t services)
{
    std::vector<std::string> names;
    for (int bit = 0; bit < 64; ++bit) {
        if ((services >> bit & 1) != 0) names.push_back(bit_name(bit));
    }
    return names;
}

}  // namespace cairn::api
