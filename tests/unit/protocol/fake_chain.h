#pragma once
// A block tree in memory with rules of its own: work is what `bits` says, any header is valid but those whose nonce
// is kBadNonce, any block but those named invalid. Real encodings, so that real bytes travel.

#include <deque>
#include <map>
#include <set>
#include <unordered_map>

#include "consensus/encoding/writer.h"
#include "consensus/primitives/transaction_draft.h"
#include "protocol/actions.h"
#include "protocol/ports.h"
#include "protocol/time.h"

namespace cairn::protocol::test {

inline constexpr std::uint32_t kBadNonce = 0xbadbad;
inline constexpr std::uint32_t kNormalBits = 16;

class FakeRules final : public HeaderRules {
public:
    bool has_valid_work(const BlockHeader& header) const override { return header.nonce != kBadNonce; }
    ChainWork work_of(std::uint32_t bits) const override { return ChainWork{bits}; }
    bool is_permitted_transition(Height, std::uint32_t old_bits, std::uint32_t new_bits) const override
    {
        return new_bits <= old_bits * 4 && old_bits <= new_bits * 4;
    }
};

/// A coinbase whose hash depends on `tag`; `padding` bytes make the block larger.
inline TransactionRef make_coinbase(std::uint64_t tag, std::size_t padding = 0)
{
    TransactionDraft draft;
    TxInputDraft input;
    input.script_sig = Writer{}.u64(tag).take();
    draft.inputs.push_back(input);
    draft.outputs.push_back({Amount{50}, Bytes(padding + 1)});
    return draft.finish();
}

inline BlockRef make_block(const BlockHeader& parent, std::uint32_t time, std::uint64_t tag,
                           std::vector<TransactionRef> transactions = {}, std::size_t padding = 0,
                           std::uint32_t bits = kNormalBits)
{
    transactions.insert(transactions.begin(), make_coinbase(tag, padding));
    BlockHeader header;
    header.version = 4;
    header.previous = parent.hash();
    header.time = time;
    header.bits = bits;
    header.nonce = static_cast<std::uint32_t>(tag);
    header.merkle_root = transactions.front()->txid.value;
    Writer out;
    out.bytes(header.encode()).compact_size(transactions.size());
    for (const auto& tx : transactions) out.bytes(tx->raw);
    return decode_block(out.take()).value();
}

inline BlockRef make_genesis()
{
    return make_block(BlockHeader{}, 1'700'000'000, 0);
}

class FakeChain final : public ChainPort {
public:
    struct Node {
        BlockHeader header;
        HeaderInfo info;
        Node* parent = nullptr;
        bool valid = true;
        bool have_data = false;
        bool have_chain_data = false;
        bool connected_once = false;
        BlockRef block;
    };

    FakeChain()
    {
        const BlockRef genesis = make_genesis();
        Node& node = insert(genesis->header, nullptr);
        node.block = genesis;
        node.have_data = node.have_chain_data = node.connected_once = true;
        active_ = {&node};
        best_header_ = &node;
    }

    // --- What the tests do with it.
    std::set<BlockHash> invalid;
    bool importing = false;
    bool initial_download = false;
    ChainWork minimum{0};

    HeadersResult add_headers(std::span<const BlockHeader> headers)
    {
        HeadersResult result;
        for (const BlockHeader& header : headers) {
            const BlockHash hash = header.hash();
            Node* node = lookup(hash);
            if (node == nullptr) {
                Node* parent = lookup(header.previous);
                if (parent == nullptr) return {BlockVerdict::kMissingPrevious, {}, "prev-blk-not-found"};
                if (!parent->valid) return {BlockVerdict::kInvalidPrevious, {}, "bad-prevblk"};
                node = &insert(header, parent);
            } else if (!node->valid) {
                return {BlockVerdict::kCachedInvalid, {}, "duplicate-invalid"};
            }
            if (node->info.work > best_header_->info.work) best_header_ = node;
            result.last = handle(node);
        }
        return result;
    }

    BlockResult add_block(const BlockRef& block, bool requested, bool min_work_checked)
    {
        const BlockHeader one[] = {block->header};
        const HeadersResult header = add_headers(one);
        if (header.verdict != BlockVerdict::kValid) return {false, header.verdict, header.reason};
        if (block->transactions.empty() || block->transactions[0].txid.value != block->header.merkle_root) {
            return {false, BlockVerdict::kMutated, "bad-txnmrklroot"};
        }
        Node* node = lookup(block->hash);
        if (node->have_data) return {};
        if (!requested && (!min_work_checked || node->info.work <= active_.back()->info.work)) return {};
        node->block = block;
        node->have_data = true;
        spread_data(node);
        activate();
        return {true, node->valid ? BlockVerdict::kValid : BlockVerdict::kConsensus, node->valid ? "" : "bad-blk"};
    }

    /// Extends the active chain by a block of its own.
    BlockRef mine(std::uint32_t time, std::vector<TransactionRef> transactions = {}, std::size_t padding = 0)
    {
        const Node* tip = active_.back();
        const BlockRef block = make_block(tip->header, time, ++tags_ + (seed << 32), std::move(transactions), padding);
        add_block(block, true, true);
        return block;
    }

    std::uint64_t seed = 1;
    const Node& node(HeaderHandle header) const { return *reinterpret_cast<const Node*>(header.value()); }
    Height height() const { return active_.back()->info.height; }
    BlockHash tip_hash() const { return active_.back()->info.hash; }
    BlockRef block(const BlockHash& hash) const
    {
        const Node* node = lookup(hash);
        return node == nullptr ? nullptr : node->block;
    }
    /// Blocks that entered the active chain since it was asked last, and the fork they grew from.
    std::vector<BlockRef> take_connected(HeaderHandle& fork)
    {
        fork = handle(fork_);
        fork_ = active_.back();
        return std::exchange(connected_, {});
    }

    // --- ChainPort.
    HeaderHandle find(const BlockHash& hash) const override { return handle(lookup(hash)); }
    HeaderInfo info(HeaderHandle header) const override { return node(header).info; }
    HeaderStatus status(HeaderHandle header) const override
    {
        const Node& n = node(header);
        return {n.valid, n.have_data, n.have_chain_data, n.connected_once, true};
    }
    BlockHeader block_header(HeaderHandle header) const override { return node(header).header; }
    HeaderHandle ancestor(HeaderHandle header, Height height) const override
    {
        const Node* n = &node(header);
        if (height < 0 || height > n->info.height) return {};
        if (is_active(n)) return handle(active_[static_cast<std::size_t>(height)]);
        while (n->info.height > height) n = n->parent;
        return handle(n);
    }
    std::int64_t median_time_past(HeaderHandle header) const override { return node(header).info.time; }
    HeaderHandle tip() const override { return handle(active_.back()); }
    HeaderHandle best_header() const override { return handle(best_header_); }
    HeaderHandle active_at(Height height) const override
    {
        const bool there = height >= 0 && static_cast<std::size_t>(height) < active_.size();
        return there ? handle(active_[static_cast<std::size_t>(height)]) : HeaderHandle{};
    }
    std::vector<BlockHash> locator(HeaderHandle header) const override
    {
        std::vector<BlockHash> result;
        Height step = 1;
        for (HeaderHandle walk = header; walk;) {
            const HeaderInfo i = info(walk);
            result.push_back(i.hash);
            if (i.height == 0) break;
            if (result.size() > 10) step *= 2;
            walk = ancestor(walk, std::max(i.height - step, 0));
        }
        return result;
    }
    HeaderHandle find_fork(std::span<const BlockHash> locator) const override
    {
        for (const BlockHash& hash : locator) {
            const Node* n = lookup(hash);
            if (n == nullptr) continue;
            if (is_active(n)) return handle(n);
        }
        return handle(active_.front());
    }
    bool is_initial_download() const override { return initial_download; }
    bool is_importing() const override { return importing; }
    ChainWork minimum_work() const override { return minimum; }

private:
    static HeaderHandle handle(const Node* n) { return HeaderHandle{reinterpret_cast<std::uintptr_t>(n)}; }
    Node* lookup(const BlockHash& hash) const
    {
        const auto found = by_hash_.find(hash);
        return found == by_hash_.end() ? nullptr : found->second;
    }
    bool is_active(const Node* n) const
    {
        const auto at = static_cast<std::size_t>(n->info.height);
        return at < active_.size() && active_[at] == n;
    }
    Node& insert(const BlockHeader& header, Node* parent)
    {
        Node& n = nodes_.emplace_back();
        n.header = header;
        n.parent = parent;
        n.info.hash = header.hash();
        n.info.previous = handle(parent);
        n.info.height = parent == nullptr ? 0 : parent->info.height + 1;
        n.info.work = ChainWork{header.bits} + (parent == nullptr ? ChainWork{} : parent->info.work);
        n.info.time = header.time;
        n.info.bits = header.bits;
        by_hash_[n.info.hash] = &n;
        return n;
    }
    void spread_data(Node* from)
    {
        if (!from->parent->have_chain_data) {
            waiting_.emplace(from->parent, from);
            return;
        }
        std::vector<Node*> todo{from};
        while (!todo.empty()) {
            Node* n = todo.back();
            todo.pop_back();
            n->have_chain_data = true;
            candidates_.push_back(n);
            const auto [first, last] = waiting_.equal_range(n);
            for (auto it = first; it != last; ++it) todo.push_back(it->second);
            waiting_.erase(first, last);
        }
    }
    void activate()
    {
        for (Node* n : std::exchange(candidates_, {})) {
            if (n->info.work > active_.back()->info.work) switch_to(n);
        }
    }
    void switch_to(Node* target)
    {
        std::vector<Node*> branch;
        for (Node* n = target; !is_active(n); n = n->parent) branch.push_back(n);
        for (auto it = branch.rbegin(); it != branch.rend(); ++it) {
            if (invalid.contains((*it)->info.hash) || !(*it)->parent->valid) (*it)->valid = false;
        }
        if (!target->valid) return;
        const auto fork_height = static_cast<std::size_t>(branch.back()->parent->info.height);
        if (fork_ == nullptr || fork_->info.height > static_cast<Height>(fork_height)) fork_ = active_[fork_height];
        active_.resize(fork_height + 1);
        for (auto it = branch.rbegin(); it != branch.rend(); ++it) {
            active_.push_back(*it);
            (*it)->connected_once = true;
            connected_.push_back((*it)->block);
        }
    }

    std::deque<Node> nodes_;
    std::map<BlockHash, Node*> by_hash_;
    std::vector<Node*> active_;
    Node* best_header_ = nullptr;
    Node* fork_ = nullptr;
    std::multimap<Node*, Node*> waiting_;
    std::vector<Node*> candidates_;
    std::vector<BlockRef> connected_;
    std::uint64_t tags_ = 0;
};

}  // namespace cairn::protocol::test
