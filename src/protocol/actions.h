#pragma once
// What the peer-to-peer logic wants done, and what comes back. Carried out in order by the shell (src/net) and the
// node.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "consensus/primitives/block.h"
#include "protocol/net_address.h"
#include "protocol/ports.h"

namespace cairn::protocol {

/// Numbers of connections, from 0, never used twice.
using PeerId = std::int64_t;

enum class ConnectionType : std::uint8_t { kInbound, kFullOutbound, kManual, kFeeler, kBlockRelay, kAddrFetch };

/// "inbound", "outbound-full-relay", "manual", "feeler", "block-relay-only", "addr-fetch".
std::string_view connection_type_name(ConnectionType type);

/// Write these bytes to the peer. The shell reports back with on_sent.
struct Send {
    PeerId peer = 0;
    Bytes bytes;
};
/// Close the connection now; bytes not yet written are lost. No on_disconnected follows.
struct Disconnect {
    PeerId peer = 0;
};
/// Stop or resume reading from the peer.
struct SetReading {
    PeerId peer = 0;
    bool enabled = true;
};
/// Open a connection: on_connected or on_connect_failed answers, with the same attempt number. Either `endpoint`, or
/// where that is not valid `name` ("host:port", to be resolved).
struct Connect {
    std::uint64_t attempt = 0;
    Endpoint endpoint;
    std::string name;
};
/// Ask DNS for the addresses of a seed: on_resolved answers.
struct Resolve {
    std::string name;
    std::uint16_t port = 0;
};
/// Something worth saving changed: the address manager's file or the list of bans.
struct Save {
    enum class What : std::uint8_t { kAddresses, kBans } what = What::kAddresses;
};
/// Read a block from disk: on_block_read answers with the same peer and hash.
struct ReadBlock {
    PeerId peer = 0;
    BlockHash hash;
};
/// Add headers to the tree; they connect to each other. on_headers_result answers.
struct SubmitHeaders {
    PeerId peer = 0;
    std::vector<BlockHeader> headers;
};
/// Validate a block: on_block_result answers. `requested`: store it even if it does not extend the best chain (Core's
/// force_processing). `min_work_checked`: its chain has enough work to be stored.
struct SubmitBlock {
    PeerId peer = 0;
    BlockRef block;
    bool requested = false;
    bool min_work_checked = false;
};
/// Offer a transaction to the mempool: on_transaction_result answers.
struct SubmitTransaction {
    PeerId peer = 0;
    TransactionRef transaction;
};
/// Low-work header sync goes on, for progress display.
struct PresyncProgress {
    Height height = 0;
    std::int64_t time = 0;
};
/// A line for the log.
struct Log {
    enum class Level : std::uint8_t { kDebug, kInfo, kWarning } level = Level::kDebug;
    std::string text;
};

using Action = std::variant<Send, Disconnect, SetReading, Connect, Resolve, Save, ReadBlock, SubmitHeaders, SubmitBlock,
                            SubmitTransaction, PresyncProgress, Log>;

/// What validation found about a header or block: Bitcoin Core's BlockValidationResult.
enum class BlockVerdict : std::uint8_t {
    kValid,          // or not yet decided: see on_block_checked
    kConsensus,      // invalid by the rules
    kCachedInvalid,  // was known to be invalid
    kInvalidHeader,  // proof of work, time too old, version, or difficulty
    kMutated,        // the body does not belong to the header
    kMissingPrevious,
    kInvalidPrevious,  // built on an invalid block
    kTimeFuture,
    kLowWork,       // ignored: not enough work to be stored
    kNotProcessed,  // no verdict on the thing itself: shutting down, disk error
};

struct HeadersResult {
    BlockVerdict verdict = BlockVerdict::kValid;
    /// The last header that is in the tree now, where all were taken.
    HeaderHandle last;
    std::string reason;  // the network's, for the log
};

struct BlockResult {
    /// It was new and is stored.
    bool is_new = false;
    BlockVerdict verdict = BlockVerdict::kValid;
    std::string reason;
};

/// What the mempool found: Bitcoin Core's TxValidationResult, as far as it matters to whom sent it.
enum class TxVerdict : std::uint8_t {
    kAccepted,
    kAlreadyKnown,       // in the mempool, or in conflict with what is: remembered by wtxid
    kInvalid,            // consensus, policy, or conflict: remembered by wtxid
    kInputsNotStandard,  // remembered by txid as well
    kWitnessStripped,    // not remembered
    kMissingInputs,
    kReconsiderable,  // fee too low: may come back with a child
    kNotProcessed,    // no verdict: shutting down
};

struct TransactionResult {
    TxVerdict verdict = TxVerdict::kAccepted;
    std::string reason;
};

}  // namespace cairn::protocol
