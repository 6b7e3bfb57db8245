#include "rpc/server/authorizer.h"

#include <algorithm>
#include <array>

#include "crypto/hex.h"
#include "crypto/mac.h"

namespace cairn::rpc {

namespace {

ByteSpan bytes_of(std::string_view text)
{
    return std::as_bytes(std::span(text));
}

bool equal(std::string_view a, std::string_view b)
{
    return crypto::equal_in_constant_time(bytes_of(a), bytes_of(b));
}

std::string password_hash(std::string_view salt, std::string_view password)
{
    return to_hex(crypto::hmac_sha256(bytes_of(salt), bytes_of(password)).span());
}

std::set<std::string> split_methods(std::string_view list)
{
    std::set<std::string> methods;
    while (!list.empty()) {
        const std::size_t end = list.find_first_of(", ");
        if (end != 0) methods.emplace(list.substr(0, end));
        list.remove_prefix(end == std::string_view::npos ? list.size() : end + 1);
    }
    return methods;
}

}  // namespace

void Authorizer::add_password(const std::string& user, const std::string& password, base::Random& random)
{
    std::array<std::byte, 16> raw_salt{};
    random.fill(raw_salt);
    const std::string salt = to_hex(raw_salt);
    entries_.push_back({user, salt, password_hash(salt, password)});
}

bool Authorizer::add_rpcauth(const std::string& value)
{
    const std::size_t colon = value.find(':');
    const std::size_t dollar = value.find('$');
    if (colon == std::string::npos || dollar == std::string::npos || dollar < colon) return false;
    if (value.find(':', colon + 1) != std::string::npos || value.find('$', dollar + 1) != std::string::npos)
        return false;
    entries_.push_back({value.substr(0, colon), value.substr(colon + 1, dollar - colon - 1), value.substr(dollar + 1)});
    return true;
}

void Authorizer::add_whitelist(const std::string& value)
{
    const std::size_t colon = value.find(':');
    const std::string user = value.substr(0, colon);
    const bool known = whitelists_.contains(user);
    std::set<std::string>& methods = whitelists_[user];
    if (colon == std::string::npos) return;
    std::set<std::string> named = split_methods(std::string_view(value).substr(colon + 1));
    if (known) std::erase_if(named, [&](const std::string& method) { return !methods.contains(method); });
    methods = std::move(named);
}

std::optional<std::string> Authorizer::user_of(std::string_view authorization) const
{
    constexpr std::string_view kScheme = "Basic ";
    if (!authorization.starts_with(kScheme)) return std::nullopt;
    const auto credentials = decode_base64(authorization.substr(kScheme.size()));
    if (!credentials) return std::nullopt;
    const std::size_t colon = credentials->find(':');
    if (colon == std::string::npos) return std::nullopt;
    const std::string user = credentials->substr(0, colon);
    const std::string_view password = std::string_view(*credentials).substr(colon + 1);
    bool right = false;
    for (const Entry& entry : entries_) {
        // No short cut: how many entries fit a name is not to be seen in the time taken.
        const bool fits = equal(entry.hash, password_hash(entry.salt, password));
        right = (equal(entry.user, user) && fits) || right;
    }
    return right ? std::optional(user) : std::nullopt;
}

bool Authorizer::may_call(const std::string& user, const std::string& method) const
{
    const auto list = whitelists_.find(user);
    return list == whitelists_.end() ? !whitelist_required_ : list->second.contains(method);
}

}  // namespace cairn::rpc
