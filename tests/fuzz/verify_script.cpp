// USES: consensus crypto
// Scripts run under flags: never a crash, the same answer twice, and fewer flags never refuse what more accepted.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "consensus/encoding/reader.h"
#include "consensus/script/interpreter.h"
#include "consensus/script/script.h"
#include "consensus/script/taproot.h"
#include "crypto/hashes.h"
#include "crypto/public_key.h"
#include "crypto/sha256.h"

namespace {

using namespace cairn;
using namespace cairn::consensus;

void require(bool holds)
{
    if (!holds) std::abort();
}

/// Holds signatures whose first byte is odd for valid, so that a fuzzer can make both kinds.
class OddChecker final : public SignatureChecker {
public:
    bool check_ecdsa(ByteSpan signature, ByteSpan, ByteSpan script_code, SigVersion version) override
    {
        require(!signature.empty() && !script_code.empty());
        require(version == SigVersion::kBase || version == SigVersion::kWitnessV0);
        return is_odd(signature);
    }
    ScriptError check_schnorr(ByteSpan signature, ByteSpan public_key, const TaprootSpend&) override
    {
        require(public_key.size() == 32);
        return is_odd(signature) ? ScriptError::kOk : ScriptError::kSchnorrSig;
    }
    bool check_lock_time(std::int64_t lock_time) override
    {
        require(lock_time >= 0);
        return lock_time < 1000;
    }
    bool check_sequence(std::int64_t sequence) override
    {
        require(sequence >= 0);
        return sequence < 1000;
    }

private:
    static bool is_odd(ByteSpan signature)
    {
        return !signature.empty() && (signature[0] & std::byte{1}) != std::byte{0};
    }
};

ScriptFlags filled(ScriptFlags flags)
{
    if (flags.has(kVerifyCleanStack)) flags |= kVerifyWitness;
    if (flags.has(kVerifyWitness)) flags |= kVerifyP2sh;
    return flags;
}

ScriptFlags trimmed(ScriptFlags flags)
{
    if (!flags.has(kVerifyP2sh)) flags = flags.without(kVerifyWitness);
    if (!flags.has(kVerifyWitness)) flags = flags.without(kVerifyCleanStack);
    return flags;
}

struct Spend {
    Bytes script_sig;
    Bytes script_pubkey;
    std::vector<Bytes> witness;

    ScriptError verify(ScriptFlags flags) const
    {
        OddChecker checker;
        const std::vector<ByteSpan> elements{witness.begin(), witness.end()};
        return verify_script(script_sig, script_pubkey, elements, flags, checker);
    }

    void append_push(ByteSpan data) { script_sig = ScriptWriter{}.append(script_sig).push(data).take(); }
    void wrap_p2sh()
    {
        append_push(script_pubkey);
        script_pubkey = make_p2sh_script(crypto::hash160(script_pubkey));
    }
    void wrap_p2wsh()
    {
        witness.push_back(script_pubkey);
        script_pubkey = make_witness_program_script(0, crypto::sha256(script_pubkey).span());
    }
    void wrap_taproot(std::uint8_t leaf_version)
    {
        const auto key = crypto::XOnlyKey::nothing_up_my_sleeve();
        const auto output = key.taproot_output(tapleaf_hash(leaf_version, script_pubkey));
        Bytes control{static_cast<std::byte>(leaf_version + (output->odd ? 1 : 0))};
        control.insert(control.end(), key.bytes().begin(), key.bytes().end());
        witness.push_back(script_pubkey);
        witness.push_back(control);
        script_pubkey = make_witness_program_script(1, output->key.bytes());
    }
};

Bytes read_bytes(Reader& reader, std::uint64_t size)
{
    const ByteSpan bytes = reader.bytes(std::min<std::uint64_t>(size, reader.rest().size()));
    return {bytes.begin(), bytes.end()};
}

Spend read_spend(Reader& reader)
{
    Spend spend;
    const unsigned kind = reader.u8();
    for (unsigned count = reader.u8() % 8U; count > 0; --count) {
        spend.witness.push_back(read_bytes(reader, reader.u8()));
    }
    spend.script_sig = read_bytes(reader, reader.u8());
    if ((kind & 0x40U) != 0) {
        // What would be in a witness as pushes, for scripts without one.
        for (const auto& element : spend.witness) spend.append_push(element);
        spend.witness.clear();
    }
    spend.script_pubkey = read_bytes(reader, reader.rest().size());
    switch (kind % 8) {
        case 1:
            spend.wrap_p2sh();
            break;
        case 2:
            spend.wrap_p2wsh();
            break;
        case 3:
            spend.wrap_p2wsh();
            spend.wrap_p2sh();
            break;
        case 4:
        case 5:
            spend.script_sig.clear();
            spend.wrap_taproot(kTaprootLeafTapscript);
            break;
        case 6:
            spend.script_sig.clear();
            spend.wrap_taproot(static_cast<std::uint8_t>(kind & 0xc0U));
            break;
        default:
            break;
    }
    return spend;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    Reader reader{std::as_bytes(std::span{data, size})};
    const ScriptFlags flags = filled(ScriptFlags{reader.u32()} & kVerifyAll);
    const ScriptFlags mask{reader.u32()};
    if (!reader.ok()) return 0;
    const Spend spend = read_spend(reader);

    const auto result = spend.verify(flags);
    require(spend.verify(flags) == result);
    const auto fewer = trimmed(flags & mask);
    if (result == ScriptError::kOk) require(spend.verify(fewer) == ScriptError::kOk);
    if (spend.verify(fewer) != ScriptError::kOk) require(result != ScriptError::kOk);
    return 0;
}
