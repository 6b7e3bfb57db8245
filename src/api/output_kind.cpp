#include <array>

#include "api/wallet_values.h"

namespace cairn::api {

namespace {

constexpr std::array<std::string_view, 4> kNames{"legacy", "p2sh-segwit", "bech32", "bech32m"};

}  // namespace

std::optional<OutputKind> output_kind(std::string_view name)
{
    for (std::size_t i = 0; i < kNames.size(); ++i) {
        if (kNames[i] == name) return static_cast<OutputKind>(i);
    }
    return std::nullopt;
}

std::string_view name(OutputKind kind)
{
    return kNames[static_cast<std::size_t>(kind)];
}

}  // namespace cairn::api
