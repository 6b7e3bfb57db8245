#include "consensus/connect_context.h"

#include <algorithm>
#include <string_view>

#include "consensus/subsidy.h"

namespace cairn::consensus {
namespace {

/// From here on, coinbases mined before BIP34 whose scripts happen to begin with a later height could come again.
constexpr Height kBip34ImpliesBip30Limit = 1'983'702;

bool is_block(const BlockHash& hash, Height height, Height expected_height, std::string_view expected_hash)
{
    return height == expected_height && hash == BlockHash::from_hex(expected_hash);
}

}  // namespace

ScriptFlags block_script_flags(const BlockHash& hash, Height height, const Params& params)
{
    ScriptFlags flags = kVerifyP2sh | kVerifyWitness | kVerifyTaproot;
    const auto exception = std::ranges::find(params.script_flag_exceptions, hash, &ScriptFlagException::block);
    if (exception != params.script_flag_exceptions.end()) flags = exception->flags;
    if (params.is_active(BuriedDeployment::kBip66, height)) flags |= kVerifyDerSig;
    if (params.is_active(BuriedDeployment::kBip65, height)) flags |= kVerifyCheckLockTimeVerify;
    if (params.is_active(BuriedDeployment::kCsv, height)) flags |= kVerifyCheckSequenceVerify;
    if (params.is_active(BuriedDeployment::kSegwit, height)) flags |= kVerifyNullDummy;
    return flags;
}

bool is_bip30_repeat(const BlockHash& hash, Height height)
{
    return is_block(hash, height, 91842, "00000000000a4d0a398161ffc163c503763b1f4360639393e0e4c8e300e0caec") ||
           is_block(hash, height, 91880, "00000000000743f190a18c5577a3c2d2a1f610ae9601ac046a38084ccb7cd721");
}

bool is_bip30_unspendable(const BlockHash& hash, Height height)
{
    return is_block(hash, height, 91722, "00000000000271a2dc26e7667f8419f2e15416dc6955e5a6c6cdf3f2574dd08e") ||
           is_block(hash, height, 91812, "00000000000af0aed4792b1acee3d966af36cf5def14935db8de83d6f9306f2f");
}

bool forbids_existing_txids(const BlockHash& hash, const HeaderNode& parent, const Params& params)
{
    const Height height = parent.height() + 1;
    const Height bip34_height = params.buried_height(BuriedDeployment::kBip34);
    // Where every coinbase holds its own height, no two are equal (the encodings of heights are free of prefixes), and
    // so no two transactions: there is nothing to look up.
    if (bip34_height <= 1) return false;
    if (height >= kBip34ImpliesBip30Limit) return true;
    if (is_bip30_repeat(hash, height)) return false;
    // CONSENSUS: on the known chain, BIP34 has made repetition impossible; on any other it is looked for. Test:
    // ConnectContextTest.
    const HeaderNode* activation = parent.ancestor(bip34_height);
    return activation == nullptr || activation->hash() != params.bip34_hash;
}

ConnectContext make_connect_context(const BlockHash& hash, const HeaderNode& parent, const Params& params,
                                    const AncestorTimes& times, bool check_scripts)
{
    ConnectContext context;
    context.height = parent.height() + 1;
    context.median_time_past = median_time_past(parent);
    context.ancestor_times = &times;
    context.script_flags = block_script_flags(hash, context.height, params);
    context.relative_locks = params.is_active(BuriedDeployment::kCsv, context.height);
    context.forbid_existing_txids = forbids_existing_txids(hash, parent, params);
    context.subsidy = block_subsidy(context.height, params);
    context.check_scripts = check_scripts;
    return context;
}

}  // namespace cairn::consensus
