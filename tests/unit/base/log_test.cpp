#include "base/log.h"

#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file_system.h"
#include "base/log_file.h"
#include "base/log_rate_limit.h"
#include "base/thread.h"
#include "support/temp_folder.h"

namespace cairn::base {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::SizeIs;

// A log without a file whose lines are kept.
class Captured {
public:
    explicit Captured(LogOptions options = {.timestamps = false})
    {
        log.set_sink([this](std::string_view line) { lines.emplace_back(line); });
        log.start(options);
    }
    void write(std::string_view text, LogLevel level = LogLevel::kInfo, LogCategory category = LogCategory::kNone)
    {
        log.write(category, level, text, std::source_location::current());
    }
    Log log;
    std::vector<std::string> lines;
};

TEST(Log, NamesEveryCategoryAndBack)
{
    EXPECT_EQ(all_log_categories().size(), kLogCategories - 1);
    for (const LogCategory category : all_log_categories()) {
        EXPECT_EQ(log_category_from_name(name(category)), category);
    }
    EXPECT_EQ(name(LogCategory::kNet), "net");
    EXPECT_EQ(name(LogCategory::kNone), "all");
    EXPECT_EQ(log_category_from_name("nonsense"), std::nullopt);
    for (const auto level :
         {LogLevel::kTrace, LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarning, LogLevel::kError}) {
        EXPECT_EQ(log_level_from_name(name(level)), level);
    }
    EXPECT_EQ(log_level_from_name("loud"), std::nullopt);
}

TEST(Log, TagsLinesAsBitcoinCoreDoes)
{
    Captured captured;
    captured.log.enable("all");
    captured.write("plain");
    captured.write("of a category", LogLevel::kInfo, LogCategory::kNet);
    captured.write("details", LogLevel::kDebug, LogCategory::kNet);
    captured.write("care", LogLevel::kWarning);
    captured.write("bad\n", LogLevel::kError, LogCategory::kLevelDb);
    EXPECT_THAT(captured.lines, ElementsAre("plain\n", "[net:info] of a category\n", "[net] details\n",
                                            "[warning] care\n", "[leveldb:error] bad\n"));
}

TEST(Log, PrefixesWhatIsAskedFor)
{
    const std::string previous = thread_name();
    set_thread_name("tester");
    Captured captured({.micros = true, .thread_names = true, .source_locations = true, .level_always = true});
    captured.log.set_mock_time(std::chrono::sys_seconds{std::chrono::seconds{1'231'006'505}});
    captured.write("hello");
    set_thread_name(previous);
    ASSERT_THAT(captured.lines, SizeIs(1));
    EXPECT_THAT(captured.lines[0],
                MatchesRegex("[0-9]+-[0-9]+-[0-9]+T[0-9]+:[0-9]+:[0-9]+\\.[0-9]+Z \\(mocktime: 2009-01-03T18:15:05Z\\) "
                             "\\[tester\\] \\[.*log_test.cpp:[0-9]+\\] \\[write\\] \\[all:info\\] hello\n"));
}

TEST(Log, EscapesControlCharacters)
{
    Captured captured;
    captured.write("a\x1b[31mb\rc\x7f d\ne");
    EXPECT_THAT(captured.lines, ElementsAre("a\\x1b[31mb\\x0dc\\x7f d\ne\n"));
}

TEST(Log, WritesDebugLinesOfEnabledCategoriesOnly)
{
    Captured captured;
    EXPECT_FALSE(captured.log.any_enabled());
    EXPECT_FALSE(captured.log.enabled(LogCategory::kNet, LogLevel::kDebug));
    EXPECT_TRUE(captured.log.enabled(LogCategory::kNet, LogLevel::kInfo));
    EXPECT_TRUE(captured.log.enable("net"));
    EXPECT_TRUE(captured.log.enabled(LogCategory::kNet, LogLevel::kDebug));
    EXPECT_FALSE(captured.log.enabled(LogCategory::kNet, LogLevel::kTrace));
    EXPECT_FALSE(captured.log.enabled(LogCategory::kRpc, LogLevel::kDebug));
    EXPECT_TRUE(captured.log.disable("net"));
    EXPECT_FALSE(captured.log.enabled(LogCategory::kNet, LogLevel::kDebug));
    EXPECT_TRUE(captured.log.enable(""));
    EXPECT_TRUE(captured.log.is_enabled(LogCategory::kZmq));
    EXPECT_TRUE(captured.log.disable("1"));
    EXPECT_FALSE(captured.log.any_enabled());
    EXPECT_FALSE(captured.log.enable("nonsense"));
    EXPECT_FALSE(captured.log.enable("none"));
    EXPECT_TRUE(captured.log.enable("libevent"));  // of former times
    EXPECT_TRUE(captured.log.disable("libevent"));
    EXPECT_FALSE(captured.log.disable("nonsense"));
}

TEST(Log, TakesLevelsGloballyAndByCategory)
{
    Captured captured;
    captured.log.enable("all");
    EXPECT_TRUE(captured.log.set_level("trace"));
    EXPECT_TRUE(captured.log.enabled(LogCategory::kNet, LogLevel::kTrace));
    EXPECT_TRUE(captured.log.set_level("net", "info"));
    EXPECT_FALSE(captured.log.enabled(LogCategory::kNet, LogLevel::kDebug));
    EXPECT_TRUE(captured.log.enabled(LogCategory::kRpc, LogLevel::kTrace));
    EXPECT_FALSE(captured.log.set_level("error"));  // errors are always written: no level for users
    EXPECT_FALSE(captured.log.set_level("loud"));
    EXPECT_FALSE(captured.log.set_level("nonsense", "debug"));
    EXPECT_FALSE(captured.log.set_level("net", "warning"));
}

TEST(Log, KeepsEarlyLinesUntilItStarts)
{
    Log log;
    std::vector<std::string> lines;
    log.write(LogCategory::kNone, LogLevel::kInfo, "early", std::source_location::current());
    log.set_sink([&](std::string_view line) { lines.emplace_back(line); });
    log.start({.timestamps = false});
    log.write(LogCategory::kNone, LogLevel::kInfo, "late", std::source_location::current());
    EXPECT_THAT(lines, ElementsAre("early\n", "late\n"));
}

TEST(Log, BoundsWhatItKeepsEarly)
{
    Log log;
    const std::string long_line(10'000, 'x');
    for (int i = 0; i < 200; ++i) {
        log.write(LogCategory::kNone, LogLevel::kInfo, long_line, std::source_location::current());
    }
    std::vector<std::string> lines;
    log.set_sink([&](std::string_view line) { lines.emplace_back(line); });
    log.start({.timestamps = false});
    ASSERT_GT(lines.size(), 90U);
    EXPECT_LE(lines.size(), 101U);
    EXPECT_THAT(lines[0], HasSubstr("Early logging buffer overflowed"));
}

TEST(Log, DisabledWritesNothing)
{
    Log log;
    std::vector<std::string> lines;
    log.set_sink([&](std::string_view line) { lines.emplace_back(line); });
    log.disable();
    log.write(LogCategory::kNone, LogLevel::kError, "gone", std::source_location::current());
    EXPECT_THAT(lines, SizeIs(0));
}

TEST(Log, LimitsWhatOneSourceLineWrites)
{
    test::TempFolder folder;
    Log log;
    log.start({.file = folder.path() / "debug.log", .timestamps = false});
    const std::string line(100'000, 'x');
    for (int i = 0; i < 30; ++i) log.write(LogCategory::kNone, LogLevel::kInfo, line, std::source_location::current());
    log.write(LogCategory::kNone, LogLevel::kInfo, "another source line", std::source_location::current());
    // Debug lines have no limit: somebody asked for them.
    log.enable("net");
    for (int i = 0; i < 30; ++i) log.write(LogCategory::kNet, LogLevel::kDebug, line, std::source_location::current());
    const std::string text = read_text_file(os_file_system(), folder.path() / "debug.log", 10'000'000);
    EXPECT_THAT(text, HasSubstr("Excessive logging detected from"));
    EXPECT_THAT(text, HasSubstr("[*] another source line\n"));
    EXPECT_GT(text.size(), 4'000'000U);  // ten and one of the first, thirty of the second
    EXPECT_LT(text.size(), 4'300'000U);
}

TEST(Log, ReopensItsFileByName)
{
    test::TempFolder folder;
    const auto path = folder.path() / "debug.log";
    Log log;
    log.start({.file = path, .timestamps = false});
    log.write(LogCategory::kNone, LogLevel::kInfo, "first", std::source_location::current());
    std::filesystem::rename(path, folder.path() / "moved.log");
    log.write(LogCategory::kNone, LogLevel::kInfo, "second", std::source_location::current());
    log.request_reopen();
    log.write(LogCategory::kNone, LogLevel::kInfo, "third", std::source_location::current());
    EXPECT_THAT(read_text_file(os_file_system(), folder.path() / "moved.log", 1000), EndsWith("first\nsecond\n"));
    EXPECT_EQ(read_text_file(os_file_system(), path, 1000), "third\n");
}

TEST(Log, RefusesAFileItCannotOpen)
{
    test::TempFolder folder;
    Log log;
    EXPECT_THROW(log.start({.file = folder.path() / "missing" / "debug.log"}), IoError);
}

TEST(LogFile, RotatesAtItsBound)
{
    test::TempFolder folder;
    const auto path = folder.path() / "debug.log";
    LogFile file;
    file.open(path, 10);
    file.write("12345\n");
    file.write("789\n");  // ten bytes: still fits
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "debug.log.old"));
    file.write("x\n");
    EXPECT_EQ(read_text_file(os_file_system(), folder.path() / "debug.log.old", 100), "12345\n789\n");
    EXPECT_EQ(read_text_file(os_file_system(), path, 100), "x\n");
}

TEST(LogFile, ShrinksWhatIsLargerThanElevenMegabytes)
{
    test::TempFolder folder;
    const auto path = folder.path() / "debug.log";
    const std::string exact(LogFile::kShrinkAbove, 'a');
    replace_file(os_file_system(), path, exact);
    LogFile::shrink(path);
    EXPECT_EQ(std::filesystem::file_size(path), LogFile::kShrinkAbove);
    replace_file(os_file_system(), path, exact + "b");
    LogFile::shrink(path);
    EXPECT_EQ(std::filesystem::file_size(path), LogFile::kShrinkTo);
    EXPECT_THAT(read_text_file(os_file_system(), path, LogFile::kShrinkTo), EndsWith("ab"));
    LogFile::shrink(folder.path() / "missing");
}

TEST(LogRateLimit, GivesEachSourceLineAWindow)
{
    using std::chrono::seconds;
    LogRateLimit limit(10, seconds{60});
    const auto here = std::source_location::current();
    const auto there = std::source_location::current();
    const std::chrono::steady_clock::time_point start{seconds{1000}};
    limit.begin_window(start);
    EXPECT_EQ(limit.consume(here, 10), LogRateLimit::Verdict::kPass);
    EXPECT_FALSE(limit.suppressing());
    EXPECT_EQ(limit.consume(here, 1), LogRateLimit::Verdict::kLast);
    EXPECT_EQ(limit.consume(here, 1), LogRateLimit::Verdict::kDrop);
    EXPECT_TRUE(limit.suppressing());
    EXPECT_EQ(limit.consume(there, 1), LogRateLimit::Verdict::kPass);
    EXPECT_THAT(limit.begin_window(start + seconds{59}), SizeIs(0));
    const auto dropped = limit.begin_window(start + seconds{60});
    ASSERT_THAT(dropped, SizeIs(1));
    EXPECT_EQ(dropped[0].bytes, 2U);
    EXPECT_EQ(limit.consume(here, 10), LogRateLimit::Verdict::kPass);
}

TEST(Log, ProcessLogTakesFormatsCheckedByTheCompiler)
{
    std::vector<std::string> lines;
    process_log().set_sink([&](std::string_view line) { lines.emplace_back(line); });
    process_log().start({.timestamps = false});
    log_info("{} blocks of {}", 3, std::string{"five"});
    log_debug(LogCategory::kNet, "not shown {}", 1);
    log_warning(LogCategory::kNet, "peer={}", 7);
    log_error("stop");
    process_log().set_sink(nullptr);
    process_log().disable();
    EXPECT_THAT(lines, ElementsAre("3 blocks of five\n", "[net:warning] peer=7\n", "[error] stop\n"));
}

}  // namespace
}  // namespace cairn::base
