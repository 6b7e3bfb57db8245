#include "protocol/seeds.h"

#include <algorithm>

namespace cairn::protocol {
namespace {

constexpr int kEnoughOutbound = 2;
constexpr std::size_t kSeedsAtOnce = 3;
/// Asks a seed for nodes with these services only.
constexpr std::string_view kServicesPrefix = "x9.";
constexpr Services kSeedServices = kNodeNetwork | kNodeWitness;
static_assert(kSeedServices == 9);

std::string seconds(Duration duration)
{
    return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(duration).count());
}

}  // namespace

Seeds::Seeds(Context& context)
    : context_(context), seed_nodes_(context.options.seed_nodes.begin(), context.options.seed_nodes.end())
{
    for (const std::string_view seed : context.options.network.dns_seeds) dns_seeds_.emplace_back(seed);
    shuffle(dns_seeds_, context.random);
}

void Seeds::start()
{
    const Time now = context_.now;
    next_seed_node_ = context_.addresses.size() == 0 ? now : now + kSeedNodeInterval;
    if (!context_.options.dns_seed) return log("DNS seeding disabled");
    prefers_seed_nodes_ = !seed_nodes_.empty();
    if (!prefers_seed_nodes_) return begin_dns();
    next_dns_ = now + kSeedNodeTimeout;
    log("-seednode enabled. Trying the provided seeds for " + seconds(kSeedNodeTimeout) +
        " seconds before defaulting to the dnsseeds.");
}

void Seeds::begin_dns()
{
    at_once_ = dns_seeds_.size();
    if (!context_.options.force_dns_seed && context_.addresses.size() > 0) wait_before_dns();
}

void Seeds::wait_before_dns()
{
    const bool many = context_.addresses.size() >= kEnoughAddresses;
    const Duration delay = many ? kDnsSeedDelayManyAddresses : kDnsSeedDelay;
    waiting_ = true;
    next_dns_ = context_.now + delay;
    at_once_ = kSeedsAtOnce;
    log("Waiting " + seconds(delay) + " seconds before querying DNS seeds.");
}

void Seeds::finish_dns()
{
    if (found_ > 0) log(std::to_string(found_) + " addresses found from DNS seeds");
    log(std::string("P2P peers available. ") + (found_ > 0 ? "Finished" : "Skipped") + " DNS seeding.");
    dns_seeds_.clear();
}

void Seeds::query_dns(int ready)
{
    if (!context_.options.dns_seed || dns_seeds_.empty()) return;
    const bool enough = ready >= kEnoughOutbound;
    const bool in_time = context_.now < next_dns_;
    if (prefers_seed_nodes_) {
        if (!enough && in_time) return;
        prefers_seed_nodes_ = false;
        log(enough ? "P2P peers available. Finished fetching data from seed nodes."
                   : "Couldn't connect to enough peers via seed nodes. Handing fetch logic to the DNS seeds.");
        begin_dns();
        if (waiting_) return;
    }
    if (waiting_) {
        if (enough) return finish_dns();
        if (in_time) return;
        waiting_ = false;
    }
    for (; at_once_ > 0 && !dns_seeds_.empty(); --at_once_) {
        log("Loading addresses from DNS seed " + dns_seeds_.back());
        context_.act(Resolve{std::string(kServicesPrefix) + dns_seeds_.back(), context_.options.network.default_port});
        dns_seeds_.pop_back();
    }
    if (!dns_seeds_.empty()) wait_before_dns();
}

void Seeds::on_resolved(const std::string& name, std::span<const NetAddress> addresses)
{
    if (addresses.empty() && name.starts_with(kServicesPrefix)) {
        fetches_.push_back(name.substr(kServicesPrefix.size()));
        return;
    }
    std::vector<PeerAddress> found;
    for (const NetAddress& address : addresses.first(std::min(addresses.size(), kMaxSeedAddresses))) {
        // Between three and seven days old: hearsay, not to be preferred to what peers say.
        const Time time = context_.now - 3 * 24h - context_.random.duration_below(4 * 24h);
        found.push_back({{address, context_.options.network.default_port}, kSeedServices, time});
    }
    found_ += found.size();
    context_.addresses.add(found, NetAddress::internal(name), Duration{0}, context_.now);
}

std::optional<std::string> Seeds::take_address_source(int outbound)
{
    if (!fetches_.empty()) {
        const std::string name = fetches_.front();
        fetches_.pop_front();
        return name;
    }
    if (seed_nodes_.empty() || outbound >= kEnoughOutbound || context_.now < next_seed_node_) return std::nullopt;
    next_seed_node_ = context_.now + kSeedNodeInterval;
    const std::string name = seed_nodes_.front();
    seed_nodes_.pop_front();
    log((context_.addresses.size() == 0
             ? std::string("Empty addrman, adding")
             : "Couldn't connect to peers from addrman after " + seconds(kSeedNodeInterval) + " seconds. Adding") +
        " seednode (" + name + ") to addrfetch");
    return name;
}

}  // namespace cairn::protocol
