// docs/running.md names the options that do nothing, and those that are not built; the table says which those are.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "node/options.h"

namespace cairn::node {
namespace {

std::string read(const std::filesystem::path& path)
{
    std::ifstream in(path, std::ios::binary);
    EXPECT_TRUE(in) << path;
    return {std::istreambuf_iterator<char>(in), {}};
}

/// The names in `-name` form of the list below a heading of docs/running.md.
std::set<std::string> documented(const std::string& heading)
{
    const std::string page = read(std::filesystem::path(CAIRN_SOURCE_DIR) / "docs/running.md");
    const auto begin = page.find("\n### " + heading + "\n");
    EXPECT_NE(begin, std::string::npos) << heading;
    if (begin == std::string::npos) return {};
    const std::string section = page.substr(begin, page.find("\n#", begin + 1) - begin);
    // The list is what stands in lines that begin with an option.
    std::set<std::string> names;
    static const std::regex kName("`-([a-z0-9-]+)`");
    std::size_t at = 0;
    while (at < section.size()) {
        const auto end = std::min(section.find('\n', at), section.size());
        const std::string line = section.substr(at, end - at);
        if (line.starts_with("`-")) {
            for (std::sregex_iterator match(line.begin(), line.end(), kName), last; match != last; ++match) {
                EXPECT_TRUE(names.insert((*match)[1]).second) << (*match)[1];
            }
        }
        at = end + 1;
    }
    return names;
}

std::set<std::string> declared(base::OptionClass option_class)
{
    std::set<std::string> names;
    for (const auto& [name, option] : option_table().all()) {
        if (option.option_class == option_class) names.emplace(name);
    }
    return names;
}

TEST(RunningPage, ListsTheOptionsThatHaveNoEffect)
{
    EXPECT_EQ(documented("Accepted, without effect"), declared(base::OptionClass::kWithoutMeaning));
}

TEST(RunningPage, ListsTheOptionsThatAreNotBuiltYet)
{
    EXPECT_EQ(documented("Not built yet"), declared(base::OptionClass::kNotBuilt));
}

TEST(OptionsOfCairnd, AreReadIfTheyAreImplemented)
{
    std::string code;
    for (const auto* folder : {"src/node", "src/base/settings"}) {
        for (const auto& entry :
             std::filesystem::directory_iterator(std::filesystem::path(CAIRN_SOURCE_DIR) / folder)) {
            const std::string name = entry.path().filename().string();
            if (name.ends_with(".cpp") && !name.starts_with("options_")) code += read(entry.path());
        }
    }
    for (const auto& name : declared(base::OptionClass::kImplemented)) {
        EXPECT_NE(code.find('"' + name + '"'), std::string::npos)
            << name << " is declared as implemented, and not read";
    }
}

}  // namespace
}  // namespace cairn::node
