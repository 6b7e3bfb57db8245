#include "protocol/tx_request.h"

#include <algorithm>

namespace cairn::protocol {

TxRequestTracker::TxRequestTracker(Random& random)
    : key_{random.next(), random.next()}, table_(16, crypto::SaltedHasher{key_})
{
}

void TxRequestTracker::announce(PeerId peer, const TxName& name, bool preferred, Time from)
{
    Announcers& announcers = table_[name.hash];
    const auto [it, inserted] = announcers.try_emplace(peer);
    if (!inserted) return;
    it->second = {name, preferred, State::kWaiting, from, sequence_++};
    PeerIndex& index = peers_[peer];
    index.by_sequence[it->second.sequence] = name.hash;
    index.checks.insert({from, it->second.sequence});
    ++size_;
}

std::uint64_t TxRequestTracker::priority(const Hash256& hash, PeerId peer, bool preferred) const
{
    const std::uint64_t mixed =
        crypto::siphash(key_, hash, static_cast<std::uint32_t>(peer)) ^ static_cast<std::uint64_t>(peer >> 32);
    return mixed >> 1 | (preferred ? std::uint64_t{1} << 63 : 0);
}

bool TxRequestTracker::is_chosen(const Announcers& announcers, PeerId peer, const Hash256& hash, Time now) const
{
    const Announcement& mine = announcers.at(peer);
    if (mine.state != State::kWaiting || mine.time > now) return false;
    const std::uint64_t my_priority = priority(hash, peer, mine.preferred);
    return std::ranges::none_of(announcers, [&](const auto& entry) {
        const auto& [other, announcement] = entry;
        if (announcement.state == State::kRequested) return true;
        return other != peer && announcement.state == State::kWaiting && announcement.time <= now &&
               priority(hash, other, announcement.preferred) > my_priority;
    });
}

std::vector<TxName> TxRequestTracker::requestable(PeerId peer, Time now)
{
    while (!expiries_.empty() && expiries_.begin()->first <= now) {
        const auto [hash, asked] = expiries_.begin()->second;
        expiries_.erase(expiries_.begin());
        const auto entry = table_.find(hash);
        if (entry != table_.end()) finish(entry, asked);
    }
    std::vector<TxName> result;
    const auto index = peers_.find(peer);
    if (index == peers_.end()) return result;
    auto& checks = index->second.checks;
    std::vector<std::uint64_t> due;
    while (!checks.empty() && checks.begin()->first <= now) {
        due.push_back(checks.begin()->second);
        checks.erase(checks.begin());
    }
    std::ranges::sort(due);
    for (const std::uint64_t sequence : due) {
        const auto entry = index->second.by_sequence.find(sequence);
        if (entry == index->second.by_sequence.end()) continue;  // answered and forgotten meanwhile
        const Hash256 hash = entry->second;
        const Announcers& announcers = table_.at(hash);
        if (is_chosen(announcers, peer, hash, now)) result.push_back(announcers.at(peer).name);
    }
    return result;
}

void TxRequestTracker::requested(PeerId peer, const Hash256& hash, Time expiry)
{
    const auto entry = table_.find(hash);
    if (entry == table_.end() || !entry->second.contains(peer)) return;
    Announcement& announcement = entry->second.at(peer);
    if (announcement.state != State::kWaiting) return;
    // Only one request at a time: a former one, which expired or was overtaken, is done with.
    std::vector<PeerId> others;
    for (const auto& [other, a] : entry->second) {
        if (a.state == State::kRequested) others.push_back(other);
    }
    announcement.state = State::kRequested;
    announcement.time = expiry;
    ++peers_[peer].in_flight;
    expiries_.insert({expiry, {hash, peer}});
    for (const PeerId other : others) finish(entry, other);
}

void TxRequestTracker::responded(PeerId peer, const Hash256& hash)
{
    const auto entry = table_.find(hash);
    if (entry != table_.end()) finish(entry, peer);
}

void TxRequestTracker::finish(Table::iterator entry, PeerId peer)
{
    Announcers& announcers = entry->second;
    const auto found = announcers.find(peer);
    if (found == announcers.end()) return;
    Announcement& announcement = found->second;
    if (announcement.state == State::kRequested) {
        --peers_[peer].in_flight;
        expiries_.erase({announcement.time, {entry->first, peer}});
    }
    announcement.state = State::kDone;
    // When nobody is left to be asked, the transaction is forgotten, so that it can be announced anew.
    if (std::ranges::all_of(announcers, [](const auto& a) { return a.second.state == State::kDone; })) {
        forget(Hash256{entry->first});
    } else {
        recheck(announcers);
    }
}

void TxRequestTracker::recheck(const Announcers& announcers)
{
    for (const auto& [peer, announcement] : announcers) {
        if (announcement.state != State::kWaiting) continue;
        peers_.at(peer).checks.insert({announcement.time, announcement.sequence});
    }
}

void TxRequestTracker::drop(Announcers& announcers, PeerId peer)
{
    const auto found = announcers.find(peer);
    PeerIndex& index = peers_.at(peer);
    if (found->second.state == State::kRequested) {
        --index.in_flight;
        expiries_.erase({found->second.time, {found->second.name.hash, peer}});
    }
    index.by_sequence.erase(found->second.sequence);
    if (found->second.state == State::kWaiting) index.checks.erase({found->second.time, found->second.sequence});
    if (index.by_sequence.empty()) peers_.erase(peer);
    announcers.erase(found);
    --size_;
}

void TxRequestTracker::forget(const Hash256& hash)
{
    const auto entry = table_.find(hash);
    if (entry == table_.end()) return;
    while (!entry->second.empty()) drop(entry->second, entry->second.begin()->first);
    table_.erase(entry);
}

void TxRequestTracker::forget_peer(PeerId peer)
{
    while (true) {
        const auto index = peers_.find(peer);
        if (index == peers_.end()) return;
        const Hash256 hash = index->second.by_sequence.begin()->second;
        const auto entry = table_.find(hash);
        drop(entry->second, peer);
        if (std::ranges::all_of(entry->second, [](const auto& a) { return a.second.state == State::kDone; })) {
            forget(hash);
        } else {
            recheck(entry->second);
        }
    }
}

std::vector<PeerId> TxRequestTracker::candidates(const Hash256& hash) const
{
    std::vector<PeerId> result;
    const auto entry = table_.find(hash);
    if (entry == table_.end()) return result;
    for (const auto& [peer, announcement] : entry->second) {
        if (announcement.state != State::kDone) result.push_back(peer);
    }
    return result;
}

std::size_t TxRequestTracker::count(PeerId peer) const
{
    const auto index = peers_.find(peer);
    return index == peers_.end() ? 0 : index->second.by_sequence.size();
}

std::size_t TxRequestTracker::count_in_flight(PeerId peer) const
{
    const auto index = peers_.find(peer);
    return index == peers_.end() ? 0 : index->second.in_flight;
}

}  // namespace cairn::protocol
