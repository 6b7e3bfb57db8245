#include "storage/format_check.h"

#include "storage/block_index_store.h"
#include "storage/coins_store.h"

namespace cairn::storage {
namespace {

KeyValueStore::Options looking_at(const std::filesystem::path& folder, base::FileSystem* files)
{
    KeyValueStore::Options options;
    options.folder = folder;
    options.files = files;
    options.read_only = true;
    return options;
}

}  // namespace

void require_known_formats(const std::filesystem::path& index_folder, const std::filesystem::path& chainstate_folder,
                           base::FileSystem* files)
{
    base::FileSystem& seen = files != nullptr ? *files : base::os_file_system();
    if (seen.exists(index_folder / "CURRENT")) {
        const BlockIndexStore store{looking_at(index_folder, files)};
        store.for_each([](const BlockHash&, const BlockIndexRecord&) {});
        static_cast<void>(store.file_infos());
    }
    if (!chainstate_folder.empty() && seen.exists(chainstate_folder / "CURRENT")) {
        const CoinsStore store{looking_at(chainstate_folder, files)};
        static_cast<void>(store.best_block());
        static_cast<void>(store.head_blocks());
    }
}

}  // namespace cairn::storage
