#include "base/network_interfaces.h"

#include <cerrno>
#include <memory>
#include <system_error>

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include "base/log.h"

namespace cairn::base {

namespace {

template <class Address>
std::vector<std::byte> bytes_of(const Address& address)
{
    const auto* first = reinterpret_cast<const std::byte*>(&address);
    return {first, first + sizeof address};
}

}  // namespace

std::vector<std::vector<std::byte>> interface_addresses()
{
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) != 0) {
        log_warning("The addresses of this machine are not known: {}", std::generic_category().message(errno));
        return {};
    }
    const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owned(list, ::freeifaddrs);
    std::vector<std::vector<std::byte>> addresses;
    for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
        const bool up = (entry->ifa_flags & IFF_UP) != 0 && (entry->ifa_flags & IFF_LOOPBACK) == 0;
        if (!up || entry->ifa_addr == nullptr) continue;
        if (entry->ifa_addr->sa_family == AF_INET) {
            addresses.push_back(bytes_of(reinterpret_cast<const sockaddr_in*>(entry->ifa_addr)->sin_addr));
        } else if (entry->ifa_addr->sa_family == AF_INET6) {
            addresses.push_back(bytes_of(reinterpret_cast<const sockaddr_in6*>(entry->ifa_addr)->sin6_addr));
        }
    }
    return addresses;
}

}  // namespace cairn::base
