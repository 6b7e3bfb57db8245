// -help, man pages and shell completions, all from the table.

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "base/settings/option.h"

namespace cairn::base {
namespace {

constexpr std::array kShown{
    OptionCategory::kGeneral,   OptionCategory::kConnection,    OptionCategory::kWallet,
    OptionCategory::kZmq,       OptionCategory::kDebugTest,     OptionCategory::kChain,
    OptionCategory::kNodeRelay, OptionCategory::kBlockCreation, OptionCategory::kRpc,
    OptionCategory::kIpc,       OptionCategory::kCliCommand,
};

std::vector<const OptionSpec*> shown(const OptionTable& table, OptionCategory category, bool with_debug)
{
    auto options = table.in(category);
    if (!with_debug) std::erase_if(options, [](const OptionSpec* option) { return (option->flags & kDebugOnly) != 0; });
    return options;
}

std::string spelled(const OptionSpec& option)
{
    if (option.argument.empty()) return fmt::format("-{}", option.name);
    return fmt::format("-{}={}", option.name, option.argument);
}

// The help text with its default and what this program makes of the option.
std::string described(const OptionSpec& option)
{
    std::string text{option.help};
    if (!option.fallback.empty()) text += fmt::format(" (default: {})", option.fallback);
    if (option.option_class == OptionClass::kWithoutMeaning) text += " Accepted; has no meaning here.";
    if (option.option_class == OptionClass::kNotBuilt) {
        const bool always_on = (option.flags & kAlwaysOn) != 0;
        text += always_on ? " Not built yet: switching it off." : " Not built yet: may only be switched off.";
    }
    return text;
}

void append_wrapped(std::string& out, std::string_view text, std::size_t indent, std::size_t width)
{
    std::size_t column = indent;
    out.append(indent, ' ');
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find(' '));
        if (column > indent && column + 1 + word.size() > width) {
            out += '\n';
            out.append(indent, ' ');
            column = indent;
        }
        if (column > indent) {
            out += ' ';
            ++column;
        }
        out += word;
        column += word.size();
        text.remove_prefix(word.size() == text.size() ? word.size() : word.size() + 1);
    }
    out += '\n';
}

std::string escaped(std::string_view text, std::string_view special, std::string_view escape)
{
    std::string out;
    for (const char c : text) {
        if (special.find(c) != std::string_view::npos) out += escape;
        out += c;
    }
    return out;
}

// Without the characters that mean something to zsh inside a quoted specification.
std::string plain(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        if (std::string_view{"[]:\\'`$\""}.find(c) == std::string_view::npos) out += c;
    }
    return out;
}

// "cairn-cli" as part of a shell function's name.
std::string words_only(std::string_view text)
{
    std::string out{text};
    std::ranges::replace(out, '-', '_');
    return out;
}

// roff: backslashes and hyphens are escaped, and a line must not begin with a dot or an apostrophe.
std::string roff(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        if (c == '\\') {
            out += "\\e";
        } else if (c == '-') {
            out += "\\-";
        } else {
            out += c;
        }
    }
    if (out.starts_with('.') || out.starts_with('\'')) out.insert(0, "\\&");
    return out;
}

// The first sentence, for completions.
std::string_view summary(const OptionSpec& option)
{
    return option.help.substr(0, option.help.find_first_of(".;"));
}

template <class Visit>
void for_each_shown(const OptionTable& table, Visit visit)
{
    for (const OptionCategory category : kShown) {
        for (const OptionSpec* option : shown(table, category, true)) visit(*option);
    }
}

}  // namespace

std::string render_help(const OptionTable& table, bool with_debug)
{
    std::string out;
    for (const OptionCategory category : kShown) {
        const auto options = shown(table, category, with_debug);
        if (options.empty()) continue;
        fmt::format_to(std::back_inserter(out), "{}:\n\n", heading(category));
        for (const OptionSpec* option : options) {
            fmt::format_to(std::back_inserter(out), "  {}\n", spelled(*option));
            append_wrapped(out, described(*option), 7, 79);
            out += '\n';
        }
    }
    return out;
}

std::string render_man_page(const OptionTable& table, const ManPage& page)
{
    std::string out =
        fmt::format(".TH {} 1 \"\" \"{} {}\" \"User Commands\"\n.SH NAME\n{} \\- {}\n", roff(page.program),
                    roff(page.program), roff(page.version), roff(page.program), roff(page.summary));
    fmt::format_to(std::back_inserter(out), ".SH SYNOPSIS\n.B {}\n{}\n.SH DESCRIPTION\n{}\n", roff(page.program),
                   roff(page.synopsis), roff(page.description));
    for (const OptionCategory category : kShown) {
        const auto options = shown(table, category, true);
        if (options.empty()) continue;
        fmt::format_to(std::back_inserter(out), ".SH {}\n", roff(heading(category)));
        for (const OptionSpec* option : options) {
            fmt::format_to(std::back_inserter(out), ".TP\n.B {}\n{}\n", roff(spelled(*option)),
                           roff(described(*option)));
        }
    }
    return out;
}

std::string render_bash_completion(const OptionTable& table, std::string_view program)
{
    std::string words;
    for_each_shown(table, [&](const OptionSpec& option) {
        fmt::format_to(std::back_inserter(words), "    -{}{}\n", option.name, option.argument.empty() ? "" : "=");
    });
    return fmt::format(
        "# Completion of {0}'s options for bash. Made from the option table; do not edit.\n"
        "_{1}() {{\n"
        "  local cur=\"${{COMP_WORDS[COMP_CWORD]}}\"\n"
        "  local options='\n{2}  '\n"
        "  COMPREPLY=()\n"
        "  if [[ \"$cur\" == -* ]]; then\n"
        "    COMPREPLY=($(compgen -W \"$options\" -- \"$cur\"))\n"
        "    [[ \"${{COMPREPLY[0]}}\" == *= ]] && compopt -o nospace\n"
        "  fi\n"
        "}}\n"
        "complete -o default -F _{1} {0}\n",
        program, words_only(program), words);
}

std::string render_zsh_completion(const OptionTable& table, std::string_view program)
{
    std::string out = fmt::format(
        "#compdef {0}\n# Completion of {0}'s options for zsh. Made from the option table; do not edit.\n_arguments "
        "\\\n",
        program);
    for_each_shown(table, [&](const OptionSpec& option) {
        const std::string help = plain(summary(option));
        const char* value = option.type == OptionType::kPath ? ":file:_files" : ":value:";
        const char* repeat = (option.flags & kMultiple) != 0 ? "*" : "";
        // -name=value: the equals sign belongs to the word.
        if (option.argument.empty()) {
            fmt::format_to(std::back_inserter(out), "  '{}-{}[{}]' \\\n", repeat, option.name, help);
        } else {
            fmt::format_to(std::back_inserter(out), "  '{}-{}=-[{}]{}' \\\n", repeat, option.name, help, value);
        }
    });
    return out + "  '*::argument:_default'\n";
}

std::string render_fish_completion(const OptionTable& table, std::string_view program)
{
    std::string out =
        fmt::format("# Completion of {}'s options for fish. Made from the option table; do not edit.\n", program);
    for_each_shown(table, [&](const OptionSpec& option) {
        fmt::format_to(std::back_inserter(out), "complete -c {} -a '-{}{}' -d '{}'\n", program, option.name,
                       option.argument.empty() ? "" : "=", escaped(summary(option), "\\'", "\\"));
    });
    return out;
}

}  // namespace cairn::base
