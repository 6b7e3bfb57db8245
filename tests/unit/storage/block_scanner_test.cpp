#include "storage/block_scanner.h"

#include <gmock/gmock.h>

#include "block_files_fixture.h"
#include "consensus/encoding/writer.h"
#include "support/files.h"

namespace cairn::storage {
namespace {

using test::unhex;
using testing::ElementsAre;

class Scanner : public Files {
protected:
    std::vector<std::uint64_t> offsets(const Bytes& content, const Obfuscation& obfuscation = {})
    {
        base::replace_file(disk, "/scan.dat", content);
        BlockScanner scanner{disk.open("/scan.dat", base::OpenMode::kRead), kMagic, obfuscation};
        std::vector<std::uint64_t> found;
        while (const auto record = scanner.next()) {
            EXPECT_TRUE(
                std::ranges::equal(*record->bytes, ByteSpan{content}.subspan(static_cast<std::size_t>(record->offset),
                                                                             record->bytes->size())) ||
                !obfuscation.is_identity());
            found.push_back(record->offset);
        }
        return found;
    }
    static Bytes record(std::size_t size, std::byte fill = std::byte{1})
    {
        return Writer{}.bytes(kMagic).u32(static_cast<std::uint32_t>(size)).bytes(Bytes(size, fill)).take();
    }
    static Bytes join(std::initializer_list<Bytes> parts)
    {
        Bytes all;
        for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
        return all;
    }
};

TEST_F(Scanner, FindsRecordsAmongGarbage)
{
    EXPECT_THAT(offsets({}), ElementsAre());
    EXPECT_THAT(offsets(Bytes(1000)), ElementsAre());
    EXPECT_THAT(offsets(join({record(80), record(100)})), ElementsAre(8, 96));
    EXPECT_THAT(offsets(join({Bytes(3, std::byte{0xfa}), record(80), Bytes(500), record(100), Bytes(7)})),
                ElementsAre(11, 599));
    // Half a magic, then a whole one.
    EXPECT_THAT(offsets(join({unhex("fabfb5"), record(80)})), ElementsAre(11));
}

TEST_F(Scanner, KnowsThePossibleSizes)
{
    EXPECT_THAT(offsets(record(79)), ElementsAre());
    EXPECT_THAT(offsets(record(80)), ElementsAre(8));
    EXPECT_THAT(offsets(record(BlockScanner::kMaxBlockSize)), ElementsAre(8));
    EXPECT_THAT(offsets(record(BlockScanner::kMaxBlockSize + 1)), ElementsAre());
}

TEST_F(Scanner, SkipsARecordThatIsCut)
{
    Bytes cut = record(100);
    cut.resize(cut.size() - 1);
    EXPECT_THAT(offsets(cut), ElementsAre());
    // A size that is a lie hides nothing.
    EXPECT_THAT(offsets(join({unhex("fabfb5da00093d00"), record(80)})), ElementsAre(16));
    EXPECT_THAT(offsets(unhex("fabfb5da5000")), ElementsAre());
}

TEST_F(Scanner, ReadsAcrossItsWindow)
{
    std::vector<std::uint64_t> expected;
    Bytes content;
    for (int i = 0; i < 7; ++i) {
        content.resize(content.size() + 3'000'001);
        expected.push_back(content.size() + 8);
        const Bytes one = record(1'500'000);
        content.insert(content.end(), one.begin(), one.end());
    }
    EXPECT_EQ(offsets(content), expected);
}

TEST_F(Scanner, ReadsTheNodesOwnFiles)
{
    BlockFiles files{options(), {}};
    const BlockRef first = block_at(0);
    const BlockRef second = block_at(1, first->hash);
    const FilePosition a = write(files, first, 0);
    const FilePosition b = write(files, second, 1);
    BlockScanner scanner{disk.open(files.block_path(0), base::OpenMode::kRead), kMagic, files.obfuscation()};
    const auto one = scanner.next();
    ASSERT_TRUE(one);
    EXPECT_EQ(one->offset, a.offset);
    const auto decoded = decode_block(one->bytes);
    ASSERT_TRUE(decoded);
    EXPECT_EQ((*decoded)->hash, first->hash);
    EXPECT_EQ(scanner.next()->offset, b.offset);
    EXPECT_EQ(scanner.position(), b.offset + second->raw.size());
    EXPECT_FALSE(scanner.next());
}

}  // namespace
}  // namespace cairn::storage
