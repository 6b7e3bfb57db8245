#pragma once
// Reads blocks out of files: -reindex, -loadblock, and after a crash. Not a public header of the room.

#include <functional>
#include <map>
#include <mutex>
#include <unordered_set>

#include "chain/acceptance.h"
#include "storage/block_scanner.h"

namespace cairn::chain {

/// Runs on a thread of its own and submits to the validation thread. A block whose parent is not known yet is
/// remembered by its place, and read again once the parent was submitted.
class Importer {
public:
    /// Hands a prepared block over to the validation thread; blocks while too much waits. False after stop.
    using Submit = std::function<bool(IncomingBlock)>;

    Importer(ChainContext& context, Acceptance& acceptance, Submit submit)
        : context_(context), acceptance_(acceptance), submit_(std::move(submit))
    {
    }

    /// The node's own block files, each from the given place to its end. `doing`: for the log and the progress.
    void read_own_files(const std::vector<storage::FilePosition>& begins, std::string_view doing);
    /// A file from elsewhere; one that cannot be opened is logged.
    void load(const std::filesystem::path& path);

private:
    struct Place {
        std::filesystem::path path;
        std::int32_t file = -1;  // a number for our own files, -1 for others
        std::uint64_t offset = 0;
        std::uint32_t size = 0;
    };

    void read_file(const Place& begin);
    /// Of our own files; others are plain.
    storage::Obfuscation obfuscation(const Place& place) const;
    void take(const BlockRef& block, const Place& place);
    void submit(const BlockRef& block, const Place& place);
    BlockRef read_again(const Place& place);
    bool is_known(const BlockHash& hash);

    ChainContext& context_;
    Acceptance& acceptance_;
    Submit submit_;
    std::multimap<BlockHash, Place> orphans_;  // by parent

    struct InFlight {
        std::mutex mutex;
        std::set<BlockHash> hashes;
    };
    /// Submitted, and not yet answered for.
    std::shared_ptr<InFlight> in_flight_ = std::make_shared<InFlight>();
    std::uint64_t loaded_ = 0;
};

}  // namespace cairn::chain
