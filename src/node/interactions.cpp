#include "node/interactions.h"

#include <algorithm>

#include "base/log.h"
#include "protocol/net_address.h"

namespace cairn::node {

namespace {

class Implications {
public:
    explicit Implications(base::Settings& settings) : settings_(settings) {}

    void set(std::string_view because, std::string_view option, const std::string& value)
    {
        if (settings_.set_if_unset(option, value)) {
            base::log_info("parameter interaction: {} -> setting -{}={}", because, option, value);
        }
    }

private:
    base::Settings& settings_;
};

bool excludes_clearnet(const base::Settings& settings)
{
    const auto networks = settings.texts("onlynet");
    return !networks.empty() && std::ranges::none_of(networks, [](const std::string& name) {
        const auto network = protocol::network_from_name(name);
        return network == protocol::AddressNetwork::kIpv4 || network == protocol::AddressNetwork::kIpv6;
    });
}

void imply_listening(const base::Settings& settings, Implications& imply)
{
    if (!settings.texts("bind").empty()) imply.set("-bind set", "listen", "1");
    if (!settings.texts("whitebind").empty()) imply.set("-whitebind set", "listen", "1");
    if (!settings.texts("connect").empty() || settings.is_negated("connect") ||
        settings.integer_or("maxconnections", 1) <= 0) {
        imply.set("-connect or -maxconnections=0 set", "dnsseed", "0");
        imply.set("-connect or -maxconnections=0 set", "listen", "0");
    }
    if (!settings.boolean_or("listen", true)) {
        for (const auto* option : {"natpmp", "discover", "listenonion", "i2pacceptincoming"}) {
            imply.set("-listen=0", option, "0");
        }
    }
    if (!settings.texts("externalip").empty()) imply.set("-externalip set", "discover", "0");
    if (excludes_clearnet(settings)) imply.set("-onlynet excludes IPv4 and IPv6", "dnsseed", "0");
}

void imply_relay(const base::Settings& settings, Implications& imply)
{
    if (settings.boolean_or("blocksonly", false)) {
        imply.set("-blocksonly=1", "whitelistrelay", "0");
        imply.set("-blocksonly=1", "maxmempool", "5");
    }
    if (settings.boolean_or("whitelistforcerelay", false)) imply.set("-whitelistforcerelay=1", "whitelistrelay", "1");
}

}  // namespace

void apply_interactions(base::Settings& settings)
{
    Implications imply(settings);
    imply_listening(settings, imply);
    imply_relay(settings, imply);
}

}  // namespace cairn::node
