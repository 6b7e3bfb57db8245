// USES: storage base
// Scanning a file of anything: every record lies in the file, has the magic and its size before it, and begins behind
// the one before; a record placed behind the garbage is found unless the garbage claims it.

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "base/memory_file_system.h"
#include "storage/block_scanner.h"

using namespace cairn;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size < storage::Magic{}.size()) return 0;
    const ByteSpan input = std::as_bytes(std::span{data, size});
    storage::Magic magic;
    std::ranges::copy(input.first(magic.size()), magic.begin());
    // Twice the input: the magic is in it at least twice.
    Bytes content(input.begin(), input.end());
    content.insert(content.end(), input.begin(), input.end());

    base::MemoryFileSystem files;
    base::replace_file(files, "/scan", content);
    storage::BlockScanner scanner{files.open("/scan", base::OpenMode::kRead), magic};
    std::uint64_t end = 0;
    while (const auto record = scanner.next()) {
        const auto begin = static_cast<std::size_t>(record->offset);
        if (record->offset < end + storage::kRecordHeaderSize || begin + record->bytes->size() > content.size()) {
            std::abort();
        }
        if (!std::ranges::equal(ByteSpan{content}.subspan(begin - storage::kRecordHeaderSize, magic.size()), magic)) {
            std::abort();
        }
        if (!std::ranges::equal(ByteSpan{content}.subspan(begin, record->bytes->size()), *record->bytes)) std::abort();
        end = scanner.position();
        if (end != record->offset + record->bytes->size()) std::abort();
    }
    return 0;
}
