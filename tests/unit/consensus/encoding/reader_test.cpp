#include "consensus/encoding/reader.h"

#include <gtest/gtest.h>

#include "consensus/encoding/writer.h"
#include "support/files.h"

namespace cairn {
namespace {

using test::unhex;

std::optional<DecodeError> size_error(std::string_view hex, Reader::Range range = Reader::Range::kLength)
{
    const Bytes bytes = unhex(hex);
    Reader reader{bytes};
    reader.compact_size(range);
    return reader.error();
}

TEST(ReaderTest, ReadsIntegersInOrder)
{
    const Bytes bytes = unhex(
        "01"
        "0203"
        "04050607"
        "08090a0b0c0d0e0f"
        "1f90"
        "ffffffff"
        "00");
    Reader reader{bytes};
    EXPECT_EQ(reader.u8(), 0x01);
    EXPECT_EQ(reader.u16(), 0x0302);
    EXPECT_EQ(reader.u32(), 0x07060504U);
    EXPECT_EQ(reader.u64(), 0x0f0e0d0c0b0a0908U);
    EXPECT_EQ(reader.u16_big_endian(), 8080);
    EXPECT_EQ(reader.i32(), -1);
    EXPECT_FALSE(reader.boolean());
    EXPECT_TRUE(reader.ok());
    EXPECT_TRUE(reader.at_end());
}

TEST(ReaderTest, FirstFailureSticks)
{
    const Bytes bytes = unhex("0102");
    Reader reader{bytes};
    EXPECT_EQ(reader.u32(), 0U);
    EXPECT_EQ(reader.error(), DecodeError::kTruncated);
    EXPECT_EQ(reader.u8(), 0);
    reader.fail(DecodeError::kBadValue);
    EXPECT_EQ(reader.error(), DecodeError::kTruncated);
    EXPECT_TRUE(reader.rest().empty());
}

TEST(ReaderTest, CompactSizeIsReadInEachLength)
{
    const std::pair<std::string_view, std::uint64_t> cases[] = {
        {"00", 0},
        {"fc", 252},
        {"fdfd00", 253},
        {"fdffff", 0xffff},
        {"fe00000100", 0x10000},
        {"fe00000002", 0x02000000},
    };
    for (const auto& [hex, value] : cases) {
        const Bytes bytes = unhex(hex);
        Reader reader{bytes};
        EXPECT_EQ(reader.compact_size(), value) << hex;
        EXPECT_TRUE(reader.ok() && reader.at_end()) << hex;
        EXPECT_EQ(Writer{}.compact_size(value).take(), bytes) << hex;
        EXPECT_EQ(compact_size_length(value), bytes.size()) << hex;
    }
}

TEST(ReaderTest, CompactSizeMustBeCanonical)
{
    EXPECT_EQ(size_error("fdfc00"), DecodeError::kNonCanonicalSize);
    EXPECT_EQ(size_error("feffff0000"), DecodeError::kNonCanonicalSize);
    EXPECT_EQ(size_error("ffffffffff00000000", Reader::Range::kAny), DecodeError::kNonCanonicalSize);
    EXPECT_EQ(size_error("ff0000000001000000", Reader::Range::kAny), std::nullopt);
    EXPECT_EQ(size_error("fd"), DecodeError::kTruncated);
    EXPECT_EQ(size_error("fdfd"), DecodeError::kTruncated);
    EXPECT_EQ(size_error(""), DecodeError::kTruncated);
}

TEST(ReaderTest, CompactSizeOfALengthHasABound)
{
    EXPECT_EQ(size_error("fe00000002"), std::nullopt);
    EXPECT_EQ(size_error("fe01000002"), DecodeError::kOversizedSize);
    EXPECT_EQ(size_error("fe01000002", Reader::Range::kAny), std::nullopt);
    EXPECT_EQ(size_error("ffffffffffffffffff", Reader::Range::kAny), std::nullopt);
}

TEST(ReaderTest, BytesAreSeenInPlace)
{
    const Bytes bytes = unhex("03aabbccdd");
    Reader reader{bytes};
    const ByteSpan seen = reader.sized_bytes();
    EXPECT_EQ(seen.data(), bytes.data() + 1);
    EXPECT_EQ(seen.size(), 3U);
    reader.expect_end();
    EXPECT_EQ(reader.error(), DecodeError::kTrailingBytes);
}

TEST(ReaderTest, BytesBeyondTheEndAreTruncated)
{
    const Bytes bytes = unhex("0401020304");
    EXPECT_EQ(Reader{bytes}.sized_bytes().size(), 4U);
    Reader reader{ByteSpan{bytes}.first(4)};
    EXPECT_TRUE(reader.sized_bytes().empty());
    EXPECT_EQ(reader.error(), DecodeError::kTruncated);
}

TEST(ReaderTest, EveryErrorHasAText)
{
    for (int i = 0; i <= static_cast<int>(DecodeError::kBadValue); ++i) {
        EXPECT_FALSE(text(static_cast<DecodeError>(i)).empty());
    }
}

TEST(WriterTest, WritesWhatTheReaderReads)
{
    Writer writer;
    writer.u8(1).u16(0x0302).u32(0x07060504).u64(0x0f0e0d0c0b0a0908).i32(-1).i64(-2).boolean(true);
    writer.u16_big_endian(8333).sized_bytes(unhex("abcd")).compact_size(0x100000000);
    EXPECT_EQ(writer.take(), unhex("0102030405060708090a0b0c0d0e0f"
                                   "ffffffff"
                                   "feffffffffffffff"
                                   "01"
                                   "208d"
                                   "02abcd"
                                   "ff0000000001000000"));
}

}  // namespace
}  // namespace cairn
