#include "base/settings/option.h"

#include <array>
#include <stdexcept>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cairn::base {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::array kOptions = std::to_array<OptionSpec>({
    {"port", OptionType::kInteger, "<port>", "8333", OptionCategory::kConnection,
     "Listen on this port, which is a number that needs a sentence long enough to be broken over two lines."},
    {"server", OptionType::kBool, "", "1", OptionCategory::kRpc, "Answer RPC; it's on."},
    {"mocktime", OptionType::kInteger, "<n>", "0", OptionCategory::kDebugTest, "Time.", kDebugOnly},
    {"proxy", OptionType::kText, "<ip>", "", OptionCategory::kConnection, "Proxy.", kMultiple, OptionClass::kNotBuilt},
    {"conf", OptionType::kPath, "<file>", "", OptionCategory::kGeneral, "File.", kNoFlags,
     OptionClass::kWithoutMeaning},
    {"h", OptionType::kBool, "", "", OptionCategory::kHidden, "Secret."},
});

const OptionTable& table()
{
    static const OptionTable options{kOptions};
    return options;
}

TEST(OptionTable, FindsByName)
{
    ASSERT_NE(table().find("port"), nullptr);
    EXPECT_EQ(table().find("port")->argument, "<port>");
    EXPECT_EQ(table().find("nothing"), nullptr);
    EXPECT_EQ(table().in(OptionCategory::kConnection).size(), 2U);
    EXPECT_EQ(table().all().size(), kOptions.size());
}

TEST(OptionTable, RefusesANameDeclaredTwice)
{
    EXPECT_THROW((OptionTable{kOptions, kOptions}), std::logic_error);
}

TEST(RenderHelp, ShowsOptionsUnderHeadingsAndWrapped)
{
    const std::string help = render_help(table(), false);
    EXPECT_THAT(help,
                HasSubstr("Connection options:\n\n  -port=<port>\n       Listen on this port, which is a number that "
                          "needs a sentence long enough\n       to be broken over two lines. (default: 8333)\n\n"));
    EXPECT_THAT(help, HasSubstr("  -server\n"));
    EXPECT_THAT(help, HasSubstr("[not built yet: may only"));
    EXPECT_THAT(help, HasSubstr("[accepted, but has no effect"));
    EXPECT_THAT(help, Not(HasSubstr("mocktime")));
    EXPECT_THAT(help, Not(HasSubstr("Secret")));
    std::size_t begin = 0;
    for (std::size_t end = help.find('\n'); end != std::string::npos; begin = end + 1, end = help.find('\n', begin)) {
        EXPECT_LE(end - begin, 79U);
    }
}

TEST(RenderHelp, ShowsDebugOptionsWhenAsked)
{
    EXPECT_THAT(render_help(table(), true), HasSubstr("-mocktime=<n>"));
}

TEST(RenderManPage, EscapesForRoff)
{
    constexpr std::array kSections = std::to_array<ManSection>({{"EXIT STATUS", "0: well.\n\n.1: not."}});
    const std::string page =
        render_man_page(table(), {"cairnd", "a node", "[options]", ".dot - dash\n\nmore", "v0.1.0", kSections});
    EXPECT_THAT(page, HasSubstr(".TH cairnd 1"));
    EXPECT_THAT(page, HasSubstr("\\&.dot \\- dash\n.PP\nmore\n"));
    EXPECT_THAT(page, HasSubstr(".SH EXIT STATUS\n0: well.\n.PP\n\\&.1: not.\n"));
    EXPECT_THAT(page, HasSubstr(".TP\n.B \\-port=<port>\n"));
    EXPECT_THAT(page, HasSubstr(".SH Connection options"));
}

TEST(RenderCompletions, NameEveryShownOption)
{
    constexpr std::array<std::string_view, 2> kCommands{"getblock", "stop"};
    const std::string bash = render_bash_completion(table(), {"cairn-cli", kCommands});
    EXPECT_THAT(bash, HasSubstr("local commands='getblock stop'"));
    EXPECT_THAT(bash, HasSubstr("complete -o default -F _cairn_cli cairn-cli"));
    EXPECT_THAT(bash, HasSubstr("    -port=\n"));
    EXPECT_THAT(bash, HasSubstr("    -server\n"));
    const std::string zsh = render_zsh_completion(table(), {"cairnd", kCommands});
    EXPECT_THAT(zsh, HasSubstr("'1:command:(getblock stop)'"));
    EXPECT_THAT(zsh, HasSubstr("'-conf=-[File]:file:_files'"));
    EXPECT_THAT(zsh, HasSubstr("'*-proxy=-[Proxy]:value:'"));
    const std::string fish = render_fish_completion(table(), {"cairnd", kCommands});
    EXPECT_THAT(fish, HasSubstr("-a 'getblock stop'"));
    EXPECT_THAT(fish, HasSubstr("complete -c cairnd -a '-port=' -d 'Listen on this port"));
    for (const auto& text : {bash, zsh, fish}) EXPECT_THAT(text, Not(HasSubstr("Secret")));
}

}  // namespace
}  // namespace cairn::base
