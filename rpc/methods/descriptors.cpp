// getdescriptorinfo and deriveaddresses.

#include <array>

#include "keys/address.h"
#include "policy/script_type.h"
#include "rpc/methods/descriptor_scripts.h"
#include "rpc/methods/tables.h"

namespace cairn::rpc {

namespace {

Json getdescriptorinfo(const Call& call)
{
    const keys::AddressFormat& format = call.context.addresses;
    const std::string& text = call["descriptor"].as_string();
    const keys::ParsedDescriptors parsed = parse_descriptor_or_refuse(text, call.context);
    const keys::Descriptor& first = parsed.descriptors.front();
    Json out = Json::object();
    out.set("descriptor", first.to_string(format));
    if (parsed.descriptors.size() > 1) {
        Json all = Json::array();
        for (const keys::Descriptor& descriptor : parsed.descriptors) all.push(descriptor.to_string(format));
        out.set("multipath_expansion", std::move(all));
    }
    out.set("checksum", keys::checked_descriptor_checksum(text).value_or(""));
    out.set("isrange", first.is_range());
    out.set("issolvable", first.is_solvable());
    out.set("hasprivatekeys", !parsed.keys.private_keys.empty());
    return out;
}

void append_addresses(Json& out, const std::vector<Bytes>& scripts, const keys::AddressFormat& format)
{
    for (const Bytes& script : scripts) {
        if (const auto address = keys::address_of(script, format)) {
            out.push(*address);
            continue;
        }
        // combo() makes pay-to-pubkey too, which has no address.
        const bool in_combo = scripts.size() > 1 && policy::classify_script(script).type == policy::ScriptType::kPubkey;
        if (!in_combo) refuse(Code::kInvalidAddressOrKey, "Descriptor does not have a corresponding address");
    }
}

Json derive(const keys::Descriptor& descriptor, const keys::SigningProvider& keys, DescriptorRange range,
            const keys::AddressFormat& format)
{
    Json out = Json::array();
    for (std::int64_t i = range.begin; i <= range.end; ++i) {
        const auto expansion = descriptor.expand(static_cast<std::uint32_t>(i), keys);
        if (!expansion) refuse(Code::kInvalidAddressOrKey, "Cannot derive script without private keys");
        append_addresses(out, expansion->scripts, format);
    }
    return out;
}

Json deriveaddresses(const Call& call)
{
    const keys::AddressFormat& format = call.context.addresses;
    const Json& range_given = call["range"];
    DescriptorRange range;
    if (!range_given.is_null()) range = parse_descriptor_range(range_given);
    const keys::ParsedDescriptors parsed =
        parse_descriptor_or_refuse(call["descriptor"].as_string(), call.context, keys::ChecksumRule::kRequired);
    const bool ranged = parsed.descriptors.front().is_range();
    if (!ranged && !range_given.is_null()) {
        refuse(Code::kInvalidParameter, "Range should not be specified for an un-ranged descriptor");
    }
    if (ranged && range_given.is_null()) {
        refuse(Code::kInvalidParameter, "Range must be specified for a ranged descriptor");
    }
    if (parsed.descriptors.size() == 1) return derive(parsed.descriptors.front(), parsed.keys, range, format);
    Json out = Json::array();
    for (const keys::Descriptor& one : parsed.descriptors) out.push(derive(one, parsed.keys, range, format));
    return out;
}

}  // namespace

std::span<const Entry> descriptor_methods()
{
    static constexpr std::array kTable{Entry{"getdescriptorinfo", getdescriptorinfo},
                                       Entry{"deriveaddresses", deriveaddresses}};
    return kTable;
}

}  // namespace cairn::rpc
