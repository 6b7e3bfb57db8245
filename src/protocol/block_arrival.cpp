// The other half of BlockDownload: blocks as they come, their verdicts, and peers that fall silent.

#include <algorithm>

#include "protocol/block_download.h"

namespace cairn::protocol {

void BlockDownload::on_block(Peer& peer, Bytes payload)
{
    if (context_.chain.is_importing()) return;
    const auto decoded = decode_block(std::move(payload), TrailingBytes::kIgnored);
    if (!decoded) return context_.debug(peer, "block message that cannot be read");
    delivered(peer, (*decoded)->hash);
    submit(peer, *decoded);
}

void BlockDownload::submit(Peer& peer, const BlockRef& block)
{
    const BlockHash& hash = block->hash;
    SubmitBlock action{peer.id, block, in_flight_.contains(hash), false};
    remove_request(hash, peer.id);
    if (const HeaderHandle previous = context_.chain.find(block->header.previous)) {
        const ChainWork work = context_.chain.info(previous).work + context_.rules.work_of(block->header.bits);
        action.min_work_checked = work >= context_.anti_dos_work();
    }
    const std::size_t size = block->raw.size();
    Processing& processing = processing_[hash];
    ++processing.count;
    processing.bytes += size;
    processing_bytes_ += size;
    peer.pending.blocks[hash] += size;
    peer.pending.block_bytes += size;
    remember_source(hash, peer.id);
    context_.act(std::move(action));
}

void BlockDownload::delivered(Peer& peer, const BlockHash& hash)
{
    DownloadState& state = peer.download;
    const auto asked = std::ranges::find(state.in_flight, hash, &BlockInFlight::hash);
    if (asked == state.in_flight.end()) return;
    const Duration took = context_.now - std::max(asked->requested, state.last_delivery);
    typical_delivery_ += (took - typical_delivery_) / 8;
    state.last_delivery = context_.now;
    state.takeovers = 0;
    state.not_before = {};
    silent_.erase(peer.id);
}

Duration BlockDownload::takeover_delay() const
{
    return std::clamp(4 * typical_delivery_, Duration{kTakeoverMin}, Duration{kTakeoverMax});
}

bool BlockDownload::is_silent(const Peer& peer) const
{
    const DownloadState& state = peer.download;
    if (state.in_flight.empty()) return false;
    const Time since = std::max(state.in_flight.front().requested, state.last_delivery);
    return context_.now - since >= takeover_delay();
}

void BlockDownload::find_silent()
{
    for (const auto& [id, peer] : context_.peers) {
        if (!is_silent(*peer)) {
            silent_.erase(id);
            continue;
        }
        if (!silent_.insert(id).second) continue;
        DownloadState& state = peer->download;
        const Duration backoff = Duration{kTakeoverMin} * (1 << std::min(state.takeovers, 6U));
        ++state.takeovers;
        state.not_before = context_.now + std::min(backoff, Duration{kTakeoverBackoffMax});
        context_.debug(*peer, "silent while blocks are in flight: others may be asked for them");
    }
}

void BlockDownload::on_result(Peer* peer, const BlockHash& hash, const BlockResult& result)
{
    if (peer != nullptr) {
        const auto pending = peer->pending.blocks.find(hash);
        if (pending != peer->pending.blocks.end()) {
            peer->pending.block_bytes -= pending->second;
            peer->pending.blocks.erase(pending);
        }
        if (result.is_new) peer->last_block = context_.now;
    }
    if (const auto entry = processing_.find(hash); entry != processing_.end()) {
        const std::size_t share = entry->second.bytes / entry->second.count;
        processing_bytes_ -= share;
        entry->second.bytes -= share;
        if (--entry->second.count == 0) processing_.erase(entry);
    }
    if (result.is_new) remove_request(hash, std::nullopt);
    if (result.verdict == BlockVerdict::kValid) {
        if (!result.is_new) take_source(hash);
        return;
    }
    // A body that is not the header's says nothing of others who sent the block.
    const auto source = take_source(hash);
    Peer* blamed = result.verdict == BlockVerdict::kMutated ? peer : source ? context_.find(*source) : nullptr;
    if (blamed != nullptr) context_.punish_for_block(*blamed, result.verdict, result.reason);
}

void BlockDownload::on_checked(const BlockHash& hash, BlockVerdict verdict, const std::string& reason)
{
    const auto source = take_source(hash);
    Peer* peer = source ? context_.find(*source) : nullptr;
    if (peer != nullptr) context_.punish_for_block(*peer, verdict, reason);
}

void BlockDownload::on_block_connected()
{
    last_tip_update_ = context_.now;
    stalling_timeout_ = std::max(stalling_timeout_ * 85 / 100, Duration{kStallingTimeout});
}

void BlockDownload::remember_source(const BlockHash& hash, PeerId peer)
{
    if (!sources_.emplace(hash, peer).second) return;
    // The oldest make room: their blocks were decided long ago.
    if (source_order_.size() < kMaxBlockSources) {
        source_order_.push_back(hash);
        return;
    }
    sources_.erase(source_order_[source_next_]);
    source_order_[source_next_] = hash;
    source_next_ = (source_next_ + 1) % kMaxBlockSources;
}

std::optional<PeerId> BlockDownload::take_source(const BlockHash& hash)
{
    const auto found = sources_.find(hash);
    if (found == sources_.end()) return std::nullopt;
    const PeerId peer = found->second;
    sources_.erase(found);
    return peer;
}

}  // namespace cairn::protocol
