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
    switch (option.option_class) {
        case OptionClass::kImplemented:
            if (!option.fallback.empty()) text += fmt::format(" (default: {})", option.fallback);
            break;
        // A default would say that something is done.
        case OptionClass::kWithoutMeaning:
            text += " [accepted, but has no effect in this program]";
            break;
        case OptionClass::kNotBuilt:
            text += (option.flags & kAlwaysOn) != 0 ? " [always on: switching it off is not built yet]"
                                                    : " [not built yet: may only be left out or off]";
            break;
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

// Paragraphs, each escaped.
std::string roff_paragraphs(std::string_view text)
{
    std::string out;
    while (!text.empty()) {
        const std::size_t end = text.find("\n\n");
        out += (out.empty() ? "" : ".PP\n") + roff(text.substr(0, end)) + '\n';
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
    }
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
    fmt::format_to(std::back_inserter(out), ".SH SYNOPSIS\n.B {}\n{}\n.SH DESCRIPTION\n{}", roff(page.program),
                   roff(page.synopsis), roff_paragraphs(page.description));
    for (const OptionCategory category : kShown) {
        const auto options = shown(table, category, true);
        if (options.empty()) continue;
        fmt::format_to(std::back_inserter(out), ".SH {}\n", roff(heading(category)));
        for (const OptionSpec* option : options) {
            fmt::format_to(std::back_inserter(out), ".TP\n.B {}\n{}\n", roff(spelled(*option)),
                           roff(described(*option)));
        }
    }
    for (const ManSection& section : page.sections) {
        fmt::format_to(std::back_inserter(out), ".SH {}\n{}", roff(section.heading), roff_paragraphs(section.text));
    }
    return out;
}

std::string render_bash_completion(const OptionTable& table, const Completion& completion)
{
    std::string words;
    for_each_shown(table, [&](const OptionSpec& option) {
        fmt::format_to(std::back_inserter(words), "    -{}{}\n", option.name, option.argument.empty() ? "" : "=");
    });
    // A command is completed where no word before it is one.
    return fmt::format(
        "# Completion for {0} in bash. Made from its tables; do not edit.\n"
        "_{1}() {{\n"
        "  local cur=\"${{COMP_WORDS[COMP_CWORD]}}\" i\n"
        "  local options='\n{2}  '\n"
        "  local commands='{3}'\n"
        "  COMPREPLY=()\n"
        "  if [[ \"$cur\" == -* ]]; then\n"
        "    COMPREPLY=($(compgen -W \"$options\" -- \"$cur\"))\n"
        "    [[ \"${{COMPREPLY[0]}}\" == *= ]] && compopt -o nospace 2>/dev/null\n"
        "    return 0\n"
        "  fi\n"
        "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
        "    # bash breaks -name=value into three words.\n"
        "    [[ \"${{COMP_WORDS[i]}}\" == -* || \"${{COMP_WORDS[i]}}\" == '=' || \"${{COMP_WORDS[i - 1]}}\" == '=' ]] "
        "|| return 0\n"
        "  done\n"
        "  [[ \"$cur\" == '=' || \"${{COMP_WORDS[COMP_CWORD - 1]}}\" == '=' ]] && return 0\n"
        "  COMPREPLY=($(compgen -W \"$commands\" -- \"$cur\"))\n"
        "}}\n"
        "complete -o default -F _{1} {0}\n",
        completion.program, words_only(completion.program), words, fmt::join(completion.commands, " "));
}

std::string render_zsh_completion(const OptionTable& table, const Completion& completion)
{
    std::string out =
        fmt::format("#compdef {0}\n# Completion for {0} in zsh. Made from its tables; do not edit.\n_arguments \\\n",
                    completion.program);
    for_each_shown(table, [&](const OptionSpec& option) {
        const std::string help = plain(summary(option));
        const char* value = option.value.type == OptionType::kPath ? ":file:_files" : ":value:";
        const char* repeat = (option.flags & kMultiple) != 0 ? "*" : "";
        // -name=value: the equals sign belongs to the word.
        if (option.argument.empty()) {
            fmt::format_to(std::back_inserter(out), "  '{}-{}[{}]' \\\n", repeat, option.name, help);
        } else {
            fmt::format_to(std::back_inserter(out), "  '{}-{}=-[{}]{}' \\\n", repeat, option.name, help, value);
        }
    });
    if (!completion.commands.empty()) {
        fmt::format_to(std::back_inserter(out), "  '1:command:({})' \\\n", fmt::join(completion.commands, " "));
    }
    return out + "  '*::argument:_default'\n";
}

std::string render_fish_completion(const OptionTable& table, const Completion& completion)
{
    std::string out =
        fmt::format("# Completion for {} in fish. Made from its tables; do not edit.\n", completion.program);
    for_each_shown(table, [&](const OptionSpec& option) {
        fmt::format_to(std::back_inserter(out), "complete -c {} -a '-{}{}' -d '{}'\n", completion.program, option.name,
                       option.argument.empty() ? "" : "=", escaped(summary(option), "\\'", "\\"));
    });
    if (!completion.commands.empty()) {
        fmt::format_to(std::back_inserter(out), "complete -c {} -n __fish_is_first_arg -a '{}'\n", completion.program,
                       fmt::join(completion.commands, " "));
    }
    return out;
}

}  // namespace cairn::base
