#pragma once
// Takes headers and blocks into the tree. Validation thread, but for what says otherwise. Not a public header.

#include <mutex>
#include <optional>
#include <set>

#include "chain/activation.h"

namespace cairn::chain {

/// A block on its way in, with what was done for it off the validation thread.
struct IncomingBlock {
    BlockRef block;
    BlockOrigin origin;
    BlockCallback callback;
    /// What check_block said against it.
    std::optional<Rejection> rejection;
    /// It passed check_block_in_context.
    bool checked_in_context = false;
    /// Where it is on disk already.
    storage::FilePosition position;
    /// It was found there (-reindex), and its file does not count it yet.
    bool found_in_file = false;
};

class Acceptance {
public:
    /// Unrequested blocks this much above the tip are not stored.
    static constexpr Height kMaxAhead = 288;

    Acceptance(ChainContext& context, Activation& activation) : context_(context), activation_(activation) {}

    std::expected<const BlockNode*, Rejection> accept_header(const BlockHeader& header, const BlockHash& hash,
                                                             bool work_checked, bool* added = nullptr);
    HeadersResult accept_headers(const std::vector<BlockHeader>& headers, bool work_checked);

    /// The fate is told at once, or by `activation` when it is known.
    void accept_block(IncomingBlock incoming);

    /// On the one thread that prepares blocks: checks what can be checked there, and writes it if it is wanted.
    void prepare(IncomingBlock& incoming);

private:
    bool is_wanted(const BlockNode& node, const BlockOrigin& origin) const;
    std::expected<void, Rejection> store(const BlockNode& node, IncomingBlock& incoming);
    bool begin_writing(const BlockHash& hash);
    void end_writing(const BlockHash& hash);

    ChainContext& context_;
    Activation& activation_;
    std::mutex mutex_;
    /// Written, and not yet known to the tree: the same block from another peer is not written again.
    std::set<BlockHash> writing_;
};

}  // namespace cairn::chain
