// docs/rpc.md lists the methods by category; the table says which there are.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/log_category.h"
#include "rpc/spec/method_spec.h"

namespace cairn::rpc {
namespace {

using Names = std::set<std::string>;

/// Rows like "| Control | `help` `stop` |".
std::map<std::string, Names> documented()
{
    std::ifstream page(std::filesystem::path(CAIRN_SOURCE_DIR) / "docs/rpc.md");
    EXPECT_TRUE(page);
    std::map<std::string, Names> rows;
    static const std::regex kRow(R"(\| ([A-Z][a-z]+) \| (`.*`) \|)");
    static const std::regex kName("`([a-z]+)`");
    std::smatch row;
    for (std::string line; std::getline(page, line);) {
        if (!std::regex_match(line, row, kRow)) continue;
        const std::string cell = row[2];
        for (std::sregex_iterator match(cell.begin(), cell.end(), kName), last; match != last; ++match) {
            EXPECT_TRUE(rows[row[1]].insert((*match)[1]).second) << (*match)[1];
        }
    }
    return rows;
}

TEST(HelpOfLogging, ListsTheCategories)
{
    std::string names;
    for (const auto category : base::all_log_categories()) {
        names += (names.empty() ? "" : ", ") + std::string(base::name(category));
    }
    const std::string help = method_help(*find_method("logging"));
    EXPECT_NE(help.find("valid logging categories are: " + names + "."), std::string::npos) << help;
}

TEST(RpcPage, ListsTheMethodsByCategory)
{
    std::map<std::string, Names> declared;
    for (const auto& method : all_methods()) declared[std::string(name(method.category))].emplace(method.name);
    const auto rows = documented();
    for (const auto& [category, names] : declared) {
        const auto row = rows.find(category);
        ASSERT_NE(row, rows.end()) << category;
        EXPECT_EQ(row->second, names) << category;
    }
    EXPECT_EQ(rows.size(), declared.size());
}

TEST(RpcPage, NamesAsMissingOnlyWhatIsMissing)
{
    std::ifstream in(std::filesystem::path(CAIRN_SOURCE_DIR) / "docs/rpc.md");
    const std::string page{std::istreambuf_iterator<char>(in), {}};
    const auto begin = page.find("\n### Methods that are missing\n");
    ASSERT_NE(begin, std::string::npos);
    const std::string section = page.substr(begin, page.find("\n#", begin + 1) - begin);
    static const std::regex kName("`([a-z]+)`");
    std::size_t count = 0;
    for (std::sregex_iterator match(section.begin(), section.end(), kName), last; match != last; ++match, ++count) {
        EXPECT_EQ(find_method((*match)[1].str()), nullptr) << (*match)[1];
    }
    EXPECT_GE(count, 30U) << "the page is read as it is written";
}

}  // namespace
}  // namespace cairn::rpc
