// Both file systems keep the same contract; only the memory's can fail on demand.

#include "base/file_system.h"

#include <array>
#include <cerrno>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/memory_file_system.h"
#include "base/overlay_file_system.h"
#include "base/symlink.h"
#include "support/temp_folder.h"

namespace cairn::base {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::span<const std::byte> as_bytes(std::string_view text)
{
    return std::as_bytes(std::span{text});
}

std::string content(FileSystem& files, const std::filesystem::path& path)
{
    return read_text_file(files, path, 1'000'000);
}

void write(FileSystem& files, const std::filesystem::path& path, std::string_view text, bool sync = true)
{
    const auto file = files.open(path, OpenMode::kTruncate);
    file->write_at(0, as_bytes(text));
    if (sync) file->sync();
}

enum class Which { kOs, kMemory, kOverlay };

class FileSystemTest : public testing::TestWithParam<Which> {
protected:
    FileSystemTest()
    {
        if (GetParam() == Which::kMemory) {
            memory_ = std::make_unique<MemoryFileSystem>();
            memory_->create_directories(root());
        }
        if (GetParam() == Which::kOverlay) overlay_ = std::make_unique<OverlayFileSystem>(os_file_system());
    }
    FileSystem& files()
    {
        if (overlay_) return *overlay_;
        return memory_ ? static_cast<FileSystem&>(*memory_) : os_file_system();
    }
    std::filesystem::path root() const { return folder_.path(); }

private:
    test::TempFolder folder_;
    std::unique_ptr<MemoryFileSystem> memory_;
    std::unique_ptr<OverlayFileSystem> overlay_;
};

std::string name_of(const testing::TestParamInfo<Which>& which)
{
    constexpr std::array kNames{"Os", "Memory", "Overlay"};
    return kNames[static_cast<std::size_t>(which.param)];
}

INSTANTIATE_TEST_SUITE_P(All, FileSystemTest, testing::Values(Which::kOs, Which::kMemory, Which::kOverlay), name_of);

TEST_P(FileSystemTest, ReadsWhatWasWritten)
{
    const auto path = root() / "a";
    const auto file = files().open(path, OpenMode::kReadWrite);
    file->write_at(0, as_bytes("hello"));
    file->write_at(7, as_bytes("world"));
    file->append(as_bytes("!"));
    file->start_writeback(0, 5);
    file->sync();
    EXPECT_EQ(file->size(), 13U);
    EXPECT_EQ(content(files(), path), std::string("hello\0\0world!", 13));
    EXPECT_EQ(files().file_size(path), 13U);
    std::array<std::byte, 10> buffer{};
    EXPECT_EQ(file->read_at(8, buffer), 5U);
    EXPECT_EQ(file->read_at(13, buffer), 0U);
    EXPECT_EQ(file->read_at(1000, buffer), 0U);
    file->truncate(5);
    EXPECT_EQ(content(files(), path), "hello");
    file->allocate(0, 8);
    EXPECT_EQ(content(files(), path), std::string("hello\0\0\0", 8));
    file->allocate(0, 3);
    EXPECT_EQ(file->size(), 8U);
}

TEST_P(FileSystemTest, OpensByMode)
{
    const auto path = root() / "a";
    EXPECT_THROW(files().open(path, OpenMode::kRead), IoError);
    files().open(path, OpenMode::kCreate);
    EXPECT_THROW(files().open(path, OpenMode::kCreate), IoError);
    write(files(), path, "text");
    EXPECT_EQ(files().open(path, OpenMode::kReadWrite)->size(), 4U);
    EXPECT_EQ(files().open(path, OpenMode::kTruncate)->size(), 0U);
    EXPECT_THROW(files().open(path, OpenMode::kRead)->write_at(0, as_bytes("x")), IoError);
    EXPECT_THROW(files().open(root() / "missing" / "a", OpenMode::kReadWrite), IoError);
}

TEST_P(FileSystemTest, KeepsFolders)
{
    files().create_directories(root() / "x" / "y");
    files().create_directories(root() / "x" / "y");
    write(files(), root() / "x" / "b", "1");
    write(files(), root() / "x" / "a", "2");
    EXPECT_TRUE(files().is_directory(root() / "x" / "y"));
    EXPECT_FALSE(files().is_directory(root() / "x" / "a"));
    EXPECT_FALSE(files().is_directory(root() / "z"));
    EXPECT_TRUE(files().exists(root() / "x" / "a"));
    EXPECT_FALSE(files().exists(root() / "z"));
    EXPECT_THAT(files().list(root() / "x"), ElementsAre("a", "b", "y"));
    EXPECT_THROW(files().list(root() / "z"), IoError);
    files().sync_directory(root() / "x");
    EXPECT_TRUE(files().remove(root() / "x" / "a"));
    EXPECT_FALSE(files().remove(root() / "x" / "a"));
    files().remove_all(root() / "x");
    EXPECT_FALSE(files().exists(root() / "x"));
    EXPECT_FALSE(files().exists(root() / "x" / "b"));
}

TEST_P(FileSystemTest, RenameReplaces)
{
    write(files(), root() / "old", "old");
    write(files(), root() / "new", "new");
    files().rename(root() / "new", root() / "old");
    EXPECT_EQ(content(files(), root() / "old"), "new");
    EXPECT_FALSE(files().exists(root() / "new"));
    EXPECT_THROW(files().rename(root() / "new", root() / "old"), IoError);
}

TEST_P(FileSystemTest, ReplacesAFileAtOnce)
{
    const auto path = root() / "settings";
    replace_file(files(), path, std::string_view{"one"});
    replace_file(files(), path, std::string_view{"two"});
    EXPECT_EQ(content(files(), path), "two");
    EXPECT_THAT(files().list(root()), ElementsAre("settings"));
}

TEST_P(FileSystemTest, ReadFileHasABound)
{
    write(files(), root() / "a", "12345");
    EXPECT_EQ(read_text_file(files(), root() / "a", 5), "12345");
    try {
        read_file(files(), root() / "a", 4);
        FAIL();
    } catch (const IoError& error) {
        EXPECT_EQ(error.code(), EFBIG);
    }
    EXPECT_THROW(read_file(files(), root() / "missing", 5), IoError);
    std::array<std::byte, 6> six{};
    const auto file = files().open(root() / "a", OpenMode::kRead);
    EXPECT_THROW(read_exactly_at(*file, root() / "a", 0, six), IoError);
    read_exactly_at(*file, root() / "a", 1, std::span{six}.first(4));
    EXPECT_EQ(six[3], std::byte{'5'});
}

TEST_P(FileSystemTest, LocksOnce)
{
    auto first = files().lock(root() / ".lock");
    ASSERT_NE(first, nullptr);
    EXPECT_EQ(files().lock(root() / ".lock"), nullptr);
    EXPECT_NE(files().lock(root() / ".other"), nullptr);
    first.reset();
    EXPECT_NE(files().lock(root() / ".lock"), nullptr);
}

TEST_P(FileSystemTest, HasFreeSpace)
{
    EXPECT_GT(files().free_space(root()), 0U);
}

TEST(OsFileSystem, MakesFilesTheOwnersOnly)
{
    const test::TempFolder folder;
    write(os_file_system(), folder.path() / "a", "secret");
    os_file_system().create_directories(folder.path() / "b");
    using std::filesystem::perms;
    EXPECT_EQ(std::filesystem::status(folder.path() / "a").permissions(), perms::owner_read | perms::owner_write);
    EXPECT_EQ(std::filesystem::status(folder.path() / "b").permissions(), perms::owner_all);
}

TEST(OsFileSystem, RefusesAFolderWhereAFileIs)
{
    const test::TempFolder folder;
    write(os_file_system(), folder.path() / "a", "x");
    EXPECT_THROW(os_file_system().create_directories(folder.path() / "a"), IoError);
}

TEST(IoError, NamesFileReasonAndRemedy)
{
    const IoError full("write", "/data/blk00000.dat", ENOSPC);
    EXPECT_STREQ(full.what(), "Cannot write /data/blk00000.dat: No space left on device");
    EXPECT_TRUE(full.disk_full());
    EXPECT_THAT(full.remedy(), HasSubstr("Free some space"));
    const IoError denied("open", "/x", EACCES);
    EXPECT_FALSE(denied.disk_full());
    EXPECT_THAT(denied.remedy(), HasSubstr("permissions"));
    EXPECT_EQ(IoError("read", "/x", EIO).remedy(), "");
    EXPECT_THAT(IoError("open", "/x", EMFILE).remedy(), HasSubstr("open files"));
}

TEST(OverlayFileSystem, ShowsWhatIsBelowAndChangesNothingThere)
{
    MemoryFileSystem lower;
    lower.create_directories("/d/sub");
    for (const auto* name : {"/d/kept", "/d/written", "/d/removed", "/d/moved", "/d/sub/gone"})
        write(lower, name, "lower");
    OverlayFileSystem upper{lower};
    EXPECT_EQ(content(upper, "/d/kept"), "lower");
    EXPECT_THAT(upper.list("/d"), ElementsAre("kept", "moved", "removed", "sub", "written"));

    upper.open("/d/written", OpenMode::kReadWrite)->append(as_bytes(" upper"));
    write(upper, "/d/new", "upper");
    EXPECT_TRUE(upper.remove("/d/removed"));
    EXPECT_FALSE(upper.remove("/d/removed"));
    upper.rename("/d/moved", "/d/there");
    upper.remove_all("/d/sub");
    EXPECT_THROW(upper.open("/d/kept", OpenMode::kCreate), IoError);
    EXPECT_THROW(upper.open("/d/removed", OpenMode::kRead), IoError);

    EXPECT_EQ(content(upper, "/d/written"), "lower upper");
    EXPECT_EQ(upper.file_size("/d/written"), 11U);
    upper.set_permissions("/d/kept", std::filesystem::perms::owner_read);
    upper.set_permissions("/d/written", std::filesystem::perms::owner_read);
    EXPECT_EQ(content(upper, "/d/kept"), "lower");
    EXPECT_EQ(content(upper, "/d/written"), "lower upper");
    EXPECT_EQ(lower.permissions("/d/kept"), std::nullopt);
    EXPECT_EQ(upper.file_size("/d/kept"), 5U);
    EXPECT_EQ(content(upper, "/d/there"), "lower");
    EXPECT_THAT(upper.list("/d"), ElementsAre("kept", "new", "there", "written"));
    EXPECT_FALSE(upper.exists("/d/sub/gone"));
    write(upper, "/d/removed", "again");
    EXPECT_EQ(content(upper, "/d/removed"), "again");

    EXPECT_THAT(lower.list("/d"), ElementsAre("kept", "moved", "removed", "sub", "written"));
    EXPECT_EQ(content(lower, "/d/written"), "lower");
    EXPECT_TRUE(lower.exists("/d/sub/gone"));
}

class MemoryDisk : public testing::Test {
protected:
    MemoryDisk() { files.create_directories("/d"); }
    MemoryFileSystem files;
};

TEST_F(MemoryDisk, CrashLosesWhatWasNotSynced)
{
    write(files, "/d/synced", "kept");
    files.sync_directory("/d");
    {
        const auto file = files.open("/d/synced", OpenMode::kReadWrite);
        file->write_at(0, as_bytes("lost"));
        file->truncate(2);
    }
    write(files, "/d/unsynced", "gone", false);
    files.crash();
    EXPECT_EQ(content(files, "/d/synced"), "kept");
    EXPECT_FALSE(files.exists("/d/unsynced"));
}

TEST_F(MemoryDisk, CrashUndoesRenamesAndRemovalsThatWereNotSynced)
{
    write(files, "/d/a", "a");
    write(files, "/d/b", "b");
    files.sync_directory("/d");
    files.rename("/d/a", "/d/b");
    files.crash();
    EXPECT_EQ(content(files, "/d/a"), "a");
    EXPECT_EQ(content(files, "/d/b"), "b");
    files.remove("/d/a");
    files.crash();
    EXPECT_TRUE(files.exists("/d/a"));
    files.remove("/d/a");
    files.sync_directory("/d");
    files.crash();
    EXPECT_FALSE(files.exists("/d/a"));
}

TEST_F(MemoryDisk, ReplaceFileSurvivesACrashAtAnyWrite)
{
    replace_file(files, "/d/f", std::string_view{"old content"});
    for (std::uint64_t at = 0; at < 4; ++at) {
        files.fail_writes_after(at, EIO);
        bool failed = false;
        try {
            replace_file(files, "/d/f", std::string_view{"new content"});
        } catch (const IoError&) {
            failed = true;
        }
        files.crash();
        EXPECT_EQ(content(files, "/d/f"), failed ? "old content" : "new content") << at;
        if (!failed) break;
    }
}

TEST_F(MemoryDisk, CrashMayTearWrites)
{
    bool torn = false;
    bool lost = false;
    bool kept = false;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        write(files, "/d/f", "");
        files.sync_directory("/d");
        files.open("/d/f", OpenMode::kReadWrite)->write_at(0, as_bytes("0123456789"));
        SeededRandom random{seed};
        files.crash(&random);
        const std::string left = content(files, "/d/f");
        ASSERT_TRUE(std::string{"0123456789"}.starts_with(left));
        lost = lost || left.empty();
        kept = kept || left.size() == 10;
        torn = torn || (!left.empty() && left.size() < 10);
    }
    EXPECT_TRUE(torn && lost && kept);
}

TEST_F(MemoryDisk, CrashKillsOpenFilesAndLocks)
{
    const auto file = files.open("/d/f", OpenMode::kReadWrite);
    const auto lock = files.lock("/d/.lock");
    files.crash();
    EXPECT_THROW(file->write_at(0, as_bytes("x")), IoError);
    EXPECT_THROW(static_cast<void>(file->size()), IoError);
    EXPECT_NE(files.lock("/d/.lock"), nullptr);
}

TEST_F(MemoryDisk, FullDiskRefusesAtItsCapacity)
{
    files.set_capacity(10);
    const auto file = files.open("/d/f", OpenMode::kReadWrite);
    file->write_at(0, as_bytes("0123456789"));
    EXPECT_EQ(files.free_space("/d"), 0U);
    file->write_at(0, as_bytes("overwrite"));
    try {
        file->append(as_bytes("x"));
        FAIL();
    } catch (const IoError& error) {
        EXPECT_TRUE(error.disk_full());
    }
    EXPECT_THROW(file->allocate(0, 11), IoError);
    files.set_capacity(11);
    file->append(as_bytes("x"));
    EXPECT_EQ(files.used(), 11U);
}

TEST_F(MemoryDisk, FailsWritesAndSyncsOnDemand)
{
    const auto file = files.open("/d/f", OpenMode::kReadWrite);
    files.fail_writes_after(1, EIO);
    file->write_at(0, as_bytes("a"));
    EXPECT_THROW(file->write_at(0, as_bytes("b")), IoError);
    files.fail_syncs();
    EXPECT_THROW(file->sync(), IoError);
    EXPECT_THROW(files.sync_directory("/d"), IoError);
    files.disarm();
    file->write_at(0, as_bytes("c"));
    file->sync();
    EXPECT_EQ(content(files, "/d/f"), "c");
}

TEST(Symlinks, AreSeenAndFollowed)
{
    const test::TempFolder temp;
    const auto root = std::filesystem::canonical(temp.path());
    write(os_file_system(), root / "file", "x");
    std::filesystem::create_directory(root / "folder");
    std::filesystem::create_symlink("../file", root / "folder" / "link");
    std::filesystem::create_symlink("nowhere", root / "dangling");
    std::filesystem::create_symlink("circle", root / "circle");
    EXPECT_TRUE(base::is_symlink(root / "folder" / "link"));
    EXPECT_TRUE(base::is_symlink(root / "dangling"));
    EXPECT_FALSE(base::is_symlink(root / "file"));
    EXPECT_FALSE(base::is_symlink(root / "folder"));
    EXPECT_FALSE(base::is_symlink(root / "none"));
    EXPECT_EQ(resolve_symlinks(root / "folder" / "link"), root / "file");
    EXPECT_EQ(resolve_symlinks(root / "folder" / ".." / "." / "file"), root / "file");
    EXPECT_EQ(resolve_symlinks(root / "dangling"), root / "nowhere");
    EXPECT_EQ(resolve_symlinks(root / "none" / "x"), root / "none" / "x");
    EXPECT_EQ(resolve_symlinks(root / "circle"), root / "circle");
}

}  // namespace
}  // namespace cairn::base
