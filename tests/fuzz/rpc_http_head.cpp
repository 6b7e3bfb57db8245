// USES: rpc_server
// The head of an HTTP request: bounded, never ambiguous about the body, and stable when what was understood is written
// down and read again.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "rpc/server/gate.h"
#include "rpc/server/http_head.h"

using namespace cairn::rpc;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto end = head_size(text);
    if (end && (*end > size || head_size(text.substr(0, *end)) != end)) std::abort();
    const std::string_view raw = text.substr(0, end.value_or(size));
    const auto head = parse_head(raw);
    if (!head) return 0;
    if (raw.size() > kMaxHeadSize || head->content_length > kMaxBodySize) std::abort();
    if (head->chunked && head->content_length != 0) std::abort();
    std::string again = head->method + " " + head->target + " HTTP/1." + std::to_string(head->minor_version) + "\r\n";
    for (const auto& [name, value] : head->fields) again += name + ": " + value + "\r\n";
    again += "\r\n";
    if (again.size() > kMaxHeadSize) return 0;
    const auto second = parse_head(again);
    if (!second || second->fields != head->fields || second->chunked != head->chunked ||
        second->content_length != head->content_length || second->keeps_alive() != head->keeps_alive()) {
        std::abort();
    }
    // Without a user, nothing gets past the gate.
    if (!judge(*head, GateRules{}, Authorizer{}).refusal) std::abort();
    if (const auto encoded = head->find("Authorization")) {
        if (const auto bytes = decode_base64(*encoded); bytes && encode_base64(*bytes) != *encoded) std::abort();
    }
    return 0;
}
