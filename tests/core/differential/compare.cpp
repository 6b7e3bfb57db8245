#include "compare.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string>

#include <bitcoinkernel.h>
#include <cairnconsensus.h>

#include "consensus/check_block.h"
#include "consensus/check_transaction.h"
#include "crypto/hex.h"

namespace cairn::differential {

namespace {

template <auto kDestroy>
struct Destroy {
    template <class T>
    void operator()(T* object) const
    {
        kDestroy(object);
    }
};
using CoreTransaction = std::unique_ptr<btck_Transaction, Destroy<btck_transaction_destroy>>;
using CoreBlock = std::unique_ptr<btck_Block, Destroy<btck_block_destroy>>;
using CoreScript = std::unique_ptr<btck_ScriptPubkey, Destroy<btck_script_pubkey_destroy>>;
using CoreOutput = std::unique_ptr<btck_TransactionOutput, Destroy<btck_transaction_output_destroy>>;
using CoreSighashes =
    std::unique_ptr<btck_PrecomputedTransactionData, Destroy<btck_precomputed_transaction_data_destroy>>;
using CoreTransactionState = std::unique_ptr<btck_TxValidationState, Destroy<btck_tx_validation_state_destroy>>;
using CoreBlockState = std::unique_ptr<btck_BlockValidationState, Destroy<btck_block_validation_state_destroy>>;

int append(const void* bytes, std::size_t size, void* to)
{
    const auto* first = static_cast<const std::byte*>(bytes);
    static_cast<Bytes*>(to)->insert(static_cast<Bytes*>(to)->end(), first, first + size);
    return 0;
}

const unsigned char* raw(ByteSpan bytes)
{
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

void require(bool holds, const std::string& what, ByteSpan input)
{
    if (!holds) throw Disagreement(what + "\n" + to_hex(input));
}

std::string describe(const Spend& spend, Amount amount, bool with_outputs, std::uint32_t flags)
{
    std::string text = "spend " + std::to_string(spend.input) + ' ' + to_hex(spend.transaction.encode());
    for (const auto& output : spend.spent) {
        text += ' ' + std::to_string(output.value.satoshis()) + ':' + to_hex(output.script_pubkey);
    }
    return text + "\namount " + std::to_string(amount.satoshis()) + ", outputs " +
           (with_outputs ? "given" : "not given") + ", flags " + std::to_string(flags);
}

CoreScript core_script(ByteSpan script)
{
    return CoreScript(btck_script_pubkey_create(script.data(), script.size()));
}

}  // namespace

struct Comparison::Kernel {
    btck_ChainParameters* chain = btck_chain_parameters_create(btck_ChainType_REGTEST);
    const btck_ConsensusParams* consensus = btck_chain_parameters_get_consensus_params(chain);
    CoreTransactionState transaction{btck_tx_validation_state_create()};
    CoreBlockState block{btck_block_validation_state_create()};

    ~Kernel() { btck_chain_parameters_destroy(chain); }
};

Comparison::Comparison() : params_(consensus::make_params(Network::kRegtest)), kernel_(new Kernel)
{
    btck_logging_disable();
}

Comparison::~Comparison()
{
    delete kernel_;
}

void Comparison::transaction(ByteSpan bytes)
{
    ++counts_.transactions;
    const auto ours = decode_transaction(bytes, WitnessEncoding::kAllowed, TrailingBytes::kIgnored);
    const CoreTransaction core(btck_transaction_create(bytes.data(), bytes.size()));
    require(ours.has_value() == (core != nullptr), "a transaction decodes for one only", bytes);
    if (!ours) return;
    ++counts_.transactions_decoded;

    std::array<unsigned char, 32> txid{};
    btck_txid_to_bytes(btck_transaction_get_txid(core.get()), txid.data());
    require(std::ranges::equal(std::as_bytes(std::span{txid}), (*ours)->txid.value.span()), "txid", bytes);
    Bytes encoded;
    require(btck_transaction_to_bytes(core.get(), append, &encoded) == 0, "Bitcoin Core does not encode", bytes);
    require(std::ranges::equal(encoded, (*ours)->raw), "the encodings differ", bytes);

    const bool valid = btck_transaction_check(core.get(), kernel_->transaction.get()) == 1;
    const auto checked = consensus::check_transaction(**ours);
    require(valid == checked.has_value(),
            "a transaction is valid for one only; Cairn: " + (checked ? "valid" : checked.error().to_string()), bytes);
    counts_.transactions_valid += valid ? 1 : 0;
}

void Comparison::block(const Bytes& bytes)
{
    ++counts_.blocks;
    const auto ours = decode_block(bytes, TrailingBytes::kIgnored);
    const CoreBlock core(btck_block_create(bytes.data(), bytes.size()));
    require(ours.has_value() == (core != nullptr), "a block decodes for one only", bytes);
    if (!ours) return;
    ++counts_.blocks_decoded;

    Bytes encoded;
    require(btck_block_to_bytes(core.get(), append, &encoded) == 0, "Bitcoin Core does not encode", bytes);
    require(std::ranges::equal(encoded, (*ours)->raw), "the encodings differ", bytes);

    for (const bool work : {true, false}) {
        const bool valid =
            btck_block_check(core.get(), kernel_->consensus,
                             work ? btck_BlockCheckFlags_ALL : btck_BlockCheckFlags_MERKLE, kernel_->block.get()) == 1;
        const auto checked = consensus::check_block(**ours, params_, {.proof_of_work = work});
        const std::string reason = checked ? "valid" : checked.error().to_string();
        require(valid == checked.has_value(), "a block is valid for one only; Cairn: " + reason, bytes);
        if (valid) {
            counts_.blocks_valid += work ? 1 : 0;
            continue;
        }
        const auto result = btck_block_validation_state_get_block_validation_result(kernel_->block.get());
        const bool header = checked.error().reason == RejectReason::kHighHash;
        const bool mutated = checked.error().kind() == RejectionKind::kMutated;
        const auto expected = header    ? btck_BlockValidationResult_INVALID_HEADER
                              : mutated ? btck_BlockValidationResult_MUTATED
                                        : btck_BlockValidationResult_CONSENSUS;
        require(result == expected, "Bitcoin Core's result is " + std::to_string(result) + ", Cairn's " + reason,
                bytes);
    }
}

void Comparison::script(const Spend& spend, Amount amount, bool with_outputs, std::uint32_t flags)
{
    ++counts_.scripts;
    const Bytes encoded = spend.transaction.encode();
    const Bytes& script_pubkey = spend.spent[spend.input].script_pubkey;

    std::vector<cairnconsensus_UTXO> outputs;
    std::vector<CoreOutput> owned;
    std::vector<const btck_TransactionOutput*> core_outputs;
    for (const auto& output : spend.spent) {
        outputs.push_back(
            {raw(output.script_pubkey), static_cast<unsigned>(output.script_pubkey.size()), output.value.satoshis()});
        owned.emplace_back(
            btck_transaction_output_create(core_script(output.script_pubkey).get(), output.value.satoshis()));
        core_outputs.push_back(owned.back().get());
    }
    cairnconsensus_error error{};
    const int ours = cairnconsensus_verify_script_with_spent_outputs(
        raw(script_pubkey), static_cast<unsigned>(script_pubkey.size()), amount.satoshis(), raw(encoded),
        static_cast<unsigned>(encoded.size()), with_outputs ? outputs.data() : nullptr,
        static_cast<unsigned>(outputs.size()), spend.input, flags, &error);

    const CoreTransaction transaction(btck_transaction_create(encoded.data(), encoded.size()));
    const CoreSighashes sighashes(btck_precomputed_transaction_data_create(
        transaction.get(), with_outputs ? core_outputs.data() : nullptr, with_outputs ? core_outputs.size() : 0));
    btck_ScriptVerifyStatus status{};
    const int core = btck_script_pubkey_verify(core_script(script_pubkey).get(), amount.satoshis(), transaction.get(),
                                               sighashes.get(), spend.input, flags, &status);
    const auto expected =
        status == btck_ScriptVerifyStatus_ERROR_INVALID_FLAGS_COMBINATION ? cairnconsensus_ERR_INVALID_FLAGS
        : status == btck_ScriptVerifyStatus_ERROR_SPENT_OUTPUTS_REQUIRED  ? cairnconsensus_ERR_SPENT_OUTPUTS_REQUIRED
                                                                          : cairnconsensus_ERR_OK;
    if (ours != core || error != expected) {
        throw Disagreement("script: Cairn " + std::to_string(ours) + " (error " + std::to_string(error) +
                           "), Bitcoin Core " + std::to_string(core) + " (status " + std::to_string(status) + ")\n" +
                           describe(spend, amount, with_outputs, flags));
    }
    counts_.scripts_valid += core == 1 ? 1 : 0;
}

}  // namespace cairn::differential
