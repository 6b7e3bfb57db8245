#include "consensus/block_outputs.h"

#include <algorithm>
#include <cstring>

#include "consensus/script/script.h"

namespace cairn::consensus {

std::uint64_t BlockOutputs::prefix(const Txid& txid)
{
    std::uint64_t value = 0;
    std::memcpy(&value, txid.value.bytes.data(), sizeof value);
    return value;
}

BlockOutputs::BlockOutputs(const Block& block) : block_(block)
{
    entries_.reserve(block.transactions.size());
    first_output_.reserve(block.transactions.size());
    std::size_t outputs = 0;
    for (const Transaction& transaction : block.transactions) {
        const std::uint64_t key = prefix(transaction.txid);
        entries_.push_back({key, static_cast<std::uint32_t>(entries_.size())});
        seen_.set(key & 0xffff);
        first_output_.push_back(outputs);
        outputs += transaction.outputs.size();
    }
    spent_.resize(outputs);
    std::ranges::sort(entries_, [&block](const Entry& a, const Entry& b) {
        if (a.prefix != b.prefix) return a.prefix < b.prefix;
        const auto order = block.transactions[a.transaction].txid <=> block.transactions[b.transaction].txid;
        return order != 0 ? order < 0 : a.transaction < b.transaction;
    });
}

std::optional<std::uint32_t> BlockOutputs::find(const Txid& txid, std::uint32_t limit) const
{
    const std::uint64_t key = prefix(txid);
    if (!seen_.test(key & 0xffff)) return std::nullopt;
    auto at = std::ranges::lower_bound(entries_, key, {}, &Entry::prefix);
    for (; at != entries_.end() && at->prefix == key; ++at) {
        if (block_.transactions[at->transaction].txid != txid) continue;
        if (at->transaction >= limit) return std::nullopt;
        return at->transaction;
    }
    return std::nullopt;
}

bool BlockOutputs::spend(std::uint32_t transaction, std::uint32_t output)
{
    auto spent = spent_[first_output_[transaction] + output];
    if (spent) return false;
    spent = true;
    return true;
}

std::vector<CreatedCoin> BlockOutputs::unspent() const
{
    std::vector<CreatedCoin> created;
    for (std::uint32_t i = 0; i < block_.transactions.size(); ++i) {
        const auto outputs = block_.transactions[i].outputs;
        for (std::uint32_t output = 0; output < outputs.size(); ++output) {
            if (is_unspendable(outputs[output].script_pubkey) || spent_[first_output_[i] + output]) continue;
            created.push_back({i, output});
        }
    }
    return created;
}

}  // namespace cairn::consensus
