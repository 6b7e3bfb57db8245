#include "rpc/server/subnet.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <string>

#include <boost/asio/ip/address.hpp>

namespace cairn::rpc {

namespace {

constexpr unsigned kV4Offset = 96;

bool is_v4(const IpBytes& address)
{
    return std::all_of(address.begin(), address.begin() + 10, [](std::uint8_t byte) { return byte == 0; }) &&
           address[10] == 0xff && address[11] == 0xff;
}

std::optional<unsigned> parse_number(std::string_view text, unsigned limit)
{
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value > limit) return std::nullopt;
    return value;
}

/// The leading ones of a mask; nothing if a one follows a zero.
std::optional<unsigned> mask_prefix(const IpBytes& mask, unsigned from)
{
    unsigned ones = 0;
    bool ended = false;
    for (std::size_t i = from / 8; i < mask.size(); ++i) {
        const auto here = static_cast<unsigned>(std::countl_one(mask[i]));
        if ((ended && mask[i] != 0) || static_cast<unsigned>(std::popcount(mask[i])) != here) return std::nullopt;
        ones += here;
        ended = here < 8;
    }
    return from + ones;
}

}  // namespace

std::optional<IpBytes> parse_ip(std::string_view text)
{
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(std::string(text), error);
    if (error || text.find('%') != std::string_view::npos) return std::nullopt;
    const auto v6 = address.is_v4() ? boost::asio::ip::make_address_v6(boost::asio::ip::v4_mapped, address.to_v4())
                                    : address.to_v6();
    return v6.to_bytes();
}

std::optional<Subnet> Subnet::parse(std::string_view text)
{
    const std::size_t slash = text.find('/');
    std::string_view host = text.substr(0, slash);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    const auto address = parse_ip(host);
    if (!address) return std::nullopt;
    const bool v4 = cairn::rpc::is_v4(*address);
    const unsigned offset = v4 ? kV4Offset : 0;
    if (slash == std::string_view::npos) return Subnet(*address, v4, 128);
    const std::string_view mask = text.substr(slash + 1);
    if (const auto bits = parse_number(mask, 128 - offset)) return Subnet(*address, v4, offset + *bits);
    const auto mask_bytes = parse_ip(mask);
    if (!mask_bytes || cairn::rpc::is_v4(*mask_bytes) != v4) return std::nullopt;
    const auto prefix = mask_prefix(*mask_bytes, offset);
    if (!prefix) return std::nullopt;
    return Subnet(*address, v4, *prefix);
}

bool Subnet::contains(const IpBytes& address) const
{
    if (cairn::rpc::is_v4(address) != is_v4_) return false;
    for (unsigned bit = 0; bit < prefix_; bit += 8) {
        const unsigned left = std::min(8U, prefix_ - bit);
        const unsigned mask = 0xffU << (8 - left) & 0xffU;
        if (((address[bit / 8] ^ address_[bit / 8]) & mask) != 0) return false;
    }
    return true;
}

}  // namespace cairn::rpc
