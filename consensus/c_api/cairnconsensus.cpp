#include "consensus/c_api/cairnconsensus.h"

#include <algorithm>
#include <expected>
#include <new>
#include <optional>
#include <string>

#include "consensus/check_block.h"
#include "consensus/check_header.h"
#include "consensus/check_transaction.h"
#include "consensus/script/interpreter.h"
#include "consensus/script/script.h"

namespace {

using namespace cairn;

static_assert(kVerifyP2sh.bits() == cairnconsensus_SCRIPT_FLAGS_VERIFY_P2SH);
static_assert(kVerifyTaproot.bits() == cairnconsensus_SCRIPT_FLAGS_VERIFY_TAPROOT);
static_assert(kMandatoryFlags.bits() == cairnconsensus_SCRIPT_FLAGS_VERIFY_ALL);

/// Thrown inside this file only: why a question has no answer.
struct Unanswered {
    cairnconsensus_error error;
};

ByteSpan span(const unsigned char* data, std::size_t size)
{
    return {reinterpret_cast<const std::byte*>(data), size};
}

/// Runs `question`; what it throws ends here.
template <class Question>
int answer(cairnconsensus_error* err, const Question& question)
{
    cairnconsensus_error error = cairnconsensus_ERR_OK;
    bool yes = false;
    try {
        yes = question();
    } catch (const Unanswered& unanswered) {
        error = unanswered.error;
    } catch (const std::bad_alloc&) {
        error = cairnconsensus_ERR_OUT_OF_MEMORY;
    }
    if (err != nullptr) *err = error;
    return yes ? 1 : 0;
}

ScriptFlags valid_flags(unsigned int flags)
{
    const ScriptFlags set{flags};
    if (set.without(kMandatoryFlags).bits() != 0 || (set.has(kVerifyWitness) && !set.has(kVerifyP2sh))) {
        throw Unanswered{cairnconsensus_ERR_INVALID_FLAGS};
    }
    return set;
}

TransactionRef decode(ByteSpan bytes)
{
    const auto transaction = decode_transaction(bytes);
    if (transaction) return *transaction;
    throw Unanswered{transaction.error() == DecodeError::kTrailingBytes ? cairnconsensus_ERR_TX_SIZE_MISMATCH
                                                                        : cairnconsensus_ERR_TX_DESERIALIZE};
}

std::optional<SpentOutputs> read_spent(const cairnconsensus_UTXO* outputs, unsigned int count,
                                       const Transaction& transaction)
{
    if (outputs == nullptr) return std::nullopt;
    if (count != transaction.inputs.size()) throw Unanswered{cairnconsensus_ERR_SPENT_OUTPUTS_MISMATCH};
    SpentOutputs spent;
    for (unsigned int i = 0; i < count; ++i) {
        spent.add(Amount{outputs[i].value}, span(outputs[i].scriptPubKey, outputs[i].scriptPubKeySize), 0, false);
    }
    return spent;
}

struct ScriptQuestion {
    ByteSpan script_pubkey;
    std::int64_t amount;
    ByteSpan transaction;
    const cairnconsensus_UTXO* spent;
    unsigned int spent_count;
    unsigned int input;
    unsigned int flags;
};

bool verify(const ScriptQuestion& question)
{
    const ScriptFlags flags = valid_flags(question.flags);
    if (flags.has(kVerifyTaproot) && question.spent == nullptr) {
        throw Unanswered{cairnconsensus_ERR_SPENT_OUTPUTS_REQUIRED};
    }
    const TransactionRef transaction = decode(question.transaction);
    const auto spent = read_spent(question.spent, question.spent_count, *transaction);
    if (question.input >= transaction->inputs.size()) throw Unanswered{cairnconsensus_ERR_TX_INDEX};
    const consensus::SighashCache cache =
        spent ? consensus::SighashCache{*transaction, *spent} : consensus::SighashCache{*transaction};
    // As Bitcoin Core's: a taproot signature covers what the list of spent outputs says, whatever the amount given.
    const auto program = witness_program(question.script_pubkey);
    const TxOutput output = spent && program && program->is_p2tr()
                                ? spent->output(question.input)
                                : TxOutput{Amount{question.amount}, question.script_pubkey};
    consensus::ImmediateVerifier verifier;
    consensus::TransactionChecker checker(*transaction, question.input, output, cache, verifier);
    const TxInput& input = transaction->inputs[question.input];
    return consensus::verify_script(input.script_sig, question.script_pubkey, input.witness, flags, checker) ==
           ScriptError::kOk;
}

Network network_of(cairnconsensus_network network)
{
    switch (network) {
        case cairnconsensus_NETWORK_MAIN:
            return Network::kMain;
        case cairnconsensus_NETWORK_TESTNET3:
            return Network::kTestnet3;
        case cairnconsensus_NETWORK_TESTNET4:
            return Network::kTestnet4;
        case cairnconsensus_NETWORK_SIGNET:
            return Network::kSignet;
        case cairnconsensus_NETWORK_REGTEST:
            return Network::kRegtest;
    }
    throw Unanswered{cairnconsensus_ERR_NETWORK};
}

/// Writes the reason, cut to the room there is.
bool tell(const std::expected<void, Rejection>& checked, char* reason, std::size_t size)
{
    if (reason == nullptr || size == 0) return checked.has_value();
    const std::string text = checked ? std::string{} : checked.error().text();
    const std::size_t length = std::min(text.size(), size - 1);
    std::copy_n(text.data(), length, reason);
    reason[length] = '\0';
    return checked.has_value();
}

}  // namespace

int cairnconsensus_verify_script_with_spent_outputs(const unsigned char* scriptPubKey, unsigned int scriptPubKeyLen,
                                                    int64_t amount, const unsigned char* txTo, unsigned int txToLen,
                                                    const cairnconsensus_UTXO* spentOutputs,
                                                    unsigned int spentOutputsLen, unsigned int nIn, unsigned int flags,
                                                    cairnconsensus_error* err)
{
    return answer(err, [&] {
        return verify({span(scriptPubKey, scriptPubKeyLen), amount, span(txTo, txToLen), spentOutputs, spentOutputsLen,
                       nIn, flags});
    });
}

int cairnconsensus_verify_script_with_amount(const unsigned char* scriptPubKey, unsigned int scriptPubKeyLen,
                                             int64_t amount, const unsigned char* txTo, unsigned int txToLen,
                                             unsigned int nIn, unsigned int flags, cairnconsensus_error* err)
{
    return cairnconsensus_verify_script_with_spent_outputs(scriptPubKey, scriptPubKeyLen, amount, txTo, txToLen,
                                                           nullptr, 0, nIn, flags, err);
}

int cairnconsensus_verify_script(const unsigned char* scriptPubKey, unsigned int scriptPubKeyLen,
                                 const unsigned char* txTo, unsigned int txToLen, unsigned int nIn, unsigned int flags,
                                 cairnconsensus_error* err)
{
    if ((flags & cairnconsensus_SCRIPT_FLAGS_VERIFY_WITNESS) != 0) {
        if (err != nullptr) *err = cairnconsensus_ERR_AMOUNT_REQUIRED;
        return 0;
    }
    return cairnconsensus_verify_script_with_amount(scriptPubKey, scriptPubKeyLen, 0, txTo, txToLen, nIn, flags, err);
}

int cairnconsensus_check_transaction(const unsigned char* tx, size_t txLen, char* reason, size_t reasonSize,
                                     cairnconsensus_error* err)
{
    tell({}, reason, reasonSize);
    return answer(err, [&] {
        const TransactionRef transaction = decode(span(tx, txLen));
        return tell(consensus::check_transaction(*transaction), reason, reasonSize);
    });
}

int cairnconsensus_check_block(const unsigned char* block, size_t blockLen, cairnconsensus_network network,
                               char* reason, size_t reasonSize, cairnconsensus_error* err)
{
    tell({}, reason, reasonSize);
    return answer(err, [&] {
        const consensus::Params params = consensus::make_params(network_of(network));
        const ByteSpan bytes = span(block, blockLen);
        const auto decoded = decode_block(Bytes(bytes.begin(), bytes.end()));
        if (!decoded) throw Unanswered{cairnconsensus_ERR_DESERIALIZE};
        return tell(consensus::check_block(**decoded, params), reason, reasonSize);
    });
}

int cairnconsensus_check_header(const unsigned char* header, size_t headerLen, cairnconsensus_network network,
                                cairnconsensus_error* err)
{
    return answer(err, [&] {
        const consensus::Params params = consensus::make_params(network_of(network));
        const auto decoded = decode_header(span(header, headerLen));
        if (!decoded || headerLen != BlockHeader::kSize) throw Unanswered{cairnconsensus_ERR_DESERIALIZE};
        return consensus::check_header(*decoded, decoded->hash(), params).has_value();
    });
}

unsigned int cairnconsensus_version(void)
{
    return CAIRNCONSENSUS_API_VERSION;
}
