#include "rpc/methods/descriptor_scripts.h"

namespace cairn::rpc {

keys::ParsedDescriptors parse_descriptor_or_refuse(const std::string& text, const Context& context,
                                                   keys::ChecksumRule rule)
{
    auto parsed = keys::parse_descriptor(text, context.addresses, *context.signing, rule);
    if (!parsed) refuse(Code::kInvalidAddressOrKey, parsed.error());
    return *std::move(parsed);
}

namespace {

struct ScanObject {
    std::string descriptor;
    DescriptorRange range{0, 1000};
};

ScanObject parse_scan_object(const Json& object)
{
    if (object.is_string()) return {object.as_string()};
    if (!object.is_object()) {
        refuse(Code::kInvalidParameter, "Scan object needs to be either a string or an object");
    }
    if (object["desc"].is_null()) refuse(Code::kInvalidParameter, "Descriptor needs to be provided in scan object");
    ScanObject out{object["desc"].as_string()};
    if (!object["range"].is_null()) out.range = parse_descriptor_range(object["range"]);
    return out;
}

}  // namespace

std::vector<std::pair<Bytes, std::string>> describe_scripts(const Json& object, const Context& context)
{
    const ScanObject wanted = parse_scan_object(object);
    const keys::ParsedDescriptors parsed = parse_descriptor_or_refuse(wanted.descriptor, context);
    const bool ranged = parsed.descriptors.front().is_range();
    const DescriptorRange range = ranged ? wanted.range : DescriptorRange{};
    std::vector<std::pair<Bytes, std::string>> out;
    for (std::int64_t i = range.begin; i <= range.end; ++i) {
        for (const keys::Descriptor& descriptor : parsed.descriptors) {
            const auto expansion = descriptor.expand(static_cast<std::uint32_t>(i), parsed.keys);
            if (!expansion) {
                refuse(Code::kInvalidAddressOrKey,
                       "Cannot derive script without private keys: '" + wanted.descriptor + "'");
            }
            for (const Bytes& script : expansion->scripts) {
                out.emplace_back(script,
                                 keys::infer_descriptor(script, expansion->provider).to_string(context.addresses));
            }
        }
    }
    return out;
}

namespace {

Bytes script_of(const keys::ParsedDescriptors& parsed)
{
    if (parsed.descriptors.size() > 1) refuse(Code::kInvalidParameter, "Multipath descriptor not accepted");
    const keys::Descriptor& descriptor = parsed.descriptors.front();
    if (descriptor.is_range()) {
        refuse(Code::kInvalidParameter, "Ranged descriptor not accepted. Maybe pass through deriveaddresses first?");
    }
    const auto expansion = descriptor.expand(0, parsed.keys);
    if (!expansion) refuse(Code::kInvalidAddressOrKey, "Cannot derive script without private keys");
    // combo() has two scripts, or four: of these the third is P2WPKH, of two the second is P2PKH.
    const auto& scripts = expansion->scripts;
    return scripts.size() == 1 ? scripts[0] : scripts.size() == 4 ? scripts[2] : scripts[1];
}

}  // namespace

Bytes script_of_descriptor(const std::string& text, const Context& context)
{
    return script_of(parse_descriptor_or_refuse(text, context));
}

}  // namespace cairn::rpc
