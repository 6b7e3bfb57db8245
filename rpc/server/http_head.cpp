#include "rpc/server/http_head.h"

#include <algorithm>

#include "crypto/text.h"

namespace cairn::rpc {

namespace {

bool equal_ignoring_case(std::string_view a, std::string_view b)
{
    return std::ranges::equal(a, b, {}, to_lower, to_lower);
}

/// Takes a line off the front, without its end ("\n" or "\r\n").
std::string_view take_line(std::string_view& text)
{
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

bool parse_request_line(std::string_view line, RequestHead& head)
{
    if (line.find_first_of(std::string_view("\0\r", 2)) != std::string_view::npos) return false;
    const std::size_t first = line.find(' ');
    if (first == std::string_view::npos) return false;
    const std::size_t second = line.find(' ', first + 1);
    if (second == std::string_view::npos) return false;
    head.method = line.substr(0, first);
    head.target = line.substr(first + 1, second - first - 1);
    const std::string_view version = line.substr(second + 1);
    // "HTTP/1.x": two single digits.
    if (version.size() != 8 || !version.starts_with("HTTP/1.") || version[7] < '0' || version[7] > '9') return false;
    head.minor_version = version[7] - '0';
    return !head.method.empty() && !head.target.empty();
}

bool parse_field(std::string_view line, RequestHead& head)
{
    if (line.find_first_of(std::string_view("\0\r", 2)) != std::string_view::npos) return false;
    const std::size_t colon = line.find(':');
    if (colon == 0 || colon == std::string_view::npos) return false;
    const std::string_view name = line.substr(0, colon);
    if (name.find_first_of(" \t\f\v") != std::string_view::npos) return false;
    head.fields.emplace_back(name, trim(line.substr(colon + 1), " \t\f\v"));
    return true;
}

/// How the body is delimited.
std::expected<void, HeadFault> find_framing(RequestHead& head)
{
    const auto malformed = std::unexpected(HeadFault::kMalformed);
    if (const auto encoding = head.find("Transfer-Encoding")) {
        if (!equal_ignoring_case(*encoding, "chunked")) return malformed;
        head.chunked = true;
    }
    std::optional<std::string_view> length;
    for (const auto& [name, value] : head.fields) {
        if (!equal_ignoring_case(name, "Content-Length")) continue;
        if (length && *length != value) return malformed;
        length = value;
    }
    if (!length || head.chunked) return {};
    const auto bytes = parse_integer<decltype(head.content_length)>(*length);
    if (!bytes) return malformed;
    head.content_length = *bytes;
    if (head.content_length > kMaxBodySize) return std::unexpected(HeadFault::kBodyTooLarge);
    return {};
}

}  // namespace

std::optional<std::string_view> RequestHead::find(std::string_view name) const
{
    for (const auto& [field, value] : fields) {
        if (equal_ignoring_case(field, name)) return value;
    }
    return std::nullopt;
}

bool RequestHead::keeps_alive() const
{
    const std::string_view connection = find("Connection").value_or("");
    if (equal_ignoring_case(connection, "close")) return false;
    return minor_version > 0 || equal_ignoring_case(connection, "keep-alive");
}

std::optional<std::size_t> head_size(std::string_view text)
{
    std::size_t end = text.find('\n');
    while (end != std::string_view::npos) {
        const std::string_view rest = text.substr(end + 1);
        if (rest.starts_with('\n')) return end + 2;
        if (rest.starts_with("\r\n")) return end + 3;
        end = text.find('\n', end + 1);
    }
    return std::nullopt;
}

std::expected<RequestHead, HeadFault> parse_head(std::string_view text)
{
    RequestHead head;
    if (text.size() > kMaxHeadSize || !parse_request_line(take_line(text), head)) {
        return std::unexpected(HeadFault::kMalformed);
    }
    while (!text.empty()) {
        const std::string_view line = take_line(text);
        if (line.empty()) break;
        if (!parse_field(line, head)) return std::unexpected(HeadFault::kMalformed);
    }
    const auto framed = find_framing(head);
    if (!framed) return std::unexpected(framed.error());
    return head;
}

}  // namespace cairn::rpc
