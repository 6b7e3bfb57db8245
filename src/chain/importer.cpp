#include "chain/importer.h"

#include <deque>
#include <utility>

#include "base/log.h"

namespace cairn::chain {

void Importer::read_own_files(const std::vector<storage::FilePosition>& begins, std::string_view doing)
{
    const std::string progress = std::string(doing) + "…";
    for (std::size_t i = 0; i < begins.size(); ++i) {
        if (context_.interrupted.load()) return;
        context_.progress(progress, static_cast<int>(100 * i / begins.size()));
        const auto path = context_.archive.files().block_path(begins[i].file);
        base::log_info("{} block file {} ({} of {})...", doing, path.filename().string(), i + 1, begins.size());
        read_file({path, begins[i].file, begins[i].offset});
    }
}

void Importer::load(const std::filesystem::path& path)
{
    base::log_info("Importing blocks file {}...", path.string());
    try {
        read_file({path});
    } catch (const base::IoError& error) {
        // Another disk's fault is none of the chain's.
        if (error.path() != path) throw;
        base::log_warning("Could not open blocks file {}: {}", path.string(), error.what());
    }
}

storage::Obfuscation Importer::obfuscation(const Place& place) const
{
    return place.file < 0 ? storage::Obfuscation{} : context_.archive.files().obfuscation();
}

void Importer::read_file(const Place& begin)
{
    storage::BlockScanner scanner(context_.ports.files.open(begin.path, base::OpenMode::kRead),
                                  context_.options.message_start, obfuscation(begin), begin.offset);
    while (auto record = scanner.next()) {
        if (context_.interrupted.load()) return;
        const auto size = static_cast<std::uint32_t>(record->bytes->size());
        auto block = decode_block(std::move(record->bytes), TrailingBytes::kIgnored);
        if (!block) continue;
        take(*block, {begin.path, begin.file, record->offset, size});
    }
    base::log_info("Loaded {} blocks from {}", std::exchange(loaded_, 0), begin.path.string());
    // Blocks of our own files go on waiting: their parent may be in the next file.
    std::erase_if(orphans_, [](const auto& orphan) { return orphan.second.file < 0; });
}

bool Importer::is_known(const BlockHash& hash)
{
    {
        const std::lock_guard lock(in_flight_->mutex);
        if (in_flight_->hashes.contains(hash)) return true;
    }
    return context_.tree.find(hash) != nullptr;
}

void Importer::take(const BlockRef& block, const Place& place)
{
    const bool is_genesis = block->hash == context_.params.genesis_hash();
    if (!is_genesis && !is_known(block->header.previous)) {
        base::log_debug(base::LogCategory::kReindex, "Out of order block {}, parent {} not known", block->hash.to_hex(),
                        block->header.previous.to_hex());
        orphans_.emplace(block->header.previous, place);
        return;
    }
    submit(block, place);
    std::deque<BlockHash> parents{block->hash};
    while (!parents.empty() && !context_.interrupted.load()) {
        const auto [begin, end] = orphans_.equal_range(parents.front());
        parents.pop_front();
        std::vector<Place> children;
        for (auto it = begin; it != end; ++it) children.push_back(it->second);
        orphans_.erase(begin, end);
        for (const Place& child : children) {
            const BlockRef again = read_again(child);
            if (!again) continue;
            submit(again, child);
            parents.push_back(again->hash);
        }
    }
}

void Importer::submit(const BlockRef& block, const Place& place)
{
    const BlockNode* known = context_.tree.find(block->hash);
    if (known != nullptr && known->status().has_data()) return;
    IncomingBlock incoming;
    incoming.block = block;
    incoming.origin = {.requested = true, .work_checked = true};
    if (place.file >= 0) {
        incoming.position = {place.file, static_cast<std::uint32_t>(place.offset)};
        incoming.found_in_file = true;
    }
    {
        const std::lock_guard lock(in_flight_->mutex);
        in_flight_->hashes.insert(block->hash);
    }
    incoming.callback = [in_flight = in_flight_, hash = block->hash](const BlockResult&) {
        const std::lock_guard lock(in_flight->mutex);
        in_flight->hashes.erase(hash);
    };
    acceptance_.prepare(incoming);
    if (submit_(std::move(incoming))) ++loaded_;
}

BlockRef Importer::read_again(const Place& place)
{
    const auto file = context_.ports.files.open(place.path, base::OpenMode::kRead);
    Bytes bytes(place.size);
    base::read_exactly_at(*file, place.path, place.offset, bytes);
    obfuscation(place).apply(bytes, place.offset);
    auto block = decode_block(std::move(bytes), TrailingBytes::kIgnored);
    return block ? *block : nullptr;
}

}  // namespace cairn::chain
