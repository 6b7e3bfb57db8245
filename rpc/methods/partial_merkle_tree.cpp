#include "rpc/methods/partial_merkle_tree.h"

#include "consensus/encoding/reader.h"
#include "consensus/encoding/writer.h"
#include "consensus/limits.h"
#include "crypto/sha256.h"

namespace cairn::rpc {

namespace {

/// No block has more transactions: each weighs at least this much.
constexpr std::size_t kMaxTransactions = consensus::kMaxBlockWeight / (4 * 60);

std::size_t width_at(std::size_t leaves, unsigned level)
{
    return (leaves + (std::size_t{1} << level) - 1) >> level;
}

unsigned top_level(std::size_t leaves)
{
    unsigned level = 0;
    while (width_at(leaves, level) > 1) ++level;
    return level;
}

Hash256 hash_pair(const Hash256& left, const Hash256& right)
{
    Bytes both(left.bytes.begin(), left.bytes.end());
    both.insert(both.end(), right.bytes.begin(), right.bytes.end());
    return crypto::sha256d(both);
}

/// Levels of hashes and of "something below is proved", leaves first.
class Builder {
public:
    Builder(std::span<const Txid> txids, const std::vector<bool>& matches)
    {
        levels_.emplace_back();
        for (const Txid& txid : txids) levels_[0].push_back(txid.value);
        marks_.push_back(matches);
        while (levels_.back().size() > 1) add_level();
        walk(levels_.size() - 1, 0);
    }
    std::vector<bool> bits;
    std::vector<Hash256> hashes;

private:
    void add_level()
    {
        const auto& below = levels_.back();
        const auto& marked = marks_.back();
        std::vector<Hash256> level;
        std::vector<bool> marks;
        for (std::size_t i = 0; i < below.size(); i += 2) {
            const std::size_t right = std::min(i + 1, below.size() - 1);
            level.push_back(hash_pair(below[i], below[right]));
            marks.push_back(marked[i] || marked[right]);
        }
        levels_.push_back(std::move(level));
        marks_.push_back(std::move(marks));
    }
    void walk(std::size_t level, std::size_t index)
    {
        const bool marked = marks_[level][index];
        bits.push_back(marked);
        if (level == 0 || !marked) {
            hashes.push_back(levels_[level][index]);
            return;
        }
        walk(level - 1, 2 * index);
        if (2 * index + 1 < levels_[level - 1].size()) walk(level - 1, 2 * index + 1);
    }

    std::vector<std::vector<Hash256>> levels_;
    std::vector<std::vector<bool>> marks_;
};

/// Walks the tree as its bits say, and computes its root.
class Walker {
public:
    Walker(std::size_t leaves, const std::vector<bool>& bits, const std::vector<Hash256>& hashes)
        : leaves_(leaves), bits_(bits), hashes_(hashes)
    {
    }
    /// Nothing if the tree is malformed.
    std::optional<Hash256> run(std::vector<Txid>& proved)
    {
        const Hash256 root = walk(top_level(leaves_), 0, proved);
        const bool all_used = (bit_ + 7) / 8 == (bits_.size() + 7) / 8 && hash_ == hashes_.size();
        if (broken_ || !all_used) return std::nullopt;
        return root;
    }

private:
    Hash256 walk(unsigned level, std::size_t index, std::vector<Txid>& proved)
    {
        if (broken_ || bit_ >= bits_.size()) {
            broken_ = true;
            return {};
        }
        const bool marked = bits_[bit_++];
        if (level == 0 || !marked) {
            if (hash_ >= hashes_.size()) {
                broken_ = true;
                return {};
            }
            if (marked) proved.push_back(Txid{hashes_[hash_]});
            return hashes_[hash_++];
        }
        const Hash256 left = walk(level - 1, 2 * index, proved);
        if (2 * index + 1 >= width_at(leaves_, level - 1)) return hash_pair(left, left);
        const Hash256 right = walk(level - 1, 2 * index + 1, proved);
        // Equal halves would let a transaction stand in two places (CVE-2012-2459).
        broken_ = broken_ || left == right;
        return hash_pair(left, right);
    }

    std::size_t leaves_;
    const std::vector<bool>& bits_;
    const std::vector<Hash256>& hashes_;
    std::size_t bit_ = 0;
    std::size_t hash_ = 0;
    bool broken_ = false;
};

}  // namespace

Bytes encode_proof(const BlockHeader& header, std::span<const Txid> txids, const std::vector<bool>& matches)
{
    const Builder tree(txids, matches);
    Writer out;
    out.bytes(header.encode()).u32(static_cast<std::uint32_t>(txids.size())).compact_size(tree.hashes.size());
    for (const Hash256& hash : tree.hashes) out.hash256(hash);
    Bytes packed((tree.bits.size() + 7) / 8);
    for (std::size_t i = 0; i < tree.bits.size(); ++i) {
        if (tree.bits[i]) packed[i / 8] |= std::byte{1} << (i % 8);
    }
    return out.sized_bytes(packed).take();
}

std::optional<Proof> decode_proof(ByteSpan bytes)
{
    Reader reader(bytes);
    const ByteSpan header_bytes = reader.bytes(BlockHeader::kSize);
    if (!reader.ok()) return std::nullopt;
    Proof proof;
    proof.header = *decode_header(header_bytes);
    proof.transactions = reader.u32();
    const std::uint64_t count = reader.compact_size();
    std::vector<Hash256> hashes;
    for (std::uint64_t i = 0; i < count && reader.ok(); ++i) hashes.push_back(reader.hash256());
    const ByteSpan packed = reader.sized_bytes();
    if (!reader.ok()) return std::nullopt;
    std::vector<bool> bits;
    for (std::size_t i = 0; i < packed.size() * 8; ++i)
        bits.push_back((packed[i / 8] >> (i % 8) & std::byte{1}) != std::byte{});
    const bool sized = proof.transactions > 0 && proof.transactions <= kMaxTransactions &&
                       hashes.size() <= proof.transactions && bits.size() >= hashes.size();
    if (!sized) return proof;
    const auto root = Walker(proof.transactions, bits, hashes).run(proof.proved);
    proof.valid = root && *root == proof.header.merkle_root;
    if (!proof.valid) proof.proved.clear();
    return proof;
}

}  // namespace cairn::rpc
