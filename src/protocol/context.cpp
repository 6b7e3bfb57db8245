#include "protocol/context.h"

#include <algorithm>

#include "consensus/encoding/writer.h"
#include "consensus/limits.h"

namespace cairn::protocol {
namespace {

Hash256 address_key(const EngineOptions& options, Random& random)
{
    Hash256 key;
    for (std::size_t i = 0; i < 4; ++i) {
        std::uint64_t word = random.next() ^ options.seed0;
        for (std::size_t j = 0; j < 8; ++j, word >>= 8) key.bytes[8 * i + j] = std::byte(word & 0xff);
    }
    return key;
}

}  // namespace

std::string_view connection_type_name(ConnectionType type)
{
    switch (type) {
        case ConnectionType::kInbound:
            return "inbound";
        case ConnectionType::kFullOutbound:
            return "outbound-full-relay";
        case ConnectionType::kManual:
            return "manual";
        case ConnectionType::kFeeler:
            return "feeler";
        case ConnectionType::kBlockRelay:
            return "block-relay-only";
        case ConnectionType::kAddrFetch:
            break;
    }
    return "addr-fetch";
}

Context::Context(EngineOptions engine_options, const ChainPort& chain_port, MempoolPort& mempool_port,
                 const HeaderRules& header_rules, Random& random_source, Time time)
    : options(std::move(engine_options)),
      chain(chain_port),
      mempool(mempool_port),
      rules(header_rules),
      random(random_source),
      now(time),
      addresses(address_key(options, random_source), random_source),
      bans(random_source),
      cycle_start(time)
{
}

Peer* Context::find(PeerId id)
{
    const auto found = peers.find(id);
    return found == peers.end() || found->second->disconnecting ? nullptr : found->second.get();
}

std::string Context::shown(const Peer& peer) const
{
    std::string text = "peer=" + std::to_string(peer.id);
    if (options.log_addresses) text += ", peeraddr=" + peer.name;
    return text;
}

void Context::debug(const Peer& peer, std::string_view text)
{
    log(Log::Level::kDebug, std::string(text) + ", " + shown(peer));
}

void Context::send(Peer& peer, std::string_view type, ByteSpan payload)
{
    if (peer.disconnecting) return;
    Bytes bytes = peer.transport.encode(type, payload);
    peer.unsent += bytes.size();
    peer.bytes_sent += bytes.size();
    peer.sent_per_message[std::string(type)] += bytes.size();
    if (now - cycle_start >= kUploadCycle) {
        cycle_start = now;
        cycle_bytes = 0;
    }
    cycle_bytes += bytes.size();
    act(Send{peer.id, std::move(bytes)});
}

void Context::send_inventory(Peer& peer, std::string_view type, std::span<const Inventory> items)
{
    const std::size_t most = type == message::kGetData ? kMaxGetData : kMaxInventory;
    while (!items.empty()) {
        const auto some = items.first(std::min(most, items.size()));
        send(peer, type, encode_inventory(some));
        items = items.subspan(some.size());
    }
}

void Context::disconnect(Peer& peer, std::string_view reason)
{
    if (peer.disconnecting) return;
    debug(peer, "disconnecting: " + std::string(reason));
    peer.disconnecting = true;
    leaving.push_back(peer.id);
}

void Context::misbehaving(Peer& peer, std::string_view reason)
{
    debug(peer, "Misbehaving: " + std::string(reason));
    peer.should_discourage = true;
    leaving.push_back(peer.id);
}

void Context::punish_for_block(Peer& peer, BlockVerdict verdict, const std::string& reason)
{
    switch (verdict) {
        case BlockVerdict::kValid:
        case BlockVerdict::kLowWork:
        case BlockVerdict::kTimeFuture:
        case BlockVerdict::kNotProcessed:
            return;
        case BlockVerdict::kCachedInvalid:
            // An inbound peer may simply not know yet; to outbound ones we would be stuck.
            if (!peer.is_inbound()) misbehaving(peer, reason);
            return;
        case BlockVerdict::kConsensus:
        case BlockVerdict::kMutated:
        case BlockVerdict::kInvalidHeader:
        case BlockVerdict::kInvalidPrevious:
        case BlockVerdict::kMissingPrevious:
            misbehaving(peer, reason);
            return;
    }
}

std::uint64_t Context::keyed(std::uint64_t purpose, ByteSpan bytes) const
{
    return crypto::siphash({options.seed0, options.seed1}, Writer{}.u64(purpose).bytes(bytes).view());
}

ChainWork Context::anti_dos_work() const
{
    const HeaderInfo tip = chain.info(chain.tip());
    const ChainWork margin = rules.work_of(tip.bits) * kAntiDosWorkBlocks;
    const ChainWork near_tip = tip.work - std::min(margin, tip.work);
    return std::max(near_tip, chain.minimum_work());
}

bool Context::can_direct_fetch() const
{
    return from_unix(chain.info(chain.tip()).time) > now - options.network.block_interval * 20;
}

Services Context::desirable_services(Services offered) const
{
    const Duration behind = now - from_unix(chain.info(chain.tip()).time);
    if ((offered & kNodeNetworkLimited) != 0 && behind / options.network.block_interval < kLimitedAllowBlocks) {
        return kNodeNetworkLimited | kNodeWitness;
    }
    return kNodeNetwork | kNodeWitness;
}

bool Context::upload_target_reached(bool historical) const
{
    const std::uint64_t target = options.max_upload_target;
    if (target == 0) return false;
    const std::uint64_t used = now - cycle_start >= kUploadCycle ? 0 : cycle_bytes;
    if (!historical) return used >= target;
    // Enough is kept back to serve the blocks that will yet be found in this cycle.
    const Duration left = std::max(kUploadCycle - (now - cycle_start), Duration{0});
    const std::uint64_t reserve =
        static_cast<std::uint64_t>(left / options.network.block_interval) * consensus::kMaxBlockSize;
    return reserve >= target || used >= target - reserve;
}

bool Context::rejects_transactions(const Peer& peer) const
{
    if (peer.type == ConnectionType::kBlockRelay || peer.type == ConnectionType::kFeeler) return true;
    return options.blocks_only && !peer.has(kPermissionRelay);
}

bool Context::may_serve(HeaderHandle header) const
{
    if (chain.in_active_chain(header)) return true;
    if (!chain.status(header).fully_valid) return false;
    const HeaderInfo info = chain.info(header);
    const HeaderInfo best = chain.info(chain.best_header());
    const auto limit = std::chrono::duration_cast<std::chrono::seconds>(kStaleRelayAge).count();
    if (best.time - info.time >= limit) return false;
    // Nor branches that would take long to overtake the best one.
    const std::int64_t interval =
        std::chrono::duration_cast<std::chrono::seconds>(options.network.block_interval).count();
    const ChainWork per_block = rules.work_of(best.bits);
    const ChainWork allowed = per_block * static_cast<std::uint64_t>(limit / interval);
    return best.work <= info.work || best.work - info.work < allowed;
}

void update_availability(Context& context, Peer& peer)
{
    HeaderState& state = peer.headers;
    if (state.last_unknown.is_null()) return;
    const HeaderHandle header = context.chain.find(state.last_unknown);
    if (!header) return;
    if (!state.best_known || context.chain.info(header).work >= context.chain.info(state.best_known).work) {
        state.best_known = header;
    }
    state.last_unknown = {};
}

void update_availability(Context& context, Peer& peer, const BlockHash& announced)
{
    update_availability(context, peer);
    peer.headers.last_unknown = announced;
    update_availability(context, peer);
}

bool peer_has_header(const Context& context, const Peer& peer, HeaderHandle header)
{
    const Height height = context.chain.info(header).height;
    const auto includes = [&](HeaderHandle known) { return known && context.chain.ancestor(known, height) == header; };
    return includes(peer.headers.best_known) || includes(peer.headers.best_sent);
}

}  // namespace cairn::protocol
