// USES: protocol
// Addresses, endpoints, subnets and permissions from text: what is read, prints, and reads back the same.

#include <cstdlib>

#include "protocol/permissions.h"

using namespace cairn::protocol;

namespace {

void require(bool holds)
{
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto address = NetAddress::parse(text); address && !address->is_internal()) {
        const auto again = NetAddress::parse(address->to_string());
        // An address of old Tor's range is read as none.
        require(again == address);
    }
    if (const auto endpoint = Endpoint::parse(text, 8333); endpoint && !endpoint->address.is_internal()) {
        require(Endpoint::parse(endpoint->to_string(), 1) == endpoint || endpoint->port == 0);
    }
    if (const auto subnet = Subnet::parse(text)) {
        const auto again = Subnet::parse(subnet->to_string());
        require(again.has_value() && again == subnet);
    }
    (void)parse_whitelist(text);
    (void)parse_whitebind(text);
    (void)split_host_port(text);
    return 0;
}
