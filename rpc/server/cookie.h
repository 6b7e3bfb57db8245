#pragma once
// The cookie: a file with a password made anew at each start, which those who may read the data folder can read.

#include <filesystem>
#include <optional>
#include <string>

#include "base/file_system.h"
#include "base/random.h"

namespace cairn::rpc {

/// The user's name that goes with the cookie's password.
inline constexpr std::string_view kCookieUser = "__cookie__";

/// -rpccookieperms: "owner", "group" (may read), "all" (may read). Nothing for any other text.
std::optional<std::filesystem::perms> cookie_permissions(std::string_view name);

/// Our cookie file; removed when this ends, but only if the file still is ours.
class Cookie {
public:
    /// Writes a new password beside `path` and renames it over. Throws IoError.
    Cookie(base::FileSystem& files, std::filesystem::path path, std::optional<std::filesystem::perms> permissions,
           base::Random& random);
    ~Cookie();
    Cookie(const Cookie&) = delete;
    Cookie& operator=(const Cookie&) = delete;

    const std::string& password() const { return password_; }

private:
    std::string content() const { return std::string(kCookieUser) + ":" + password_; }

    base::FileSystem& files_;
    std::filesystem::path path_;
    std::string password_;
};

}  // namespace cairn::rpc
