#include "rpc/server/cookie.h"

#include <array>

#include "base/log.h"
#include "crypto/hex.h"

namespace cairn::rpc {

std::optional<std::filesystem::perms> cookie_permissions(std::string_view name)
{
    using std::filesystem::perms;
    constexpr perms kOwner = perms::owner_read | perms::owner_write;
    if (name == "owner") return kOwner;
    if (name == "group") return kOwner | perms::group_read;
    if (name == "all") return kOwner | perms::group_read | perms::others_read;
    return std::nullopt;
}

Cookie::Cookie(base::FileSystem& files, std::filesystem::path path, std::optional<std::filesystem::perms> permissions,
               base::Random& random)
    : files_(files), path_(std::move(path))
{
    std::array<std::byte, 32> secret{};
    random.fill(secret);
    password_ = to_hex(secret);
    std::filesystem::path temporary = path_;
    temporary += ".tmp";
    const std::string text = content();
    files_.open(temporary, base::OpenMode::kTruncate)->write_at(0, std::as_bytes(std::span(text)));
    if (permissions) files_.set_permissions(temporary, *permissions);
    files_.rename(temporary, path_);
    base::log_info("Generated RPC authentication cookie {}", path_.string());
}

Cookie::~Cookie()
{
    constexpr std::uint64_t kMaxSize = 4096;
    try {
        if (files_.exists(path_) && base::read_text_file(files_, path_, kMaxSize) == content()) files_.remove(path_);
    } catch (const std::exception& failure) {
        base::log_warning("Could not remove the cookie file {}: {}", path_.string(), failure.what());
    }
}

}  // namespace cairn::rpc
