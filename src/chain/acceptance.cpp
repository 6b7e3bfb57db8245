#include "chain/acceptance.h"

#include <utility>

#include "base/log.h"
#include "consensus/check_block.h"
#include "consensus/check_header.h"

namespace cairn::chain {

namespace {

Rejection cached_invalid(const BlockHash& hash)
{
    return {RejectReason::kDuplicateInvalid, "block " + hash.to_hex() + " was previously marked invalid", {}};
}

BlockResult rejected(Rejection rejection, const BlockNode* node)
{
    return {BlockResult::Status::kRejected, std::move(rejection), node, false};
}

}  // namespace

std::expected<const BlockNode*, Rejection> Acceptance::accept_header(const BlockHeader& header, const BlockHash& hash,
                                                                     bool work_checked, bool* added)
{
    if (const BlockNode* known = context_.tree.find(hash)) {
        if (known->status().failed()) return std::unexpected(cached_invalid(hash));
        return known;
    }
    if (auto checked = consensus::check_header(header, hash, context_.params); !checked) {
        return std::unexpected(checked.error());
    }
    const BlockNode* parent = context_.tree.find(header.previous);
    if (parent == nullptr) return std::unexpected(Rejection{RejectReason::kPreviousBlockNotFound});
    if (parent->status().failed()) return std::unexpected(Rejection{RejectReason::kBadPreviousBlock});
    auto checked = consensus::check_header_in_context(header, *parent, context_.now(), context_.params);
    if (!checked) return std::unexpected(checked.error());
    if (!work_checked) return std::unexpected(Rejection{RejectReason::kTooLittleChainwork});
    if (added != nullptr) *added = true;
    return &context_.writer.insert(header, hash);
}

HeadersResult Acceptance::accept_headers(const std::vector<BlockHeader>& headers, bool work_checked)
{
    HeadersResult result;
    for (const BlockHeader& header : headers) {
        bool added = false;
        auto accepted = accept_header(header, header.hash(), work_checked, &added);
        if (!accepted) {
            result.rejection = std::move(accepted.error());
            base::log_debug(base::LogCategory::kValidation, "header {} refused: {}", header.hash().to_hex(),
                            result.rejection->to_string());
            break;
        }
        result.last = *accepted;
        result.added += added;
    }
    return result;
}

bool Acceptance::is_wanted(const BlockNode& node, const BlockOrigin& origin) const
{
    if (node.status().has_data()) return false;
    if (origin.requested) return true;
    if (node.transaction_count() != 0) return false;  // had it once
    const BlockNode* tip = context_.published.get();
    if (tip != nullptr && node.chain_work() < tip->chain_work()) return false;
    if (node.height() > (tip == nullptr ? -1 : tip->height()) + kMaxAhead) return false;
    return node.chain_work() >= context_.minimum_chain_work;
}

bool Acceptance::begin_writing(const BlockHash& hash)
{
    const std::lock_guard lock(mutex_);
    return writing_.insert(hash).second;
}

void Acceptance::end_writing(const BlockHash& hash)
{
    const std::lock_guard lock(mutex_);
    writing_.erase(hash);
}

void Acceptance::prepare(IncomingBlock& incoming)
{
    const Block& block = *incoming.block;
    if (auto checked = consensus::check_block(block, context_.params); !checked) {
        incoming.rejection = std::move(checked.error());
        return;
    }
    const BlockNode* node = context_.tree.find(block.hash);
    if (node == nullptr || node->status().failed() || !is_wanted(*node, incoming.origin)) return;
    if (!consensus::check_block_in_context(block, node->parent(), context_.params)) return;
    incoming.checked_in_context = true;
    if (!incoming.position.is_null() || !begin_writing(block.hash)) return;
    incoming.position = context_.archive.write_block(block, node->height());
}

std::expected<void, Rejection> Acceptance::store(const BlockNode& node, IncomingBlock& incoming)
{
    const Block& block = *incoming.block;
    if (!incoming.checked_in_context) {
        auto checked = consensus::check_block_in_context(block, node.parent(), context_.params);
        if (!checked) {
            if (checked.error().kind() != RejectionKind::kMutated) context_.mark_failed(node);
            return std::unexpected(std::move(checked.error()));
        }
    }
    if (incoming.found_in_file) {
        context_.archive.files().note_block(incoming.position, static_cast<std::uint32_t>(block.raw.size()),
                                            node.height(), block.header.time);
    }
    if (incoming.position.is_null()) incoming.position = context_.archive.write_block(block, node.height());
    const bool witness = context_.params.is_active(consensus::BuriedDeployment::kSegwit, node.height());
    BlockNode& stored = BlockTreeWriter::mutate(node);
    context_.writer.set_data(stored, incoming.position, static_cast<std::uint32_t>(block.transactions.size()), witness);
    context_.archive.keep(incoming.block, node.height());
    context_.state.candidates.on_received(stored, context_.state.tip);
    return {};
}

void Acceptance::accept_block(IncomingBlock incoming)
{
    const BlockHash hash = incoming.block->hash;
    const auto answer = [&](const BlockResult& result) {
        end_writing(hash);
        if (result.rejection) {
            base::log_error("AcceptBlock {} failed: {}", hash.to_hex(), result.rejection->to_string());
        }
        if (incoming.callback) incoming.callback(result);
    };
    // A block that fails by itself may be another one's body under this header: the header is not blamed.
    if (incoming.rejection) return answer(rejected(std::move(*incoming.rejection), nullptr));
    auto header = accept_header(incoming.block->header, hash, incoming.origin.work_checked);
    if (!header) return answer(rejected(std::move(header.error()), context_.tree.find(hash)));
    const BlockNode& node = **header;
    if (node.status().has_data()) return answer({BlockResult::Status::kDuplicate, std::nullopt, &node, false});
    if (incoming.position.is_null() && !is_wanted(node, incoming.origin)) {
        return answer({BlockResult::Status::kIgnored, std::nullopt, &node, false});
    }
    auto stored = store(node, incoming);
    if (!stored) return answer(rejected(std::move(stored.error()), &node));
    const BlockNode* until = activation_.brings_about(node);
    if (until == nullptr) return answer({BlockResult::Status::kStored, std::nullopt, &node, true});
    end_writing(hash);
    activation_.await(node, *until, std::move(incoming.callback));
}

}  // namespace cairn::chain
