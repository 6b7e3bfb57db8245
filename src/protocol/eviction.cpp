#include "protocol/eviction.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <tuple>

namespace cairn::protocol {
namespace {

using Candidates = std::vector<EvictionCandidate>;
using Candidate = EvictionCandidate;

/// Sorts so that the best are last, and takes up to `count` of those out of the danger; of them, only who is
/// `eligible`.
template <class Less>
std::size_t protect_best(
    Candidates& all, std::size_t count, Less worse,
    const std::function<bool(const Candidate&)>& eligible = [](const Candidate&) { return true; })
{
    std::ranges::sort(all, worse);
    const auto from = all.end() - static_cast<std::ptrdiff_t>(std::min(count, all.size()));
    const auto kept = std::remove_if(from, all.end(), eligible);
    const auto protected_count = static_cast<std::size_t>(all.end() - kept);
    all.erase(kept, all.end());
    return protected_count;
}

bool worse_by_age(const Candidate& a, const Candidate& b)
{
    return a.connected > b.connected;
}

bool worse_by_block(const Candidate& a, const Candidate& b)
{
    return std::tuple(a.last_block, a.has_wanted_services, b.connected) <
           std::tuple(b.last_block, b.has_wanted_services, a.connected);
}

bool worse_by_transaction(const Candidate& a, const Candidate& b)
{
    return std::tuple(a.last_transaction, a.relays_transactions, b.connected) <
           std::tuple(b.last_transaction, b.relays_transactions, a.connected);
}

bool worse_block_relay(const Candidate& a, const Candidate& b)
{
    return std::tuple(!a.relays_transactions, a.last_block, a.has_wanted_services, b.connected) <
           std::tuple(!b.relays_transactions, b.last_block, b.has_wanted_services, a.connected);
}

/// A network whose peers are slower by nature, and so would always lose by ping.
struct Disadvantaged {
    bool local = false;
    AddressNetwork network = AddressNetwork::kUnroutable;
    std::size_t count = 0;

    bool has(const Candidate& c) const { return local ? c.is_local : c.network == network; }
};

std::size_t protect_disadvantaged(Candidates& all, std::size_t limit)
{
    std::array<Disadvantaged, 4> networks = {{{false, AddressNetwork::kCjdns},
                                              {false, AddressNetwork::kI2p},
                                              {true, AddressNetwork::kUnroutable},
                                              {false, AddressNetwork::kOnion}}};
    for (Disadvantaged& n : networks) {
        n.count = static_cast<std::size_t>(std::ranges::count_if(all, [&](const Candidate& c) { return n.has(c); }));
    }
    std::ranges::stable_sort(networks, {}, &Disadvantaged::count);
    std::size_t done = 0;
    while (done < limit) {
        const auto present =
            static_cast<std::size_t>(std::ranges::count_if(networks, [](const auto& n) { return n.count > 0; }));
        if (present == 0) break;
        const std::size_t share = std::max<std::size_t>((limit - done) / present, 1);
        bool any = false;
        for (Disadvantaged& n : networks) {
            if (n.count == 0) continue;
            const auto worse = [&n](const Candidate& a, const Candidate& b) {
                return std::tuple(n.has(a), b.connected) < std::tuple(n.has(b), a.connected);
            };
            const std::size_t taken = protect_best(all, share, worse, [&n](const Candidate& c) { return n.has(c); });
            any = any || taken > 0;
            done += taken;
            n.count -= taken;
            if (done >= limit) break;
        }
        if (!any) break;
    }
    return done;
}

void protect_by_ratio(Candidates& all)
{
    const std::size_t half = all.size() / 2;
    const std::size_t done = protect_disadvantaged(all, half / 2);
    protect_best(all, half - done, worse_by_age);
}

/// The youngest of the largest group; among groups of one size, of the youngest.
PeerId pick_from_largest_group(const Candidates& all)
{
    std::map<std::uint64_t, Candidates> groups;
    std::uint64_t largest = all.front().keyed_group;
    std::size_t size = 0;
    Time youngest{};
    for (const Candidate& c : all) {
        Candidates& group = groups[c.keyed_group];
        group.push_back(c);
        const Time time = group.front().connected;
        if (group.size() > size || (group.size() == size && time > youngest)) {
            size = group.size();
            youngest = time;
            largest = c.keyed_group;
        }
    }
    return groups[largest].front().id;
}

}  // namespace

// NOLINTNEXTLINE(performance-unnecessary-value-param): it is sorted and thinned out
std::optional<PeerId> select_peer_to_evict(std::vector<EvictionCandidate> candidates)
{
    std::erase_if(candidates, [](const Candidate& c) { return c.noban || !c.inbound; });
    protect_best(candidates, 4, [](const Candidate& a, const Candidate& b) { return a.keyed_group < b.keyed_group; });
    protect_best(candidates, 8, [](const Candidate& a, const Candidate& b) { return a.minimum_ping > b.minimum_ping; });
    protect_best(candidates, 4, worse_by_transaction);
    protect_best(candidates, 8, worse_block_relay,
                 [](const Candidate& c) { return !c.relays_transactions && c.has_wanted_services; });
    protect_best(candidates, 4, worse_by_block);
    protect_by_ratio(candidates);
    if (candidates.empty()) return std::nullopt;
    if (std::ranges::any_of(candidates, &Candidate::prefer_evict)) {
        std::erase_if(candidates, [](const Candidate& c) { return !c.prefer_evict; });
    }
    // What remains is sorted with the youngest first.
    std::ranges::stable_sort(candidates, worse_by_age);
    return pick_from_largest_group(candidates);
}

}  // namespace cairn::protocol
