#pragma once
// Options, declared once in tables: the parser, -help, man pages and shell completions all come from there.
//
// Names and meanings are Bitcoin Core's; help prose is ours.

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cairn::base {

/// The section of -help, in the order shown.
enum class OptionCategory : std::uint8_t {
    kGeneral,
    kConnection,
    kWallet,
    kZmq,
    kDebugTest,
    kChain,
    kNodeRelay,
    kBlockCreation,
    kRpc,
    kIpc,
    kCliCommand,  // of cairn-cli: -getinfo, -netinfo, …
    kHidden,      // accepted, never shown
};

/// What the program does with an option.
enum class OptionClass : std::uint8_t {
    kImplemented,
    /// Accepted, one line in the log; has no meaning here.
    kWithoutMeaning,
    /// Accepted when it asks for the default or for "off" (OptionSpec::off); asking for more is a start error.
    kNotBuilt,
};

/// Properties, to be combined with |.
enum OptionFlags : std::uint32_t {
    kNoFlags = 0,
    /// In a configuration file, counts only in the section of the network in use (unless that is main).
    kNetworkOnly = 1U << 0,
    /// Shown by -help-debug only.
    kDebugOnly = 1U << 1,
    /// The value is never logged.
    kSensitive = 1U << 2,
    /// -noname is an error.
    kNoNegation = 1U << 3,
    /// -name without "=value" is an error.
    kNeedsValue = 1U << 4,
    /// May be given several times, all of which count.
    kMultiple = 1U << 5,
    /// Of a kNotBuilt option that is on by default: it is switching it off that is not built.
    kAlwaysOn = 1U << 6,
};

enum class OptionType : std::uint8_t { kBool, kInteger, kPort, kAmount, kText, kPath };

/// A type; of a kInteger also its bounds: given less or more, the program does not start.
struct ValueType {
    static constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
    static constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

    constexpr ValueType(OptionType the_type) : type(the_type) {}
    constexpr ValueType(std::int64_t at_least, std::int64_t at_most)
        : type(OptionType::kInteger), least(at_least), most(at_most)
    {
    }

    OptionType type;
    std::int64_t least = kLeast;
    std::int64_t most = kMost;
};
constexpr ValueType integer_between(std::int64_t least, std::int64_t most)
{
    return {least, most};
}
constexpr ValueType integer_from(std::int64_t least)
{
    return {least, ValueType::kMost};
}

struct OptionSpec {
    std::string_view name;  // without dash
    ValueType value = OptionType::kBool;
    std::string_view argument;  // as help shows it, "<n>"; empty for none
    std::string_view fallback;  // the default, as text; empty: none, or described in help
    OptionCategory category = OptionCategory::kGeneral;
    std::string_view help;
    std::uint32_t flags = kNoFlags;
    OptionClass option_class = OptionClass::kImplemented;
    /// kNotBuilt: values beside "0" and the fallback that ask for nothing.
    std::string_view off = {};
};

/// The options of one program. Tables must outlive it. Throws std::logic_error if a name stands twice.
class OptionTable {
public:
    OptionTable(std::initializer_list<std::span<const OptionSpec>> tables);

    /// Null if there is no such option.
    const OptionSpec* find(std::string_view name) const;
    /// Those of a category, by name.
    std::vector<const OptionSpec*> in(OptionCategory category) const;
    /// All, by name.
    const std::map<std::string_view, OptionSpec>& all() const { return options_; }

private:
    std::map<std::string_view, OptionSpec> options_;
};

/// The heading of a category in -help; empty for kHidden.
std::string_view heading(OptionCategory category);

/// The text of -help (or of -help-debug): every option under its heading, 79 columns wide.
std::string render_help(const OptionTable& table, bool with_debug);

/// A part of a man page that stands after the options. Paragraphs are separated by an empty line.
struct ManSection {
    std::string_view heading;
    std::string_view text;
};
/// A roff man page of section 1.
struct ManPage {
    std::string_view program;      // "cairnd"
    std::string_view summary;      // one line
    std::string_view synopsis;     // after the program's name
    std::string_view description;  // paragraphs, as in ManSection
    std::string_view version;
    std::span<const ManSection> sections{};
};
std::string render_man_page(const OptionTable& table, const ManPage& page);

/// What a shell completes for `program`: its options, and `commands` (words without a dash) for its first other
/// argument.
struct Completion {
    std::string_view program;
    std::span<const std::string_view> commands{};
};
std::string render_bash_completion(const OptionTable& table, const Completion& completion);
std::string render_zsh_completion(const OptionTable& table, const Completion& completion);
std::string render_fish_completion(const OptionTable& table, const Completion& completion);

}  // namespace cairn::base
