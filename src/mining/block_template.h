#pragma once
// Block templates: the mempool's chunks in order of fee rate under a coinbase, checked before they are handed out.
//
// Source: Bitcoin Core 31 BlockAssembler; BIP22, 23, 34, 141, 145.

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "consensus/limits.h"
#include "consensus/primitives/block.h"
#include "consensus/primitives/transaction_draft.h"
#include "consensus/rejection.h"
#include "policy/fee_rate.h"

namespace cairn::mempool {
class Mempool;
}

namespace cairn::mining {

using consensus::kMaxBlockSigopCost;
using consensus::kMaxBlockWeight;
inline constexpr Weight kMinimumReservedWeight = 2'000;

struct TemplateOptions {
    Weight max_weight = kMaxBlockWeight;             // -blockmaxweight
    Weight reserved_weight = 8'000;                  // -blockreservedweight: header, count and coinbase
    policy::FeeRate min_fee_rate{Amount{1}};         // -blockmintxfee
    std::int64_t reserved_sigop_cost = 400;          // what a pool may add in coinbase outputs
    std::optional<std::int32_t> version_override{};  // -blockversion (regtest)
};

/// What is wrong with the options, as Bitcoin Core says it; nothing if they hold.
std::optional<std::string> check_options(const TemplateOptions& options);

/// What the next block must be, from the chain; and its judgement of a whole block. Implemented over chain by
/// `services`. Validation thread only.
class TemplatePort {
public:
    struct Next {
        BlockHash previous;
        Height height = 0;
        std::int32_t version = 0;           // versionbits
        std::int64_t median_time_past = 0;  // of the tip
        std::int64_t minimum_time = 0;      // above the median, and BIP94's
        std::int64_t now = 0;               // node clock
        Amount subsidy;
        bool segwit = true;  // active for the next block
    };
    virtual ~TemplatePort() = default;
    virtual Next next() const = 0;
    /// Compact target for a block with this time (it depends on the time on test networks).
    virtual std::uint32_t bits_for(std::int64_t block_time) const = 0;
    /// All checks of a block on the tip but proof of work.
    virtual std::expected<void, Rejection> check_block(const BlockRef& block) = 0;
};

struct BlockTemplate {
    BlockHeader header;  // merkle root of the coinbase as below; nonce 0
    TransactionDraft coinbase;
    std::vector<TransactionRef> transactions;  // without the coinbase
    std::vector<Amount> fees;                  // of each
    std::vector<std::int64_t> sigop_costs;     // of each
    Height height = 0;
    std::int64_t minimum_time = 0;
    Amount coinbase_value;            // subsidy and fees
    Weight weight = 0;                // transactions and reservation
    bool segwit = true;               // active for this block
    Bytes witness_commitment_script;  // output script; there whether segwit is active or not

    /// The whole block, its coinbase and Merkle root fixed.
    BlockRef block() const;
};

/// Selects and checks. `coinbase_script` receives everything. `use_mempool` false gives an empty block.
std::expected<BlockTemplate, Rejection> make_template(const mempool::Mempool& mempool, TemplatePort& port,
                                                      const TemplateOptions& options, ByteSpan coinbase_script,
                                                      bool use_mempool = true);

/// Replaces the transactions (generateblock): commitment and Merkle root anew; the coinbase claims no fees of theirs.
void set_transactions(BlockTemplate& block_template, std::vector<TransactionRef> transactions);

/// Moves the template's time to `now` where that is later, and its target along (networks where it depends on time).
void update_time(BlockTemplate& block_template, const TemplatePort& port, std::int64_t now);

/// Looks for a nonce that meets header.bits, from header.nonce on, at most `tries` times (taken from `tries`). Nothing
/// when tries or nonces run out.
std::optional<BlockHeader> find_nonce(BlockHeader header, std::uint64_t& tries);

}  // namespace cairn::mining
