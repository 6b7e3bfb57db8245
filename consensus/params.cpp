#include "consensus/params.h"

#include <cassert>

#include "consensus/encoding/writer.h"
#include "consensus/primitives/transaction_draft.h"
#include "consensus/script/script.h"
#include "crypto/hex.h"

namespace cairn {
namespace {

struct NetworkName {
    Network network;
    std::string_view name;
};
constexpr std::array kNetworkNames{
    NetworkName{Network::kMain, "main"},         NetworkName{Network::kTestnet3, "test"},
    NetworkName{Network::kTestnet4, "testnet4"}, NetworkName{Network::kSignet, "signet"},
    NetworkName{Network::kRegtest, "regtest"},
};

}  // namespace

std::string_view name(Network network)
{
    return kNetworkNames[static_cast<std::size_t>(network)].name;
}

std::optional<Network> network_from_name(std::string_view name)
{
    for (const NetworkName& entry : kNetworkNames) {
        if (entry.name == name) return entry.network;
    }
    return std::nullopt;
}

}  // namespace cairn

namespace cairn::consensus {
namespace {

struct BuriedName {
    BuriedDeployment deployment;
    std::string_view name;
    std::string_view option;
};
constexpr std::array kBuriedNames{
    BuriedName{BuriedDeployment::kBip34, "bip34", "bip34"},    BuriedName{BuriedDeployment::kBip66, "bip66", "dersig"},
    BuriedName{BuriedDeployment::kBip65, "bip65", "cltv"},     BuriedName{BuriedDeployment::kCsv, "csv", "csv"},
    BuriedName{BuriedDeployment::kSegwit, "segwit", "segwit"},
};

/// Literals of this file only: what does not parse is a bug.
BlockHash block_hash(std::string_view hex)
{
    const auto hash = BlockHash::from_hex(hex);
    assert(hash);
    return *hash;
}

Uint256 number(std::string_view hex)
{
    const auto value = Uint256::from_hex(hex);
    assert(value);
    return *value;
}

Bytes bytes(std::string_view hex)
{
    auto value = from_hex(hex);
    assert(value);
    return *std::move(value);
}

struct Genesis {
    std::uint32_t time;
    std::uint32_t nonce;
    std::uint32_t bits;
    std::string_view headline = "The Times 03/Jan/2009 Chancellor on brink of second bailout for banks";
    std::string_view key =
        "04678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb6"
        "49f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5f";
};

BlockRef make_genesis(const Genesis& genesis)
{
    TransactionDraft coinbase;
    coinbase.version = 1;
    const Bytes first_bits = bytes("ffff001d");
    const Bytes extra_nonce = bytes("04");
    const auto headline = std::as_bytes(std::span{genesis.headline});
    coinbase.inputs.push_back(
        {Outpoint{}, ScriptWriter{}.push(first_bits).push(extra_nonce).push(headline).take(), 0xffffffff, {}});
    coinbase.outputs.push_back(
        {Amount{50 * kCoin.satoshis()}, ScriptWriter{}.push(bytes(genesis.key)).op(Opcode::kCheckSig).take()});
    const TransactionRef transaction = coinbase.finish();

    BlockHeader header;
    header.version = 1;
    header.merkle_root = transaction->txid.value;
    header.time = genesis.time;
    header.bits = genesis.bits;
    header.nonce = genesis.nonce;
    Writer writer;
    writer.bytes(header.encode()).compact_size(1).bytes(transaction->raw);
    auto block = decode_block(writer.take());
    assert(block.has_value());
    return *std::move(block);
}

/// Indexed as BuriedDeployment.
constexpr std::array<Height, kBuriedDeployments> heights(Height bip34, Height bip66, Height bip65, Height csv,
                                                         Height segwit)
{
    return {bip34, bip66, bip65, csv, segwit};
}

constexpr Height kTestnetThreshold = 1512;  // 75 %

Params main_params()
{
    Params params;
    params.network = Network::kMain;
    params.genesis = make_genesis({1231006505, 2083236893, 0x1d00ffff});
    // CONSENSUS: one block breaks BIP16, one breaks taproot's rules. Test: ConnectContextTest.
    params.script_flag_exceptions = {
        {block_hash("00000000000002dc756eebf4f49723ed8d30cc28a5f108eb94b1ba88ac4f9c22"), kVerifyNone},
        {block_hash("0000000000000000000f14c35b2d841e986ab5441de8c585d5ffe55ea1e395ad"), kVerifyP2sh | kVerifyWitness},
    };
    params.buried_heights = heights(227'931, 363'725, 388'381, 419'328, 481'824);
    params.bip34_hash = block_hash("000000000000024b89b42a942fe0d9fea3bb44ab7bd1b19115dd6a759c0808b8");
    params.min_version_bits_warning_height = 711'648;
    params.pow_limit = number("00000000ffffffffffffffffffffffffffffffffffffffffffffffffffffffff");
    params.minimum_chain_work = number("0000000000000000000000000000000000000001128750f82f4c366153a3a030");
    params.assume_valid = block_hash("00000000000000000000ccebd6d74d9194d8dcdc1d177c478e094bfad51ba5ac");  // 938343
    return params;
}

Params testnet3_params()
{
    Params params;
    params.network = Network::kTestnet3;
    params.genesis = make_genesis({1296688602, 414098458, 0x1d00ffff});
    params.script_flag_exceptions = {
        {block_hash("00000000dd30457c001f4095d208cc1296b0eed002427aa599874af7a432b105"), kVerifyNone},
    };
    params.buried_heights = heights(21'111, 330'776, 581'885, 770'112, 834'624);
    params.bip34_hash = block_hash("0000000023b3a96d3484e5abb3755c413e7d41500f8e2a5c3f0dd01299cd8ef8");
    params.deployments[0].threshold = kTestnetThreshold;
    params.min_version_bits_warning_height = 2'013'984;
    params.pow_limit = number("00000000ffffffffffffffffffffffffffffffffffffffffffffffffffffffff");
    params.allow_min_difficulty_blocks = true;
    params.minimum_chain_work = number("0000000000000000000000000000000000000000000017dde1c649f3708d14b6");
    params.assume_valid = block_hash("000000007a61e4230b28ac5cb6b5e5a0130de37ac1faf2f8987d2fa6505b67f4");  // 4842348
    return params;
}

Params testnet4_params()
{
    Params params;
    params.network = Network::kTestnet4;
    Genesis genesis{1714777860, 393743547, 0x1d00ffff};
    genesis.headline = "03/May/2024 000000000000000000001ebd58c244970b3aa9d783bb001011fbe8ea8e98e00e";
    genesis.key = "000000000000000000000000000000000000000000000000000000000000000000";
    params.genesis = make_genesis(genesis);
    params.buried_heights = heights(1, 1, 1, 1, 1);
    params.deployments[0].threshold = kTestnetThreshold;
    params.pow_limit = number("00000000ffffffffffffffffffffffffffffffffffffffffffffffffffffffff");
    params.allow_min_difficulty_blocks = true;
    params.enforce_bip94 = true;
    params.minimum_chain_work = number("0000000000000000000000000000000000000000000009a0fe15d0177d086304");
    params.assume_valid = block_hash("0000000002368b1e4ee27e2e85676ae6f9f9e69579b29093e9a82c170bf7cf8a");  // 123613
    return params;
}

Params signet_params(const std::optional<Bytes>& challenge)
{
    Params params;
    params.network = Network::kSignet;
    params.genesis = make_genesis({1598918400, 52613770, 0x1e0377ae});
    params.buried_heights = heights(1, 1, 1, 1, 1);
    params.pow_limit = number("00000377ae000000000000000000000000000000000000000000000000000000");
    params.signet_blocks = true;
    if (challenge) {
        params.signet_challenge = *challenge;
        return params;
    }
    params.signet_challenge = bytes(
        "512103ad5e0edad18cb1f0fc0d28a3d4f1f3e445640337489abb10404f2d1e086be430"
        "210359ef5021964fe22d6f8e05b2463c9540ce96883fe3b278760f048f5189f2e6c452ae");
    params.minimum_chain_work = number("00000000000000000000000000000000000000000000000000000b463ea0a4b8");
    params.assume_valid = block_hash("00000008414aab61092ef93f1aacc54cf9e9f16af29ddad493b908a01ff5c329");  // 293175
    return params;
}

Params regtest_params(bool enforce_bip94)
{
    Params params;
    params.network = Network::kRegtest;
    params.genesis = make_genesis({1296688602, 2, 0x207fffff});
    params.subsidy_halving_interval = 150;
    params.buried_heights = heights(1, 1, 1, 1, 0);
    params.deployments[0].start_time = 0;
    params.deployments[0].period = 144;
    params.deployments[0].threshold = 108;  // 75 %
    params.pow_limit = number("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff");
    params.target_timespan = 24 * 60 * 60;
    params.allow_min_difficulty_blocks = true;
    params.enforce_bip94 = enforce_bip94;
    params.no_retargeting = true;
    return params;
}

Params network_params(Network network, const ParamsOptions& options)
{
    switch (network) {
        case Network::kMain:
            return main_params();
        case Network::kTestnet3:
            return testnet3_params();
        case Network::kTestnet4:
            return testnet4_params();
        case Network::kSignet:
            return signet_params(options.signet_challenge);
        case Network::kRegtest:
            return regtest_params(options.enforce_bip94);
    }
    assert(false);
    return {};
}

}  // namespace

std::string_view name(BuriedDeployment deployment)
{
    return kBuriedNames[static_cast<std::size_t>(deployment)].name;
}

std::optional<BuriedDeployment> buried_deployment_from_option(std::string_view name)
{
    for (const BuriedName& entry : kBuriedNames) {
        if (entry.option == name) return entry.deployment;
    }
    return std::nullopt;
}

std::string_view name(Deployment)
{
    return "testdummy";
}

std::optional<Deployment> deployment_from_name(std::string_view name)
{
    if (name == consensus::name(Deployment::kTestDummy)) return Deployment::kTestDummy;
    return std::nullopt;
}

Params make_params(Network network, const ParamsOptions& options)
{
    Params params = network_params(network, options);
    for (const auto& [deployment, height] : options.activation_heights) {
        params.buried_heights[static_cast<std::size_t>(deployment)] = height;
    }
    for (const ParamsOptions::VersionBits& bits : options.version_bits) {
        Bip9Deployment& deployment = params.deployments[static_cast<std::size_t>(bits.deployment)];
        deployment.start_time = bits.start_time;
        deployment.timeout = bits.timeout;
        deployment.min_activation_height = bits.min_activation_height;
    }
    return params;
}

}  // namespace cairn::consensus
