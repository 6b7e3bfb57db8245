#include "script_mutator.h"

#include <algorithm>
#include <array>

#include "consensus/encoding/writer.h"
#include "consensus/script/script.h"

namespace cairn::differential {

namespace {

constexpr std::array kFavourites{
    Opcode::kIf,
    Opcode::kNotIf,
    Opcode::kElse,
    Opcode::kEndIf,
    Opcode::kVerify,
    Opcode::kReturn,
    Opcode::kCodeSeparator,
    Opcode::kCheckSig,
    Opcode::kCheckSigVerify,
    Opcode::kCheckMultisig,
    Opcode::kCheckMultisigVerify,
    Opcode::kCheckLockTimeVerify,
    Opcode::kCheckSequenceVerify,
    Opcode::kCheckSigAdd,
    Opcode::kDup,
    Opcode::kDrop,
    Opcode::kSwap,
    Opcode::kToAltStack,
    Opcode::kFromAltStack,
    Opcode::kPick,
    Opcode::kRoll,
    Opcode::kSize,
    Opcode::kEqual,
    Opcode::kHash160,
    Opcode::kWithin,
    Opcode::kAdd,
    Opcode::kDepth,
    Opcode::kIfDup,
    Opcode::k0,
    Opcode::k1,
    Opcode::k2,
    Opcode::k1Negate,
    Opcode::kNop,
};

std::byte to_byte(std::uint64_t value)
{
    return static_cast<std::byte>(value & 0xff);
}

}  // namespace

std::byte ScriptMutator::opcode()
{
    if (random_.chance(2, 3)) return static_cast<std::byte>(kFavourites[random_.below(kFavourites.size())]);
    return to_byte(random_.u64());
}

std::uint32_t ScriptMutator::interesting_number()
{
    static constexpr std::array<std::uint32_t, 18> kNumbers{
        0,        1,           2,           16,         17,         0x7f,       0xffff,     0x10000,    0x400000,
        0x40ffff, 499'999'999, 500'000'000, 0x7fffffff, 0x80000000, 0x80000001, 0xfffffffd, 0xfffffffe, 0xffffffff};
    if (random_.chance(1, 4)) return static_cast<std::uint32_t>(random_.u64());
    return kNumbers[random_.below(kNumbers.size())];
}

Bytes ScriptMutator::interesting_data()
{
    static constexpr std::array<std::size_t, 22> kSizes{0,  1,  2,  4,  5,  8,  9,  20, 31,  32,  33,
                                                        34, 40, 41, 64, 65, 66, 75, 76, 255, 520, 521};
    if (random_.chance(1, 4)) {
        Writer writer;
        writer.u32(interesting_number()).u8(static_cast<std::uint8_t>(random_.below(3)));
        Bytes number = writer.take();
        number.resize(random_.below(6));
        return number;
    }
    if (random_.chance(1, 4)) return random_.chance(1, 2) ? Bytes{std::byte{0x80}} : Bytes{std::byte{1}, std::byte{0}};
    Bytes data(kSizes[random_.below(kSizes.size())], to_byte(random_.below(3)));
    if (!data.empty() && random_.chance(1, 2))
        data[0] = to_byte(random_.chance(1, 2) ? 2 + random_.below(6) : random_.u64());
    return data;
}

/// With any of the encodings that there are for it, the shortest or not.
Bytes ScriptMutator::encoded_push(ByteSpan data)
{
    Writer writer;
    const auto size = static_cast<std::uint32_t>(data.size());
    const auto way = random_.below(6);
    if (way == 0) {
        writer.u8(static_cast<std::uint8_t>(Opcode::kPushdata4)).u32(size);
    } else if (way == 1 || size > 0xff) {
        writer.u8(static_cast<std::uint8_t>(Opcode::kPushdata2)).u16(static_cast<std::uint16_t>(size));
    } else if (way == 2 || size > 75) {
        writer.u8(static_cast<std::uint8_t>(Opcode::kPushdata1)).u8(static_cast<std::uint8_t>(size));
    } else {
        writer.u8(static_cast<std::uint8_t>(size));
    }
    return writer.bytes(data).take();
}

/// Before an instruction, or at the end.
void ScriptMutator::insert(Bytes& script, ByteSpan piece)
{
    std::vector<std::size_t> places{0};
    ScriptReader reader(script);
    while (reader.next()) places.push_back(reader.position());
    const auto place = places[random_.chance(1, 4) ? places.size() - 1 : random_.below(places.size())];
    script.insert(script.begin() + static_cast<std::ptrdiff_t>(place), piece.begin(), piece.end());
}

/// Replaces, removes or repeats one; or encodes its push otherwise.
void ScriptMutator::change_instruction(Bytes& script)
{
    std::vector<std::size_t> places{0};
    std::vector<Bytes> pushed;
    ScriptReader reader(script);
    while (const auto instruction = reader.next()) {
        places.push_back(reader.position());
        pushed.push_back(instruction->is_push() ? Bytes(instruction->data.begin(), instruction->data.end()) : Bytes{});
    }
    if (pushed.empty()) return;
    const auto chosen = random_.below(pushed.size());
    const Bytes old(script.begin() + static_cast<std::ptrdiff_t>(places[chosen]),
                    script.begin() + static_cast<std::ptrdiff_t>(places[chosen + 1]));
    Bytes piece;
    switch (random_.below(5)) {
        case 0:
            piece = {opcode()};
            break;
        case 1:
            break;
        case 2:
            piece = encoded_push(interesting_data());
            break;
        case 3:
            piece = encoded_push(pushed[chosen]);
            break;
        default:
            for (auto times = 2 + random_.below(3); times > 0; --times)
                piece.insert(piece.end(), old.begin(), old.end());
    }
    const auto first = script.begin() + static_cast<std::ptrdiff_t>(places[chosen]);
    const auto at = script.erase(first, first + static_cast<std::ptrdiff_t>(old.size()));
    script.insert(at, piece.begin(), piece.end());
}

/// To one of the limits, or one beyond: operations, size, elements.
void ScriptMutator::grow(Bytes& script)
{
    const auto repeat = [&](Opcode op, std::size_t times) { insert(script, Bytes(times, static_cast<std::byte>(op))); };
    switch (random_.below(4)) {
        case 0:
            repeat(Opcode::kNop, kMaxOpsPerScript - random_.below(6));
            break;
        case 1: {
            const std::size_t target = kMaxScriptSize + random_.below(2);
            if (script.size() < target) repeat(Opcode::k1, target - script.size());
            break;
        }
        case 2:
            repeat(Opcode::k1, kMaxStackSize - random_.below(4));
            break;
        default:
            insert(script, encoded_push(Bytes(kMaxScriptElementSize + random_.below(2))));
            break;
    }
}

void ScriptMutator::mutate(Bytes& script)
{
    switch (random_.below(8)) {
        case 0:
        case 1:
            insert(script, Bytes{opcode()});
            break;
        case 2:
            insert(script, encoded_push(interesting_data()));
            break;
        case 3:
        case 4:
        case 5:
            change_instruction(script);
            break;
        case 6:
            random_.chance(1, 4) ? grow(script) : insert(script, Bytes{opcode(), opcode()});
            break;
        default:
            mutate_bytes(script);
            break;
    }
}

void ScriptMutator::mutate_bytes(Bytes& bytes)
{
    for (auto changes = 1 + random_.below(3); changes > 0; --changes) {
        const auto place = static_cast<std::ptrdiff_t>(random_.below(bytes.size() + 1));
        const bool at_end = place == static_cast<std::ptrdiff_t>(bytes.size());
        switch (random_.below(6)) {
            case 0:
                if (!at_end) bytes[static_cast<std::size_t>(place)] ^= to_byte(std::uint64_t{1} << random_.below(8));
                break;
            case 1:
                if (!at_end) bytes[static_cast<std::size_t>(place)] = to_byte(random_.u64());
                break;
            case 2:
                bytes.insert(bytes.begin() + place, to_byte(random_.chance(1, 2) ? 0 : random_.u64()));
                break;
            case 3:
                if (!at_end) bytes.erase(bytes.begin() + place);
                break;
            case 4:
                if (random_.chance(1, 4)) bytes.resize(static_cast<std::size_t>(place));
                break;
            default:  // a size in a longer or the longest form than it has
                if (!at_end) {
                    const auto size = static_cast<std::uint8_t>(bytes[static_cast<std::size_t>(place)]);
                    Writer longer;
                    const auto form = random_.below(3);
                    if (form == 0) longer.u8(0xfd).u16(size);
                    if (form == 1) longer.u8(0xfe).u32(size);
                    if (form == 2) longer.u8(0xff).u64(random_.chance(1, 2) ? size : 0x02000001);
                    const Bytes piece = longer.take();
                    const auto at = bytes.erase(bytes.begin() + place);
                    bytes.insert(at, piece.begin(), piece.end());
                }
        }
    }
}

}  // namespace cairn::differential
