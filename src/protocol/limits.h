#pragma once
// Every bound of the peer-to-peer conversation, in one place. Values are Bitcoin Core 31.99's unless a comment says
// otherwise; each is tested at the bound and one over (tests/unit/protocol).

#include <cstddef>
#include <cstdint>

#include "protocol/time.h"

namespace cairn::protocol {

// Messages and buffers.
inline constexpr std::size_t kMaxMessageSize = 4'000'000;  // payload; over: disconnect, before anything is allocated
inline constexpr std::size_t kDefaultReceiveBuffer =
    5'000'000;  // -maxreceivebuffer: undecided bytes of a peer; over: reading pauses
inline constexpr std::size_t kDefaultSendBuffer = 1'000'000;  // -maxsendbuffer: unsent bytes; over: its messages wait
inline constexpr std::size_t kMaxQueuedMessages = 20'000;     // undecided messages of a peer; over: reading pauses
inline constexpr std::size_t kMaxUserAgentLength = 256;
inline constexpr std::size_t kMaxHeaders = 2000;
inline constexpr std::size_t kMaxInventory = 50'000;  // entries of inv, getdata; over: misbehaviour
inline constexpr std::size_t kMaxGetData = 1000;      // entries of one getdata we send
inline constexpr std::size_t kMaxAddresses = 1000;
inline constexpr std::size_t kMaxLocator = 101;
inline constexpr std::size_t kMaxGetBlocksAnswer = 500;
inline constexpr std::size_t kMaxBlocksToAnnounce = 8;
inline constexpr std::size_t kMaxNotFound = 5000 + 16;   // longer ones are ignored
inline constexpr std::size_t kMaxAddressLengthV2 = 512;  // BIP155

// Handshake and liveness.
inline constexpr std::int32_t kProtocolVersion = 70016;
inline constexpr std::int32_t kMinPeerVersion = 31800;
inline constexpr Duration kDefaultPeerTimeout = 60s;  // -peertimeout: no complete handshake, or silence, in this time
inline constexpr Duration kInactivityTimeout = 20min;
inline constexpr Duration kPingInterval = 2min;

// Connections.
inline constexpr int kDefaultMaxConnections = 125;
inline constexpr int kMaxFullOutbound = 8;
inline constexpr int kMaxBlockRelayOutbound = 2;
inline constexpr int kMaxFeelers = 1;
inline constexpr int kMaxManual = 8;  // connections to added nodes at a time; further ones wait
inline constexpr Duration kFeelerInterval = 2min;
inline constexpr Duration kExtraBlockRelayInterval = 5min;
inline constexpr Duration kConnectInterval = 500ms;  // between two attempts of the connection manager
inline constexpr Duration kManualRetryInterval = 60s;
inline constexpr Duration kSeedNodeInterval = 10s;
inline constexpr Duration kSeedNodeTimeout = 30s;     // so long DNS seeds wait for what -seednode leads to
inline constexpr std::size_t kMaxSeedAddresses = 32;  // of one DNS seed's answer
inline constexpr Duration kDnsSeedDelay = 11s;
inline constexpr int kEnoughAddresses = 1000;  // with so many known, DNS seeds wait five minutes
inline constexpr Duration kDnsSeedDelayManyAddresses = 5min;

// Misbehaviour.
inline constexpr std::size_t kDiscouragedFilterSize = 50'000;
inline constexpr double kDiscouragedFalsePositives = 0.000001;  // floating: a rate of errors
inline constexpr Duration kDefaultBanTime = 24h;
inline constexpr std::size_t kMaxBans = 100'000;  // ours; further setban is refused

// Headers.
inline constexpr Duration kHeadersTimeoutBase = 15min;
inline constexpr Duration kHeadersTimeoutPerHeader = 1ms;
inline constexpr Duration kHeadersResponseTime = 2min;
inline constexpr Duration kChainSyncTimeout = 20min;
inline constexpr int kMaxProtectedOutbound = 4;
inline constexpr int kAntiDosWorkBlocks = 144;

// Block download.
inline constexpr int kBlockWindow = 1024;
inline constexpr std::size_t kMaxBlocksInFlightPerPeer = 16;
inline constexpr std::size_t kRefillBlocksAt = 8;  // ours: with more in flight, asking on waits for the next tick
inline constexpr std::size_t kMaxRequestersPerBlock = 2;  // ours: the first asked, and one that takes over
inline constexpr Duration kStallingTimeout = 2s;
inline constexpr Duration kStallingTimeoutMax = 64s;
inline constexpr Duration kTakeoverMin = 1s;   // ours: a peer silent so long has its blocks asked from others as well,
inline constexpr Duration kTakeoverMax = 10s;  // scaled by how long blocks take at present, up to this
inline constexpr Duration kTakeoverBackoffMax = 64s;
inline constexpr double kBlockTimeoutBase = 1;       // floating: a time, in units of the block interval
inline constexpr double kBlockTimeoutPerPeer = 0.5;  // floating: a time
inline constexpr int kLimitedMinBlocks = 288;
inline constexpr int kLimitedAllowBlocks = 144;
inline constexpr std::size_t kMaxSubmittedBlockBytes = 5'000'000;  // ours: blocks of one peer awaiting their verdict
inline constexpr std::size_t kMaxSubmittedBlocks = 64;
inline constexpr std::size_t kMaxProcessingBytes = 64'000'000;  // ours: and of all peers together
inline constexpr std::size_t kMaxBlockSources = 4096;  // ours: peers remembered as a block's source until its verdict

// Serving.
inline constexpr Duration kStaleRelayAge = 30 * 24h;
inline constexpr Duration kHistoricalBlockAge = 7 * 24h;
inline constexpr Duration kUploadCycle = 24h;  // of -maxuploadtarget

// Outbound turnover.
inline constexpr Duration kStaleTipCheckInterval = 10min;
inline constexpr Duration kExtraPeerCheckInterval = 45s;
inline constexpr Duration kMinimumConnectTime = 30s;

// Transactions.
inline constexpr std::size_t kMaxTxRequestsInFlight = 100;
inline constexpr std::size_t kMaxTxAnnouncements = 5000;
inline constexpr Duration kTxidRelayDelay = 2s;
inline constexpr Duration kNonPreferredDelay = 2s;
inline constexpr Duration kOverloadedDelay = 2s;
inline constexpr Duration kTxRequestExpiry = 60s;
inline constexpr std::size_t kRecentRejects = 120'000;
inline constexpr std::size_t kRecentConfirmed = 48'000;
inline constexpr double kRejectFalsePositives = 0.000001;  // floating: a rate of errors
inline constexpr Duration kInboundTrickle = 5s;
inline constexpr Duration kOutboundTrickle = 2s;
inline constexpr std::size_t kBroadcastTarget = 14 * 5;
inline constexpr std::size_t kBroadcastMax = 1000;
inline constexpr std::size_t kKnownTransactions = 50'000;
inline constexpr std::size_t kMaxTransactionsToSend =
    400'000;  // ours: queue of announcements per peer; beyond, the oldest rule is to skip
inline constexpr Duration kFeeFilterInterval = 10min;
inline constexpr Duration kFeeFilterChangeDelay = 5min;
inline constexpr Duration kUnbroadcastBase = 10min;
inline constexpr Duration kUnbroadcastSpread = 5min;
inline constexpr std::int64_t kOrphanWeightPerPeer = 404'000;
inline constexpr std::size_t kMaxOrphanLatencyScore = 3000;
inline constexpr std::int64_t kMaxOrphanWeight = 400'000;  // heavier ones are not kept
// Ours: so long the sender of a transaction, or rather its next message, waits for the orphans that it completed,
// directly or not; longer by what passes until the next input, at most a tick.
inline constexpr Duration kMaxOrphanWait = 100ms;

// Addresses.
inline constexpr std::size_t kMaxAddressPercent = 23;
inline constexpr double kAddressRate = 0.1;     // floating: addresses, per second and peer
inline constexpr double kAddressBucket = 1000;  // floating: addresses
inline constexpr Duration kLocalAddressInterval = 24h;
inline constexpr Duration kAddressInterval = 30s;
inline constexpr Duration kAddressRotation = 24h;
inline constexpr std::size_t kKnownAddresses = 5000;
inline constexpr Duration kSaveAddressesInterval = 15min;
inline constexpr Duration kAddressCacheLifetime = 21h;
inline constexpr Duration kAddressCacheSpread = 6h;
inline constexpr std::size_t kMaxAddressCaches = 64;  // ours: sockets times networks for which an answer is kept
inline constexpr std::size_t kNewBuckets = 1024;
inline constexpr std::size_t kTriedBuckets = 256;
inline constexpr std::size_t kBucketSize = 64;
inline constexpr std::size_t kTriedBucketsPerGroup = 8;
inline constexpr std::size_t kNewBucketsPerSource = 64;
inline constexpr int kNewBucketsPerAddress = 8;
inline constexpr Duration kAddressHorizon = 30 * 24h;
inline constexpr int kAddressRetries = 3;
inline constexpr int kAddressMaxFailures = 10;
inline constexpr Duration kAddressMinFail = 7 * 24h;
inline constexpr Duration kAddressReplacement = 4h;
inline constexpr std::size_t kTriedCollisions = 10;
inline constexpr Duration kCollisionTestWindow = 40min;

}  // namespace cairn::protocol
