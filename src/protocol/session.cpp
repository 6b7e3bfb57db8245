#include "protocol/session.h"

#include <algorithm>

#include "crypto/text.h"

namespace cairn::protocol {
namespace {

constexpr std::int32_t kPongVersion = 60000;                // newer ones answer pings (BIP31)
constexpr std::int32_t kFeatureNegotiationVersion = 70016;  // wtxidrelay, sendaddrv2
constexpr std::uint64_t kCompactBlocksVersion = 2;
constexpr std::size_t kMaxTimeOffsets = 50;
constexpr int kMaxLocalScore = 1'000'000;

}  // namespace

const std::map<std::string_view, Session::Handler>& Session::handlers()
{
    static const std::map<std::string_view, Handler> table = {
        {message::kVersion, &Session::on_version},
        {message::kVerack, &Session::on_verack},
        {message::kWtxidRelay, &Session::on_wtxidrelay},
        {message::kSendAddrV2, &Session::on_sendaddrv2},
        {message::kSendHeaders, &Session::on_sendheaders},
        {message::kSendCmpct, &Session::on_sendcmpct},
        {message::kSendTxRcncl, &Session::on_ignored},
        {message::kPing, &Session::on_ping},
        {message::kPong, &Session::on_pong},
        {message::kFilterLoad, &Session::on_filter},
        {message::kFilterAdd, &Session::on_filter},
        {message::kFilterClear, &Session::on_filter},
        {message::kFeeFilter, &Session::on_feefilter},
        // We never ask for compact blocks, so none that comes means anything.
        {message::kCmpctBlock, &Session::on_ignored},
        {message::kGetBlockTxn, &Session::on_ignored},
        {message::kBlockTxn, &Session::on_ignored},
        {message::kMerkleBlock, &Session::on_ignored},
        {message::kGetCFilters, &Session::on_filter_index_request},
        {message::kGetCFHeaders, &Session::on_filter_index_request},
        {message::kGetCFCheckpt, &Session::on_filter_index_request},
        {message::kCFilter, &Session::on_ignored},
        {message::kCFHeaders, &Session::on_ignored},
        {message::kCFCheckpt, &Session::on_ignored},
    };
    return table;
}

bool Session::on_message(Peer& peer, const Received& message)
{
    const HandshakeState& handshake = peer.handshake;
    const bool before_verack = message.type == message::kVersion || message.type == message::kVerack ||
                               message.type == message::kWtxidRelay || message.type == message::kSendAddrV2 ||
                               message.type == message::kSendHeaders || message.type == message::kSendCmpct ||
                               message.type == message::kSendTxRcncl;
    if (message.type != message::kVersion && handshake.version == 0) {
        context_.log(Log::Level::kDebug, "non-version message before version handshake. Message \"" +
                                             sanitized(message.type) + "\" from peer=" + std::to_string(peer.id));
        return true;
    }
    if (!before_verack && !handshake.complete) {
        context_.log(Log::Level::kDebug, "Unsupported message \"" + sanitized(message.type) +
                                             "\" prior to verack from peer=" + std::to_string(peer.id));
        return true;
    }
    const auto found = handlers().find(message.type);
    if (found == handlers().end()) return !is_known_message(message.type);
    (this->*found->second)(peer, message.payload);
    return true;
}

void Session::send_version(Peer& peer)
{
    HandshakeState& handshake = peer.handshake;
    if (handshake.local_nonce == 0) handshake.local_nonce = context_.random.next() | 1;
    VersionMessage version;
    version.version = kProtocolVersion;
    version.services = context_.options.services;
    version.sender_services = context_.options.services;
    version.time = unix_seconds(context_.now);
    const NetAddress& address = peer.address.address;
    if (address.is_routable() && address.fits_v1()) version.receiver = peer.address;
    version.nonce = handshake.local_nonce;
    version.user_agent = context_.options.user_agent;
    version.start_height = context_.chain.info(context_.chain.tip()).height;
    version.relay = !context_.rejects_transactions(peer);
    context_.send(peer, message::kVersion, encode_version(version));
}

void Session::on_version(Peer& peer, ByteSpan payload)
{
    if (peer.handshake.version != 0) return context_.debug(peer, "redundant version message");
    const auto version = decode_version(payload);
    if (!version) return context_.debug(peer, "version message that cannot be read");
    if (!accept_version(peer, *version)) return;
    adopt_version(peer, *version);
    answer_version(peer);
}

bool Session::accept_version(Peer& peer, const VersionMessage& version)
{
    if (!peer.is_inbound()) context_.addresses.set_services(peer.address, version.services);
    const bool expects_services = peer.type == ConnectionType::kFullOutbound ||
                                  peer.type == ConnectionType::kBlockRelay || peer.type == ConnectionType::kAddrFetch;
    if (expects_services && !context_.has_desirable_services(version.services)) {
        context_.disconnect(peer, "peer does not offer the expected services");
        return false;
    }
    if (version.version < kMinPeerVersion) {
        context_.log(Log::Level::kDebug, "peer using obsolete version " + std::to_string(version.version) +
                                             ", disconnecting peer=" + std::to_string(peer.id));
        context_.disconnect(peer, "obsolete version");
        return false;
    }
    if (peer.is_inbound() && is_own_nonce(version.nonce)) {
        context_.log(Log::Level::kInfo, "connected to self at " + peer.address.to_string() + ", disconnecting");
        context_.disconnect(peer, "connected to self");
        return false;
    }
    return true;
}

bool Session::is_own_nonce(std::uint64_t nonce) const
{
    return std::ranges::any_of(context_.peers, [&](const auto& entry) {
        const Peer& other = *entry.second;
        return !other.handshake.complete && !other.is_inbound() && other.handshake.local_nonce == nonce;
    });
}

void Session::adopt_version(Peer& peer, const VersionMessage& version)
{
    HandshakeState& handshake = peer.handshake;
    handshake.version = version.version;
    handshake.common_version = std::min(version.version, kProtocolVersion);
    handshake.services = version.services;
    handshake.has_wanted_services = context_.has_desirable_services(version.services);
    handshake.user_agent = sanitized(version.user_agent);
    if (version.receiver.is_valid()) handshake.local = version.receiver;
    if (peer.is_inbound()) confirm_local(version.receiver.address);
    handshake.time_offset = std::max<std::int64_t>(version.time, 0) - unix_seconds(context_.now);
    const bool takes_part = peer.type != ConnectionType::kBlockRelay && peer.type != ConnectionType::kFeeler;
    if (takes_part && version.relay) {
        peer.tx_relay = std::make_unique<TxRelayState>(context_.random);
        peer.tx_relay->relay = true;
    }
    peer.download.preferred = (!peer.is_inbound() || peer.has(kPermissionNoBan)) &&
                              peer.type != ConnectionType::kAddrFetch && peer.serves_blocks();
    if (peer.is_inbound()) return;
    if (outbound_offsets_.size() < kMaxTimeOffsets) outbound_offsets_.push_back(0);
    outbound_offsets_[next_offset_++ % kMaxTimeOffsets] = handshake.time_offset;
}

/// An address of ours by which somebody reached us is the better for it.
void Session::confirm_local(const NetAddress& address)
{
    if (!address.is_routable()) return;
    for (auto& [endpoint, score] : context_.local_addresses) {
        if (endpoint.address == address && score < kMaxLocalScore) ++score;
    }
}

void Session::answer_version(Peer& peer)
{
    if (peer.is_inbound()) send_version(peer);
    if (peer.handshake.common_version >= kFeatureNegotiationVersion) {
        context_.send(peer, message::kWtxidRelay);
        context_.send(peer, message::kSendAddrV2);
    }
    context_.send(peer, message::kVerack);
    if (!peer.is_inbound()) context_.addresses.good(peer.address, context_.now);
    // A feeler's purpose is fulfilled.
    if (peer.type == ConnectionType::kFeeler) context_.disconnect(peer, "feeler connection completed");
}

void Session::on_verack(Peer& peer, ByteSpan)
{
    if (peer.handshake.complete) return context_.debug(peer, "ignoring redundant verack message");
    peer.handshake.complete = true;
    const auto level = peer.is_inbound() ? Log::Level::kDebug : Log::Level::kInfo;
    context_.log(level, "New " + std::string(connection_type_name(peer.type)) +
                            " peer connected: transport: " + std::string(TransportV1::kName) +
                            ", version: " + std::to_string(peer.handshake.version) + ", " + context_.shown(peer));
}

void Session::on_wtxidrelay(Peer& peer, ByteSpan)
{
    if (peer.handshake.complete) return context_.disconnect(peer, "wtxidrelay received after verack");
    if (peer.handshake.common_version >= kFeatureNegotiationVersion) peer.handshake.wtxid_relay = true;
}

void Session::on_sendaddrv2(Peer& peer, ByteSpan)
{
    if (peer.handshake.complete) return context_.disconnect(peer, "sendaddrv2 received after verack");
    peer.handshake.wants_addrv2 = true;
}

void Session::on_sendheaders(Peer& peer, ByteSpan)
{
    peer.handshake.prefers_headers = true;
}

void Session::on_sendcmpct(Peer& peer, ByteSpan payload)
{
    const auto message = decode_sendcmpct(payload);
    if (!message) return;
    if (message->high_bandwidth > 1) return context_.misbehaving(peer, "invalid sendcmpct announce field");
    if (message->version == kCompactBlocksVersion) peer.bip152_from = message->high_bandwidth == 1;
}

void Session::on_ping(Peer& peer, ByteSpan payload)
{
    if (peer.handshake.common_version <= kPongVersion) return;
    const auto nonce = decode_u64(payload);
    if (nonce) context_.send(peer, message::kPong, encode_u64(*nonce));
}

void Session::on_pong(Peer& peer, ByteSpan payload)
{
    PingState& ping = peer.ping;
    const auto nonce = decode_u64(payload);
    std::string problem;
    bool finished = true;
    if (!nonce) {
        problem = "Short payload";
    } else if (ping.nonce == 0) {
        problem = "Unsolicited pong without ping";
        finished = false;
    } else if (*nonce != ping.nonce) {
        problem = *nonce == 0 ? "Nonce zero" : "Nonce mismatch";  // zero: a faulty implementation
        finished = *nonce == 0;
    } else if (context_.now < ping.start) {
        problem = "Timing mishap";
    } else {
        ping.last = context_.now - ping.start;
        ping.minimum = std::min(ping.minimum.value_or(*ping.last), *ping.last);
    }
    if (!problem.empty()) {
        context_.log(Log::Level::kDebug, "pong peer=" + std::to_string(peer.id) + ": " + problem);
    }
    if (finished) ping.nonce = 0;
}

void Session::on_filter(Peer& peer, ByteSpan)
{
    // BIP37 is not offered (Core's -peerbloomfilters=0).
    context_.disconnect(peer, "filter message received despite not offering bloom services");
}

void Session::on_filter_index_request(Peer& peer, ByteSpan)
{
    context_.disconnect(peer, "requested unsupported block filter type");
}

void Session::on_feefilter(Peer& peer, ByteSpan payload)
{
    const auto value = decode_u64(payload);
    if (!value) return;
    const Amount fee{static_cast<std::int64_t>(*value)};
    if (fee.is_money() && peer.tx_relay) peer.tx_relay->fee_filter_received = fee;
}

void Session::on_ignored(Peer&, ByteSpan) {}

bool Session::is_inactive(Peer& peer)
{
    const Time now = context_.now;
    if (peer.connected + context_.options.peer_timeout >= now) return false;
    const bool received = peer.last_receive > Time{};
    const bool sent = peer.last_send > Time{};
    const auto timeout = std::chrono::duration_cast<std::chrono::seconds>(context_.options.peer_timeout).count();
    std::string reason;
    if (!received || !sent) {
        reason = "socket no message in first " + std::to_string(timeout) + " seconds";
        if (!received) reason += ", never received from peer";
        if (!sent) reason += ", never sent to peer";
    } else if (now > peer.last_send + kInactivityTimeout) {
        reason = "socket sending timeout";
    } else if (now > peer.last_receive + kInactivityTimeout) {
        reason = "socket receive timeout";
    } else if (!peer.handshake.complete) {
        reason = "version handshake timeout";
    }
    if (reason.empty()) return false;
    context_.log(Log::Level::kDebug, reason + ", disconnecting peer=" + std::to_string(peer.id));
    return true;
}

void Session::maintain(Peer& peer)
{
    if (is_inactive(peer)) return context_.disconnect(peer, "inactive");
    if (!peer.handshake.complete) return;
    const Time now = context_.now;
    PingState& ping = peer.ping;
    const bool past_start = peer.connected + context_.options.peer_timeout < now;
    if (past_start && ping.nonce != 0 && now > ping.start + kInactivityTimeout) {
        // floating: a time
        const double seconds = std::chrono::duration<double>(now - ping.start).count();
        context_.log(Log::Level::kDebug,
                     "ping timeout: " + std::to_string(seconds) + "s, disconnecting peer=" + std::to_string(peer.id));
        return context_.disconnect(peer, "ping timeout");
    }
    if (!ping.queued && (ping.nonce != 0 || now <= ping.start + kPingInterval)) return;
    ping.queued = false;
    ping.start = now;
    if (peer.handshake.common_version > kPongVersion) {
        ping.nonce = context_.random.next() | 1;
        context_.send(peer, message::kPing, encode_u64(ping.nonce));
    } else {
        ping.nonce = 0;
        context_.send(peer, message::kPing);
    }
}

std::int64_t Session::median_time_offset() const
{
    if (outbound_offsets_.empty()) return 0;
    std::vector<std::int64_t> sorted = outbound_offsets_;
    std::ranges::sort(sorted);
    return sorted[sorted.size() / 2];
}

}  // namespace cairn::protocol
