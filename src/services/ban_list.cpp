#include "services/ban_list.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace cairn::services {

namespace {

namespace json = boost::json;

constexpr std::string_view kList = "banned_nets";
constexpr std::int64_t kVersion = 1;

std::optional<std::int64_t> number(const json::object& entry, std::string_view name)
{
    const json::value* value = entry.if_contains(name);
    const std::int64_t* found = value == nullptr ? nullptr : value->if_int64();
    if (found == nullptr || *found < 0) return std::nullopt;
    return *found;
}

std::optional<protocol::BanEntry> decode_ban(const json::value& value)
{
    const json::object* entry = value.if_object();
    if (entry == nullptr || number(*entry, "version") != kVersion) return std::nullopt;
    const json::value* address = entry->if_contains("address");
    const json::string* text = address == nullptr ? nullptr : address->if_string();
    const auto subnet = text == nullptr ? std::nullopt : protocol::Subnet::parse({text->data(), text->size()});
    const auto created = number(*entry, "ban_created");
    const auto until = number(*entry, "banned_until");
    if (!subnet || !created || !until) return std::nullopt;
    return protocol::BanEntry{*subnet, *created, *until};
}

}  // namespace

std::string encode_bans(std::span<const protocol::BanEntry> bans)
{
    std::string entries;
    for (const protocol::BanEntry& ban : bans) {
        // Nothing in a subnet's text needs escaping.
        entries += fmt::format(R"({}
        {{
            "version": {},
            "ban_created": {},
            "banned_until": {},
            "address": "{}"
        }})",
                               entries.empty() ? "" : ",", kVersion, ban.created, ban.until, ban.subnet.to_string());
    }
    return fmt::format("{{\n    \"{}\": [{}{}]\n}}\n", kList, entries, entries.empty() ? "" : "\n    ");
}

std::optional<DecodedBans> decode_bans(std::string_view text)
{
    boost::system::error_code error;
    const json::value root = json::parse({text.data(), text.size()}, error);
    const json::object* object = error ? nullptr : root.if_object();
    const json::value* list = object == nullptr ? nullptr : object->if_contains(kList);
    const json::array* entries = list == nullptr ? nullptr : list->if_array();
    if (entries == nullptr) return std::nullopt;
    DecodedBans decoded;
    for (const json::value& entry : *entries) {
        if (const auto ban = decode_ban(entry)) {
            decoded.bans.push_back(*ban);
        } else {
            decoded.passed_over.push_back(json::serialize(entry));
        }
    }
    return decoded;
}

}  // namespace cairn::services
