#include "consensus/script/flags.h"

#include <array>
#include <utility>

namespace cairn {
namespace {

// In alphabetical order.
constexpr std::array<std::pair<std::string_view, ScriptFlags>, 21> kNames{{
    {"CHECKLOCKTIMEVERIFY", kVerifyCheckLockTimeVerify},
    {"CHECKSEQUENCEVERIFY", kVerifyCheckSequenceVerify},
    {"CLEANSTACK", kVerifyCleanStack},
    {"CONST_SCRIPTCODE", kVerifyConstScriptCode},
    {"DERSIG", kVerifyDerSig},
    {"DISCOURAGE_OP_SUCCESS", kVerifyDiscourageOpSuccess},
    {"DISCOURAGE_UPGRADABLE_NOPS", kVerifyDiscourageUpgradableNops},
    {"DISCOURAGE_UPGRADABLE_PUBKEYTYPE", kVerifyDiscourageUpgradablePubkeyType},
    {"DISCOURAGE_UPGRADABLE_TAPROOT_VERSION", kVerifyDiscourageUpgradableTaprootVersion},
    {"DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM", kVerifyDiscourageUpgradableWitnessProgram},
    {"LOW_S", kVerifyLowS},
    {"MINIMALDATA", kVerifyMinimalData},
    {"MINIMALIF", kVerifyMinimalIf},
    {"NULLDUMMY", kVerifyNullDummy},
    {"NULLFAIL", kVerifyNullFail},
    {"P2SH", kVerifyP2sh},
    {"SIGPUSHONLY", kVerifySigPushOnly},
    {"STRICTENC", kVerifyStrictEnc},
    {"TAPROOT", kVerifyTaproot},
    {"WITNESS", kVerifyWitness},
    {"WITNESS_PUBKEYTYPE", kVerifyWitnessPubkeyType},
}};

}  // namespace

std::vector<std::string> script_flag_names(ScriptFlags flags)
{
    std::vector<std::string> names;
    for (const auto& [name, flag] : kNames) {
        if (flags.has(flag)) names.emplace_back(name);
    }
    return names;
}

}  // namespace cairn
