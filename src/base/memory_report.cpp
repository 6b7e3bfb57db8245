#include "base/memory_report.h"

#include <cstdio>
#include <cstdlib>

#include <malloc.h>

namespace cairn::base {

std::optional<std::string> allocator_report()
{
    char* text = nullptr;
    std::size_t size = 0;
    std::FILE* out = ::open_memstream(&text, &size);
    if (!out) return std::nullopt;
    const bool written = ::malloc_info(0, out) == 0;
    std::fclose(out);
    std::optional<std::string> report;
    if (written) report.emplace(text, size);
    std::free(text);
    return report;
}

}  // namespace cairn::base
