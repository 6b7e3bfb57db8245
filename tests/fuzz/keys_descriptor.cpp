// USES: keys
// Descriptors: what parses is written in a form that parses to the same scripts; what an expansion gives is found again
// by inference.

#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "crypto/signing_context.h"
#include "keys/descriptor.h"

namespace {

using namespace cairn;

void require(bool condition)
{
    if (!condition) std::abort();
}

void check(const keys::Descriptor& descriptor, const keys::SigningProvider& private_keys,
           const crypto::SigningContext& context)
{
    const auto& format = keys::kRegtestAddresses;
    const std::string text = descriptor.to_string(format);
    const auto again = keys::parse_descriptor(text, format, context, keys::ChecksumRule::kRequired);
    require(again && again->descriptors.size() == 1);
    require(again->descriptors[0].to_string(format) == text);
    require(again->descriptors[0].is_range() == descriptor.is_range());
    keys::DescriptorCache cache;
    const auto expansion = descriptor.expand(1, private_keys, &cache);
    if (!expansion) return;
    // The second time by the keys themselves.
    for (int i = 0; i < 2; ++i) {
        const auto by_cache = descriptor.expand_from_cache(1, cache, &cache);
        require(by_cache && by_cache->scripts == expansion->scripts);
        require(by_cache->provider.origins == expansion->provider.origins);
    }
    for (const Bytes& script : expansion->scripts) {
        const auto inferred = keys::infer_descriptor(script, expansion->provider);
        const auto found = inferred.expand(0, {});
        require(found && found->scripts.front() == script);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size > 2000) return 0;
    static const crypto::SigningContext context{std::array<std::byte, 32>{}};
    std::string text(reinterpret_cast<const char*>(data), size);
    const auto parsed = keys::parse_descriptor(text, keys::kRegtestAddresses, context);
    if (!parsed) {
        require(!parsed.error().empty());
        return 0;
    }
    for (const auto& descriptor : parsed->descriptors) check(descriptor, parsed->keys, context);
    return 0;
}
