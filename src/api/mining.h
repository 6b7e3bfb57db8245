#pragma once
// Making and handing in blocks. Implemented by `services`.
//
// Threads: any member from any thread; submit and generate return once the change is visible to every later call.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/chain_view.h"
#include "api/error.h"
#include "consensus/primitives/block.h"

namespace cairn::api {

struct TemplateTransaction {
    TransactionRef transaction;
    Amount fee;
    std::int64_t sigop_cost = 0;
    /// Positions, from 1, of the template's transactions that it spends from.
    std::vector<std::uint32_t> depends;
};

/// A block to be mined, already found valid but for its proof of work.
struct BlockTemplate {
    std::int32_t version = 0;
    BlockHash previous;
    Height height = 0;
    std::uint32_t bits = 0;
    Hash256 target;
    std::uint32_t current_time = 0;
    std::uint32_t minimum_time = 0;
    Amount coinbase_value;
    std::vector<TemplateTransaction> transactions;  // without the coinbase
    Bytes witness_commitment;                       // output script; there before segwit, too
    std::vector<std::string> rules;                 // as getblocktemplate shows them: "csv", "!segwit", "taproot"
    struct VersionBit {
        std::string name;
        int bit = 0;
    };
    std::vector<VersionBit> available_bits;
    std::uint32_t required_bits = 0;
    bool segwit_active = true;
    std::optional<Bytes> signet_challenge;
    std::uint64_t mempool_sequence = 0;
};

enum class BlockSubmission : std::uint8_t {
    kAccepted,  // valid, and connected or already seen to be best
    kDuplicate,
    kDuplicateInvalid,
    kDuplicateInconclusive,
    kInconclusive,  // taken, not connected
    kRejected,
};

struct BlockSubmissionResult {
    BlockSubmission kind = BlockSubmission::kAccepted;
    /// The network's reason where rejected.
    std::string reason;
};

/// A block found by the node itself.
struct GeneratedBlock {
    BlockHash hash;
    BlockRef block;
};

/// What the next block would have, were it made now without transactions.
struct NextBlock {
    Height height = 0;
    std::uint32_t bits = 0;
    Hash256 target;
};

/// What getmininginfo shows of the last template made.
struct LastTemplate {
    std::optional<Weight> weight;
    std::optional<std::uint64_t> transactions;
};

class Mining {
public:
    virtual ~Mining() = default;

    virtual Result<BlockTemplate> make_template() = 0;
    virtual LastTemplate last_template() const = 0;
    virtual NextBlock next_block() = 0;
    /// Lowest fee rate that templates take, per kvB (-blockmintxfee).
    virtual Amount minimum_fee_rate() const = 0;

    /// The rejection's reason of a block without proof of work on the tip (BIP23 proposal); nothing if it would be
    /// valid; "inconclusive-not-best-prevblk" where it does not build on the tip.
    virtual std::optional<std::string> check_proposal(const BlockRef& block) = 0;
    /// Fills in the witness nonce of a coinbase that lacks it, as Bitcoin Core does.
    virtual BlockSubmissionResult submit(const BlockRef& block) = 0;
    /// Errors: kVerify with "Must submit previous header (…) first" or the header's reason.
    virtual Result<void> submit_header(const BlockHeader& header) = 0;

    /// Mines one block with this coinbase script on the tip; tries at most *max_tries nonces and takes them off.
    /// Nothing where they ran out or the node stops.
    virtual Result<std::optional<GeneratedBlock>> generate(ByteSpan coinbase_script, std::uint64_t& max_tries) = 0;
    /// Mines exactly these transactions, in this order; with submit == false the block is made and not handed in.
    /// Errors: kVerify "testBlockValidity failed: …".
    virtual Result<GeneratedBlock> generate_block(ByteSpan coinbase_script, std::vector<TransactionRef> transactions,
                                                  bool submit) = 0;
};

}  // namespace cairn::api
