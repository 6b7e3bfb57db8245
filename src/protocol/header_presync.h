#pragma once
// Headers of a chain that has not shown enough work yet, taken without keeping them: in a first pass only one bit per
// some hundred headers is kept; when the work suffices, the peer sends all again, and what it sends must match. A peer
// that lies costs little memory. Source: Bitcoin Core's HeadersSyncState.

#include <cstdint>
#include <deque>
#include <vector>

#include "crypto/siphash.h"
#include "protocol/network.h"
#include "protocol/ports.h"
#include "protocol/random.h"

namespace cairn::protocol {

class HeaderPresync {
public:
    enum class State : std::uint8_t { kPresync, kRedownload, kDone };

    struct Result {
        std::vector<BlockHeader> headers;  // with enough work behind them: to be processed as usual
        bool success = false;
        bool request_more = false;
    };

    /// `start`: the known header that the peer's chain builds on. `now` and its median time bound how many headers an
    /// honest chain can have.
    HeaderPresync(const NetworkInfo& network, const HeaderRules& rules, const ChainPort& chain, HeaderHandle start,
                  const ChainWork& minimum_work, Random& random, Time now);

    /// Continuous headers with valid work. `full`: the message was as long as may be, so there may be more.
    Result process(std::span<const BlockHeader> headers, bool full);
    std::vector<BlockHash> next_locator() const;

    State state() const { return state_; }
    Height height() const { return height_; }
    std::int64_t time() const { return last_.time; }
    const ChainWork& work() const { return work_; }
    std::size_t commitments() const { return commitments_.size(); }
    std::size_t max_commitments() const { return max_commitments_; }
    std::size_t held_headers() const { return redownloaded_.size(); }

private:
    bool commit(std::span<const BlockHeader> headers);
    bool commit_one(const BlockHeader& header);
    bool check_again(const BlockHeader& header);
    std::vector<BlockHeader> pop_ready();
    void finish();
    bool commitment(const BlockHash& hash) const { return (crypto::siphash(key_, hash.value) & 1) != 0; }

    const HeaderRules& rules_;
    std::size_t period_;
    std::size_t buffer_size_;
    std::size_t offset_;
    crypto::SipKey key_;
    ChainWork minimum_work_;
    std::vector<BlockHash> start_locator_;
    HeaderInfo start_;

    State state_ = State::kPresync;
    ChainWork work_;
    BlockHeader last_;
    BlockHash last_hash_;
    Height height_ = 0;
    std::deque<bool> commitments_;
    std::size_t max_commitments_ = 0;

    std::deque<BlockHeader> redownloaded_;
    Height redownload_height_ = 0;
    BlockHash redownload_hash_;
    std::uint32_t redownload_bits_ = 0;
    ChainWork redownload_work_;
    bool release_all_ = false;
};

}  // namespace cairn::protocol
