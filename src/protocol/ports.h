#pragma once
// What the peer-to-peer logic must know of the chain and the mempool: small read-only interfaces returning values. They
// are called on the protocol's strand and must not block for long; answers may be a moment old, since the validation
// thread goes on meanwhile. The node supplies adapters; tests and the simulator supply fakes.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "consensus/primitives/block.h"
#include "consensus/uint256.h"
#include "protocol/time.h"

namespace cairn::protocol {

/// Names a header in the block tree. Valid as long as the tree; equal only for the same header. A null one names none.
class HeaderHandle {
public:
    constexpr HeaderHandle() = default;
    constexpr explicit HeaderHandle(std::uintptr_t value) : value_(value) {}

    constexpr std::uintptr_t value() const { return value_; }
    constexpr explicit operator bool() const { return value_ != 0; }
    friend constexpr bool operator==(HeaderHandle, HeaderHandle) = default;

private:
    std::uintptr_t value_ = 0;
};

/// What never changes about a header.
struct HeaderInfo {
    BlockHash hash;
    HeaderHandle previous;
    Height height = 0;
    /// Of the chain up to and including it.
    ChainWork work;
    std::int64_t time = 0;
    std::uint32_t bits = 0;
};

/// What may change about a header.
struct HeaderStatus {
    /// Not known to be invalid, nor built on what is (Core: IsValid(BLOCK_VALID_TREE)).
    bool valid = true;
    /// Its block is on disk.
    bool have_data = false;
    /// It and all its ancestors were received at some time (Core: HaveNumChainTxs).
    bool have_chain_data = false;
    /// It was once connected (Core: IsValid(BLOCK_VALID_SCRIPTS)).
    bool fully_valid = false;
    /// Segwit rules hold for it: its block must be asked from peers with witnesses.
    bool segwit = true;
};

class ChainPort {
public:
    virtual ~ChainPort() = default;

    virtual HeaderHandle find(const BlockHash& hash) const = 0;
    virtual HeaderInfo info(HeaderHandle header) const = 0;
    virtual HeaderStatus status(HeaderHandle header) const = 0;
    virtual BlockHeader block_header(HeaderHandle header) const = 0;
    /// The ancestor at `height`, which may be the header's own; null above it or below 0. Must be fast (skip list).
    virtual HeaderHandle ancestor(HeaderHandle header, Height height) const = 0;
    virtual std::int64_t median_time_past(HeaderHandle header) const = 0;

    /// Tip of the active chain; never null (genesis at least).
    virtual HeaderHandle tip() const = 0;
    /// The header with most work that is not known to be invalid; at least tip().
    virtual HeaderHandle best_header() const = 0;
    /// The active chain's header at a height; null above the tip.
    virtual HeaderHandle active_at(Height height) const = 0;
    bool in_active_chain(HeaderHandle header) const { return header && active_at(info(header).height) == header; }

    /// Hashes from `header` back to genesis, ever farther apart (at most 101 with genesis).
    virtual std::vector<BlockHash> locator(HeaderHandle header) const = 0;
    /// Last header of the active chain that the locator names; genesis if none.
    virtual HeaderHandle find_fork(std::span<const BlockHash> locator) const = 0;

    /// As Core's IsInitialBlockDownload: latches to false.
    virtual bool is_initial_download() const = 0;
    /// While block files are being imported or reindexed: headers, blocks and requests are ignored.
    virtual bool is_importing() const = 0;
    virtual ChainWork minimum_work() const = 0;
};

/// The rules of headers that can be checked without the chain. Pure.
class HeaderRules {
public:
    virtual ~HeaderRules() = default;
    /// The hash meets the target that the header itself claims, and that target is in range.
    virtual bool has_valid_work(const BlockHeader& header) const = 0;
    /// The work that a compact target stands for.
    virtual ChainWork work_of(std::uint32_t bits) const = 0;
    /// Whether difficulty may change from one header's target to the next one's, at the next one's height.
    virtual bool is_permitted_transition(Height height, std::uint32_t old_bits, std::uint32_t new_bits) const = 0;
};

/// A transaction in the mempool, as relay sees it.
struct RelayInfo {
    TransactionRef transaction;
    Amount fee;
    std::int64_t virtual_size = 0;
    /// The mempool's number when it came in (Core: entry sequence).
    std::uint64_t sequence = 0;
};

class MempoolPort {
public:
    virtual ~MempoolPort() = default;

    virtual bool has(const Txid& txid) const = 0;
    virtual bool has(const Wtxid& wtxid) const = 0;
    virtual std::optional<RelayInfo> find(const Txid& txid) const = 0;
    virtual std::optional<RelayInfo> find(const Wtxid& wtxid) const = 0;
    /// A number that grows with every change.
    virtual std::uint64_t sequence() const = 0;
    /// All wtxids, best to mine first, parents before children.
    virtual std::vector<Wtxid> all() const = 0;
    /// Puts wtxids into the order in which to announce them: parents first, then best to mine. Unknown ones last.
    virtual void sort_for_relay(std::vector<Wtxid>& wtxids) const = 0;
    /// What the mempool asks at present, and -minrelaytxfee; satoshis per 1000 virtual bytes.
    virtual Amount minimum_fee_rate() const = 0;
    virtual Amount relay_fee_rate() const = 0;
    /// Transactions of our own of which no peer has taken note.
    virtual std::vector<Txid> unbroadcast() const = 0;
    /// A peer asked for it: no longer unbroadcast.
    virtual void mark_broadcast(const Txid& txid) = 0;
};

}  // namespace cairn::protocol
