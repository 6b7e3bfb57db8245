#pragma once
// Who may call what: names with salted hashes of passwords, and lists of methods.
//
// Immutable once built, so any thread may ask. Comparisons take the same time for every input of a size.

#include <expected>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "rpc/spec/base64.h"

namespace cairn::rpc {

class Authorizer {
public:
    /// -rpcuser and -rpcpassword, or the cookie: kept as a hash with a random salt.
    void add_password(const std::string& user, const std::string& password, base::Random& random);
    /// -rpcauth=<user>:<salt>$<HMAC-SHA256 of the password, keyed by the salt, in hex>. False if it has another form.
    [[nodiscard]] bool add_rpcauth(const std::string& value);
    /// -rpcwhitelist=<user>:<method>,<method>… Several for a user: what all of them name.
    void add_whitelist(const std::string& value);
    /// -rpcwhitelistdefault: users without a list may call nothing.
    void require_whitelist(bool required) { whitelist_required_ = required; }

    /// The user, if the value of an Authorization field is right.
    std::optional<std::string> user_of(std::string_view authorization) const;
    /// Whether the user may call anything at all.
    bool may_call(const std::string& user) const { return !whitelist_required_ || whitelists_.contains(user); }
    bool may_call(const std::string& user, const std::string& method) const;

private:
    struct Entry {
        std::string user;
        std::string salt;
        std::string hash;  // hex
    };
    std::vector<Entry> entries_;
    std::map<std::string, std::set<std::string>> whitelists_;
    bool whitelist_required_ = false;
};

}  // namespace cairn::rpc
