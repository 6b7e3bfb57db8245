// Network rules from the options.

#include <fmt/format.h>

#include "crypto/hex.h"
#include "crypto/text.h"
#include "node/config.h"

namespace cairn::node {

namespace {

Configured<consensus::ParamsOptions::ActivationHeight> parse_activation_height(const std::string& text)
{
    const auto at = text.find('@');
    if (at == std::string::npos) {
        return std::unexpected(fmt::format("Invalid format ({}) for -testactivationheight=name@height.", text));
    }
    const auto height = parse_integer<Height>(text.substr(at + 1));
    if (!height || *height < 0 || *height == std::numeric_limits<Height>::max()) {
        return std::unexpected(fmt::format("Invalid height value ({}) for -testactivationheight=name@height.", text));
    }
    const auto deployment = consensus::buried_deployment_from_option(text.substr(0, at));
    if (!deployment) {
        return std::unexpected(fmt::format("Invalid name ({}) for -testactivationheight=name@height.", text));
    }
    return consensus::ParamsOptions::ActivationHeight{*deployment, *height};
}

Configured<consensus::ParamsOptions::VersionBits> parse_version_bits(const std::string& text)
{
    const auto parts = split(text, ':');
    if (parts.size() < 3 || parts.size() > 4) {
        return std::unexpected(
            "Version bits parameters malformed, expecting deployment:start:end[:min_activation_height]");
    }
    const auto start = parse_integer<std::int64_t>(parts[1]);
    if (!start) return std::unexpected(fmt::format("Invalid nStartTime ({})", parts[1]));
    const auto timeout = parse_integer<std::int64_t>(parts[2]);
    if (!timeout) return std::unexpected(fmt::format("Invalid nTimeout ({})", parts[2]));
    const auto height = parts.size() == 4 ? parse_integer<Height>(parts[3]) : std::optional<Height>{0};
    if (!height) return std::unexpected(fmt::format("Invalid min_activation_height ({})", parts[3]));
    const auto deployment = consensus::deployment_from_name(parts[0]);
    if (!deployment) return std::unexpected(fmt::format("Invalid deployment ({})", parts[0]));
    return consensus::ParamsOptions::VersionBits{*deployment, *start, *timeout, *height};
}

Configured<void> read_signet(const base::Settings& settings, consensus::ParamsOptions& options)
{
    const auto challenges = settings.texts("signetchallenge");
    if (challenges.empty()) return {};
    if (challenges.size() > 1) return std::unexpected("-signetchallenge cannot be multiple values.");
    options.signet_challenge = from_hex(challenges[0]);
    if (!options.signet_challenge) {
        return std::unexpected(fmt::format("-signetchallenge must be hex, not '{}'.", challenges[0]));
    }
    return {};
}

Configured<void> read_regtest(const base::Settings& settings, consensus::ParamsOptions& options)
{
    for (const auto& text : settings.texts("testactivationheight")) {
        const auto parsed = parse_activation_height(text);
        if (!parsed) return std::unexpected(parsed.error());
        options.activation_heights.push_back(*parsed);
    }
    for (const auto& text : settings.texts("vbparams")) {
        const auto parsed = parse_version_bits(text);
        if (!parsed) return std::unexpected(parsed.error());
        options.version_bits.push_back(*parsed);
    }
    for (const auto& text : settings.texts("test")) {
        if (text == "bip94") options.enforce_bip94 = true;
    }
    return {};
}

}  // namespace

Configured<consensus::Params> configure_params(const base::Settings& settings)
{
    const auto network = network_from_name(settings.chain());
    if (!network) return std::unexpected(fmt::format("Unknown chain {}.", settings.chain()));
    consensus::ParamsOptions options;
    Configured<void> read;
    if (*network == Network::kSignet) read = read_signet(settings, options);
    if (*network == Network::kRegtest) read = read_regtest(settings, options);
    if (!read) return std::unexpected(read.error());
    return consensus::make_params(*network, options);
}

protocol::NetworkInfo configure_network(const consensus::Params& params)
{
    if (params.network == Network::kSignet) return protocol::signet_info(params.signet_challenge);
    return protocol::network_info(params.network);
}

Configured<std::optional<std::chrono::sys_seconds>> configure_mock_time(const base::Settings& settings,
                                                                        const consensus::Params& params)
{
    const auto seconds = settings.integer_or("mocktime", 0);
    if (seconds == 0) return std::nullopt;
    if (params.network != Network::kRegtest) return std::unexpected("-mocktime is for regression testing only");
    return std::chrono::sys_seconds{std::chrono::seconds{seconds}};
}

}  // namespace cairn::node
