#include "rpc/client/overview.h"

#include <array>
#include <charconv>
#include <map>

#include <fmt/format.h>

#include "rpc/client/plain.h"

namespace cairn::rpc {

namespace {

/// Wraps text in a terminal's colour, where colours are wanted.
class Paint {
public:
    explicit Paint(bool on) : on_(on) {}
    std::string operator()(int colour, const std::string& text) const
    {
        return on_ ? fmt::format("\x1b[{}m{}\x1b[0m", colour, text) : text;
    }

private:
    bool on_;
};

constexpr int kGreen = 32;
constexpr int kYellow = 33;
constexpr int kBlue = 34;
constexpr int kMagenta = 35;
constexpr int kCyan = 36;

/// "0.98765" as "98.7650".
std::string percent(const std::string& progress)
{
    double value = 1;  // floating: a fraction of work, for people
    std::from_chars(progress.data(), progress.data() + progress.size(), value);
    return fmt::format("{:.4f}", 100 * value);
}

std::string proxies_line(const Json& networks)
{
    std::map<std::string, std::string> names;
    for (std::size_t i = 0; i < networks.size(); ++i) {
        const std::string proxy = plain(networks[i]["proxy"]);
        if (proxy.empty()) continue;
        std::string& list = names[proxy];
        list += (list.empty() ? "" : ", ") + plain(networks[i]["name"]);
    }
    std::string line;
    for (const auto& [proxy, list] : names) line += (line.empty() ? "" : ", ") + proxy + " (" + list + ")";
    return line.empty() ? "n/a" : line;
}

std::string chain_part(const Json& chain, const Paint& paint)
{
    return paint(kBlue, "Chain: " + plain(chain["chain"])) + "\nBlocks: " + plain(chain["blocks"]) +
           "\nHeaders: " + plain(chain["headers"]) +
           "\nVerification progress: " + percent(plain(chain["verificationprogress"])) +
           "%\nDifficulty: " + plain(chain["difficulty"]) + "\n\n";
}

std::string network_part(const Json& network, const Paint& paint)
{
    return paint(kGreen, "Network: in " + plain(network["connections_in"]) + ", out " +
                             plain(network["connections_out"]) + ", total " + plain(network["connections"])) +
           "\nVersion: " + plain(network["version"]) + "\nTime offset (s): " + plain(network["timeoffset"]) +
           "\nProxies: " + proxies_line(network["networks"]) +
           "\nMin tx relay fee rate (BTC/kvB): " + plain(network["relayfee"]) + "\n\n";
}

std::string quoted_if_empty(const std::string& name)
{
    return name.empty() ? "\"\"" : name;
}

std::string wallet_part(const RpcClient& client, const Paint& paint)
{
    std::string text;
    const Json wallet = client.call("getwalletinfo", Json::array(), client.wallet())["result"];
    if (!wallet.is_null()) {
        text += paint(kMagenta, "Wallet: " + quoted_if_empty(plain(wallet["walletname"]))) + "\n";
        text += "Keypool size: " + plain(wallet["keypoolsize"]) + "\n";
        if (wallet.has("unlocked_until")) text += "Unlocked until: " + plain(wallet["unlocked_until"]) + "\n";
    }
    const Json balances = client.call("getbalances", Json::array(), client.wallet())["result"];
    if (!balances.is_null()) text += paint(kCyan, "Balance:") + " " + plain(balances["mine"]["trusted"]) + "\n\n";
    return text;
}

std::string balances_part(const RpcClient& client, const Paint& paint)
{
    const Json wallets = client.call("listwallets", Json::array())["result"];
    if (client.wallet() || wallets.size() < 2) return {};
    std::string text = paint(kCyan, "Balances") + "\n";
    for (std::size_t i = 0; i < wallets.size(); ++i) {
        const std::string& name = wallets[i].as_string();
        const Json balances = client.call("getbalances", Json::array(), name)["result"];
        text += fmt::format("{:>10} {}\n", plain(balances["mine"]["trusted"]), quoted_if_empty(name));
    }
    return text + "\n";
}

std::string warnings_line(const Json& warnings)
{
    std::string text = warnings.is_string() ? warnings.as_string() : "";
    for (std::size_t i = 0; i < warnings.size(); ++i) text += (text.empty() ? "" : "\n") + plain(warnings[i]);
    return text.empty() ? "(none)" : text;
}

}  // namespace

CommandOutcome get_info(const RpcClient& client, bool colours)
{
    const Paint paint(colours);
    const Json network = client.call("getnetworkinfo", Json::array());
    if (!network["error"].is_null()) return {network["error"], {}};
    const Json chain = client.call("getblockchaininfo", Json::array());
    if (!chain["error"].is_null()) return {chain["error"], {}};
    const std::string text = chain_part(chain["result"], paint) + network_part(network["result"], paint) +
                             wallet_part(client, paint) + balances_part(client, paint) + paint(kYellow, "Warnings:") +
                             " " + warnings_line(network["result"]["warnings"]);
    return {{}, text};
}

CommandOutcome address_info(const RpcClient& client)
{
    const Json known = client.call("getnodeaddresses", Json::array().push(0));
    if (!known["error"].is_null()) return {known["error"], {}};
    std::map<std::string, int> counts{{"ipv4", 0}, {"ipv6", 0}, {"onion", 0}, {"i2p", 0}, {"cjdns", 0}};
    int total = 0;
    for (const Json& address : known["result"].as_array()) {
        ++counts[plain(address["network"])];
        ++total;
    }
    Json networks = Json::object();
    for (const char* name : {"ipv4", "ipv6", "onion", "i2p", "cjdns"}) networks.set(name, counts[name]);
    networks.set("total", total);
    return {{}, Json::object().set("addresses_known", std::move(networks)).write(2)};
}

}  // namespace cairn::rpc
