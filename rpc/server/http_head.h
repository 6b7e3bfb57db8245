#pragma once
// The head of an HTTP request, checked by us before any library sees it.
//
// Stricter than general HTTP servers where leniency has been a hole: no white space in or before a field's name, no
// folded lines, no NUL or bare CR, no differing Content-Lengths, no transfer encoding but "chunked", which counts more
// than a Content-Length. Source: RFC 9110, 9112; Bitcoin Core 31's server, whose statuses these are.

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cairn::rpc {

/// Request line and fields together, with their line ends.
inline constexpr std::size_t kMaxHeadSize = 8192;
/// What a body may have, as such or when its chunks are put together.
inline constexpr std::uint64_t kMaxBodySize = 32 * 1024 * 1024;

struct RequestHead {
    std::string method;
    std::string target;
    int minor_version = 1;  // of HTTP/1.x
    std::vector<std::pair<std::string, std::string>> fields;
    bool chunked = false;
    std::uint64_t content_length = 0;  // without chunked

    /// The value of the first field of that name, in any case.
    std::optional<std::string_view> find(std::string_view name) const;
    /// Whether the client wants the connection to stay.
    bool keeps_alive() const;
};

enum class HeadFault {
    kMalformed,     // 400
    kBodyTooLarge,  // 413
};

/// How many bytes of `text` the head has, with the empty line that ends it; nothing while it has not ended.
std::optional<std::size_t> head_size(std::string_view text);

/// `text` is a whole head. More than kMaxHeadSize is malformed.
std::expected<RequestHead, HeadFault> parse_head(std::string_view text);

}  // namespace cairn::rpc
