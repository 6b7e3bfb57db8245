#include "base/settings/settings.h"

#include <gmock/gmock.h>

#include "settings_fixture.h"

namespace cairn::base {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

// --- Command line

TEST_F(SettingsTest, ReadsTheCommandLine)
{
    EXPECT_EQ(parse({"-server", "--port=18", "-nolisten", "-debug=net", "-debug=rpc", "-uacomment="}), "");
    EXPECT_EQ(settings.boolean("server"), true);
    EXPECT_EQ(settings.integer("port"), 18);
    EXPECT_EQ(settings.boolean("listen"), false);
    EXPECT_TRUE(settings.is_negated("listen"));
    EXPECT_THAT(settings.texts("debug"), ElementsAre("net", "rpc"));
    EXPECT_EQ(settings.text("uacomment"), "");
    EXPECT_EQ(settings.text("chain"), std::nullopt);
    EXPECT_FALSE(settings.is_set("wallet"));
    EXPECT_EQ(settings.integer_or("reindex", 7), 7);
    EXPECT_EQ(settings.text_or("chain", "main"), "main");
    EXPECT_TRUE(settings.boolean_or("regtest", true));
}

TEST_F(SettingsTest, TheLastArgumentCounts)
{
    EXPECT_EQ(parse({"-port=1", "-port=2", "-debug=a", "-nodebug", "-debug=b"}), "");
    EXPECT_EQ(settings.integer("port"), 2);
    EXPECT_THAT(settings.texts("debug"), ElementsAre("b"));
}

TEST_F(SettingsTest, ANegationIsZeroAndADoubleOneIsOneWithAWarning)
{
    EXPECT_EQ(parse({"-nolisten=0", "-noserver=1"}), "");
    EXPECT_EQ(settings.text("listen"), "1");
    EXPECT_EQ(settings.text("server"), "0");
    EXPECT_THAT(warnings(), ElementsAre("Parsed potentially confusing double-negative -listen=0"));
}

TEST_F(SettingsTest, BooleansAreNumbers)
{
    EXPECT_EQ(parse({"-server=0", "-listen=true", "-regtest=2", "-reindex="}), "");
    EXPECT_EQ(settings.boolean("server"), false);
    EXPECT_EQ(settings.boolean("listen"), false);  // no number is 0
    EXPECT_EQ(settings.boolean("regtest"), true);
    EXPECT_EQ(settings.boolean("reindex"), true);
}

TEST_F(SettingsTest, NumbersAreReadAsAtoiDoes)
{
    const auto number = [&](const char* text) {
        Settings each{table(), {}, files};
        const std::string argument = std::string{"-port="} + text;
        const std::array arguments{argument.c_str()};
        EXPECT_TRUE(each.parse_command_line(arguments));
        return each.integer("port");
    };
    EXPECT_EQ(number(" 12abc"), 12);
    EXPECT_EQ(number("+5"), 5);
    EXPECT_EQ(number("+-5"), 0);
    EXPECT_EQ(number("-5"), -5);
    EXPECT_EQ(number("x"), 0);
    EXPECT_EQ(number("9223372036854775807"), INT64_MAX);
    EXPECT_EQ(number("9223372036854775808"), INT64_MAX);
    EXPECT_EQ(number("-9223372036854775809"), INT64_MIN);
}

TEST_F(SettingsTest, RefusesWhatItDoesNotKnow)
{
    EXPECT_EQ(parse({"-dash_cli=1"}), "Invalid parameter -dash_cli=1");
    EXPECT_EQ(parse({"-regtest.port=1"}), "Invalid parameter -regtest.port=1");
    EXPECT_EQ(parse({"--nonsense"}), "Invalid parameter --nonsense");
}

TEST_F(SettingsTest, RefusesWhatFlagsForbid)
{
    EXPECT_EQ(parse({"-proxy"}), "Can not set -proxy with no value. Please specify value with -proxy=value.");
    EXPECT_EQ(parse({"-nodatadir"}), "Negating of -datadir is meaningless and therefore forbidden");
    EXPECT_EQ(parse({"-proxy=1.2.3.4"}), "");
    EXPECT_EQ(parse({"-noproxy"}), "");
}

TEST_F(SettingsTest, RefusesIncludeconfOnTheCommandLine)
{
    EXPECT_EQ(parse({"-noincludeconf=0"}), "-includeconf cannot be used from commandline; -includeconf=true");
    Settings second{table(), {}, files};
    const std::array arguments{"-includeconf=relative2.conf", "-includeconf=no_warn.conf"};
    EXPECT_EQ(second.parse_command_line(arguments).error(),
              "-includeconf cannot be used from commandline; -includeconf=\"relative2.conf\"");
    Settings third{table(), {}, files};
    const std::array negated{"-noincludeconf"};
    EXPECT_TRUE(third.parse_command_line(negated));
}

TEST_F(SettingsTest, KeepsArgumentsBehindTheOptions)
{
    EXPECT_EQ(parse({"-server", "getblock", "-5", "x=y"}), "");
    EXPECT_THAT(settings.positional(), ElementsAre("getblock", "-5", "x=y"));
}

// --- Configuration files

TEST_F(SettingsTest, ReadsSectionsAndTakesTheFirstLine)
{
    config(
        "# a comment\n server = 1 # another\nregtest=1\nuacomment=a\nuacomment=b\n\n[regtest]\nport=1\nport=2\n"
        "[main]\nport=3\ntest.port=4\n");
    ASSERT_EQ(load({}), "");
    EXPECT_EQ(settings.chain(), "regtest");
    EXPECT_EQ(settings.integer("port"), 1);
    EXPECT_EQ(settings.boolean("server"), true);
    EXPECT_EQ(settings.text("uacomment"), "a");
    EXPECT_THAT(settings.texts("uacomment"), ElementsAre("a", "b"));
    EXPECT_EQ(settings.config_file(), "/data/cairn.conf");
}

TEST_F(SettingsTest, TheCommandLineComesBeforeTheFile)
{
    config("port=1\nuacomment=file\nlisten=0\n");
    ASSERT_EQ(load({"-port=2", "-uacomment=line", "-listen"}), "");
    EXPECT_EQ(settings.integer("port"), 2);
    EXPECT_THAT(settings.texts("uacomment"), ElementsAre("line", "file"));
    EXPECT_EQ(settings.boolean("listen"), true);
}

TEST_F(SettingsTest, ANegationOnTheCommandLineEndsTheList)
{
    config("uacomment=file\n");
    ASSERT_EQ(load({"-nouacomment"}), "");
    EXPECT_THAT(settings.texts("uacomment"), IsEmpty());
}

TEST_F(SettingsTest, AValueAfterANegationBringsTheFileBack)
{
    config("uacomment=file\n");
    ASSERT_EQ(load({"-uacomment=a", "-nouacomment", "-uacomment=b"}), "");
    EXPECT_THAT(settings.texts("uacomment"), ElementsAre("b", "file"));
}

TEST_F(SettingsTest, ForcedAndUnsetValues)
{
    config("listen=1\n");
    ASSERT_EQ(load({}), "");
    EXPECT_FALSE(settings.set_if_unset("listen", "0"));
    EXPECT_TRUE(settings.set_if_unset("server", "1"));
    EXPECT_EQ(settings.boolean("server"), true);
    settings.force("listen", "0");
    EXPECT_EQ(settings.boolean("listen"), false);
}

TEST_F(SettingsTest, NetworkOptionsCountInTheirSectionOnly)
{
    config("regtest=1\nport=5\nwallet=foo\naddnode=a\n[regtest]\naddnode=b\n");
    ASSERT_EQ(load({}), "");
    EXPECT_EQ(settings.integer("port"), std::nullopt);
    EXPECT_THAT(settings.texts("wallet"), IsEmpty());
    EXPECT_THAT(settings.texts("addnode"), ElementsAre("b"));
    EXPECT_THAT(settings.ignored_network_options(), ElementsAre("port", "wallet"));
}

TEST_F(SettingsTest, NetworkOptionsCountOnMain)
{
    config("port=5\n");
    ASSERT_EQ(load({}), "");
    EXPECT_EQ(settings.integer("port"), 5);
    EXPECT_THAT(settings.ignored_network_options(), IsEmpty());
}

TEST_F(SettingsTest, ANegatedNetworkOptionCountsEverywhere)
{
    config("regtest=1\nnowallet=1\n");
    ASSERT_EQ(load({}), "");
    EXPECT_TRUE(settings.is_negated("wallet"));
}

TEST_F(SettingsTest, WarnsOfUnknownKeysAndSections)
{
    config("dash_conf=1\ntestnot.datadir=1\n[testnet]\nserver=1\n[regtest]\n");
    ASSERT_EQ(load({}), "");
    EXPECT_THAT(warnings(), ElementsAre("Ignoring unknown configuration value dash_conf"));
    EXPECT_EQ(settings.unrecognized_sections(),
              "/data/cairn.conf:2 Section [testnot] is not recognized.\n"
              "/data/cairn.conf:3 Section [testnet] is not recognized.");
}

TEST_F(SettingsTest, WarnsOfReindexInTheFile)
{
    config("reindex=1\n");
    ASSERT_EQ(load({}), "");
    EXPECT_THAT(warnings(), ElementsAre(StartsWith("reindex=1 is set in the configuration file")));
}

struct BadConfig {
    const char* text;
    const char* error;
};
class BadConfigTest : public SettingsTest, public testing::WithParamInterface<BadConfig> {};
INSTANTIATE_TEST_SUITE_P(
    Lines, BadConfigTest,
    testing::Values(
        BadConfig{"garbage\n", "parse error on line 1: garbage"},
        BadConfig{"nono\n",
                  "parse error on line 1: nono, if you intended to specify a negated option, use nono=1 instead"},
        BadConfig{"\n-dash=1\n",
                  "parse error on line 2: -dash=1, options in configuration file must be specified without leading -"},
        BadConfig{"server=1\nrpcpassword=some#pass",
                  "parse error on line 2, using # in rpcpassword can be ambiguous and should be avoided"},
        BadConfig{"main.rpcpassword=some#pass",
                  "parse error on line 1, using # in rpcpassword can be ambiguous and should be avoided"},
        BadConfig{"[main]\nrpcpassword=some#pass",
                  "parse error on line 2, using # in rpcpassword can be ambiguous and should be avoided"},
        BadConfig{"conf=some.conf\n",
                  "conf cannot be set in the configuration file; use includeconf= if you want to include additional "
                  "config files"},
        BadConfig{"datadir=/missing\n", "specified data directory \"/missing\" does not exist."},
        BadConfig{"nodatadir=1\n", "Negating of -datadir is meaningless and therefore forbidden"},
        BadConfig{"includeconf=missing.conf\n", "Failed to include configuration file missing.conf"},
        BadConfig{"includeconf=/data\n", "Included config file \"/data\" is a directory."}));

TEST_P(BadConfigTest, IsRefused)
{
    config(GetParam().text);
    // -datadir on the command line would come before the file's.
    ASSERT_EQ(parse({"-conf=/data/cairn.conf"}), "");
    const auto result = settings.load();
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error(), std::string{"Error reading configuration file: "} + GetParam().error);
}

TEST_F(SettingsTest, IncludesFilesOnce)
{
    config("includeconf=a.conf\nuacomment=main\n[regtest]\nincludeconf=/data/r.conf\n");
    config("uacomment=a\nincludeconf=b.conf\n", "/data/a.conf");
    config("uacomment=r\n", "/data/r.conf");
    ASSERT_EQ(load({"-regtest"}), "");
    EXPECT_THAT(settings.texts("uacomment"), ElementsAre("main", "r", "a"));
    EXPECT_THAT(settings.console_warnings(),
                ElementsAre("warning: -includeconf cannot be used from included files; ignoring -includeconf=b.conf"));
}

TEST_F(SettingsTest, NoincludeconfIncludesNothing)
{
    config("includeconf=missing.conf\n");
    EXPECT_EQ(load({"-noincludeconf"}), "");
}

TEST_F(SettingsTest, ConfSaysWhichFile)
{
    config("server=1\n", "/data/other.conf");
    ASSERT_EQ(load({"-conf=other.conf"}), "");
    EXPECT_EQ(settings.boolean("server"), true);
    Settings second{table(), {}, files};
    const std::array missing{"-datadir=/data", "-conf=missing.conf"};
    ASSERT_TRUE(second.parse_command_line(missing));
    EXPECT_EQ(second.load().error(),
              "Error reading configuration file: specified config file \"/data/missing.conf\" could not be opened.");
}

TEST_F(SettingsTest, ConfMayNotBeAFolder)
{
    files.create_directories("/data/cairn.conf");
    EXPECT_EQ(load({}), "Error reading configuration file: Config file \"/data/cairn.conf\" is a directory.");
}

TEST_F(SettingsTest, NoconfReadsNoFileAndSaysSo)
{
    config("garbage\n");
    ASSERT_EQ(load({"-noconf"}), "");
    ASSERT_FALSE(settings.notes().empty());
    EXPECT_EQ(settings.notes()[0].text,
              "Data directory \"/data\" contains a \"cairn.conf\" file which is explicitly ignored using -noconf.");
    EXPECT_TRUE(settings.config_file().empty());
}

TEST_F(SettingsTest, AnIgnoredFileIsAnErrorUnlessAllowed)
{
    config("server=1\n");
    config("", "/other.conf");
    EXPECT_THAT(
        load({"-conf=/other.conf"}),
        StartsWith("Data directory \"/data\" contains a \"cairn.conf\" file which is ignored, because a different "
                   "configuration file \"/other.conf\" from command line argument \"-conf=/other.conf\" is being "
                   "used instead."));
    Settings second{table(), {}, files};
    const std::array allowed{"-datadir=/data", "-conf=/other.conf", "-allowignoredconf"};
    ASSERT_TRUE(second.parse_command_line(allowed));
    EXPECT_TRUE(second.load());
    EXPECT_TRUE(second.notes()[0].warning);
}

// --- Network and folders

TEST_F(SettingsTest, ChoosesOneChain)
{
    const auto chain = [&](std::vector<const char*> arguments) {
        Settings each{table(), {}, files};
        arguments.push_back("-datadir=/data");
        EXPECT_TRUE(each.parse_command_line(arguments));
        const auto loaded = each.load();
        return loaded ? each.chain() + " " + each.network_folder().string() : loaded.error();
    };
    EXPECT_EQ(chain({}), "main /data");
    EXPECT_EQ(chain({"-regtest"}), "regtest /data/regtest");
    EXPECT_EQ(chain({"-testnet"}), "test /data/testnet3");
    EXPECT_EQ(chain({"-testnet4"}), "testnet4 /data/testnet4");
    EXPECT_EQ(chain({"-chain=signet"}), "signet /data/signet");
    EXPECT_EQ(chain({"-chain=moon"}), "Unknown chain moon.");
    EXPECT_EQ(chain({"-regtest", "-chain=regtest"}),
              "Invalid combination of -regtest, -signet, -testnet, -testnet4 and -chain. Can use at most one.");
    EXPECT_EQ(chain({"-regtest", "-signet"}),
              "Invalid combination of -regtest, -signet, -testnet, -testnet4 and -chain. Can use at most one.");
    EXPECT_EQ(chain({"-chain=moon", "-regtest"}),
              "Invalid combination of -regtest, -signet, -testnet, -testnet4 and -chain. Can use at most one.");
    config("");
    EXPECT_EQ(chain({"-chain=moon", "-regtest"}),
              "Invalid combination of -regtest, -signet, -testnet, -testnet4 and -chain. Can use at most one.");
    EXPECT_EQ(chain({"-regtest=0"}), "main /data");
}

TEST_F(SettingsTest, RefusesWhatIsNoNumberAndNoSwitch)
{
    const auto loaded = [&](std::initializer_list<const char*> arguments) {
        Settings each(table(), {}, files);
        std::vector<const char*> all{"-datadir=/data"};
        all.insert(all.end(), arguments);
        EXPECT_TRUE(each.parse_command_line(all));
        const auto result = each.load();
        return result ? std::string{} : result.error();
    };
    // What Bitcoin Core gives a meaning stays accepted.
    for (const char* fine :
         {"-par", "-par=", "-par=-2", "-par=+3", "-par= 7 ", "-nopar", "-par=99999999999999999999", "-server",
          "-server=", "-server=2", "-noserver", "-threads=0", "-threads=16", "-queue=0", "-port=1", "-port=65535"}) {
        EXPECT_EQ(loaded({fine}), "") << fine;
    }
    EXPECT_EQ(loaded({"-par=abc"}), "-par=abc cannot be: give a whole number, such as -par=0.");
    EXPECT_EQ(loaded({"-par=2G"}), "-par=2G cannot be: give a whole number, such as -par=0.");
    EXPECT_EQ(loaded({"-par=1.5"}), "-par=1.5 cannot be: give a whole number, such as -par=0.");
    EXPECT_EQ(loaded({"-par=-"}), "-par=- cannot be: give a whole number, such as -par=0.");
    EXPECT_EQ(loaded({"-threads=17"}), "-threads=17 cannot be: give a whole number from 0 to 16, such as -threads=4.");
    EXPECT_EQ(loaded({"-threads=-1"}), "-threads=-1 cannot be: give a whole number from 0 to 16, such as -threads=4.");
    EXPECT_EQ(loaded({"-queue=-1"}), "-queue=-1 cannot be: give a whole number, 0 or more.");
    EXPECT_EQ(loaded({"-server=yes"}), "-server=yes is neither on nor off: give -server=1 or -server=0.");
    for (const char* port : {"0", "65536", "-1", "abc", "80x", ""}) {
        EXPECT_EQ(loaded({(std::string{"-port="} + port).c_str()}),
                  std::string{"Invalid port specified in -port: '"} + port + "'");
    }
    EXPECT_EQ(loaded({"-noport"}), "Invalid port specified in -port: '0'");
    // One that does not come into effect is as wrong, but one of another network is not looked at.
    EXPECT_NE(loaded({"-par=x", "-par=1"}), "");
    config("par=1\npar=x\n");
    EXPECT_NE(loaded({}), "");
    config("[regtest]\npar=x\n");
    EXPECT_EQ(loaded({}), "");
    EXPECT_NE(loaded({"-regtest"}), "");
    config("");
    base::replace_file(files, "/data/settings.json", R"({"par": "x"})");
    EXPECT_NE(loaded({}), "");
}

TEST_F(SettingsTest, ANegatedChainOnTheCommandLineDoesNotUndoTheFiles)
{
    config("regtest=1\n");
    ASSERT_EQ(load({"-noregtest"}), "");
    EXPECT_EQ(settings.chain(), "regtest");
}

TEST_F(SettingsTest, DescribesEverythingButSecrets)
{
    config("regtest=1\n[regtest]\nserver=1\n");
    ASSERT_EQ(load({"-rpcpassword=secret", "-addnode=some.node", "-nolisten"}), "");
    EXPECT_THAT(settings.describe(),
                ElementsAre("Config file arg: regtest=\"1\"", "Config file arg: [regtest] server=\"1\"",
                            "Command-line arg: addnode=\"some.node\"", "Command-line arg: datadir=\"/data\"",
                            "Command-line arg: listen=false", "Command-line arg: rpcpassword=****"));
}

TEST_F(SettingsTest, NamesOptionsWithoutMeaning)
{
    ASSERT_EQ(load({"-splash"}), "");
    EXPECT_THAT(settings.options_without_meaning(), ElementsAre("splash"));
}

TEST_F(SettingsTest, RefusesWhatIsNotBuiltUnlessItIsOff)
{
    const auto request = [&](std::vector<const char*> arguments) {
        Settings each{table(), {}, files};
        EXPECT_TRUE(each.parse_command_line(arguments));
        return each.unbuilt_request().value_or("");
    };
    EXPECT_EQ(request({}), "");
    EXPECT_EQ(request({"-natpmp=0", "-noprune"}), "");
    EXPECT_EQ(request({"-nonatpmp", "-prune=0"}), "");
    EXPECT_THAT(request({"-natpmp"}), HasSubstr("or say -natpmp=0"));
    EXPECT_EQ(request({"-dns"}), "");
    EXPECT_THAT(request({"-dns=0"}), StartsWith("-dns=0 asks for something that this version of Cairn cannot do yet. "
                                                "Remove it."));
    EXPECT_THAT(request({"-nodns"}), StartsWith("-dns=0"));
    EXPECT_THAT(request({"-prune=550"}), StartsWith("-prune=550 asks for something"));
}

}  // namespace
}  // namespace cairn::base
