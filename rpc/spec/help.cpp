#include "rpc/spec/method_spec.h"

namespace cairn::rpc {

namespace {

std::string in_signature(const Argument& argument);

/// What stands for the value of an object's member.
std::string member_in_signature(const Argument& argument)
{
    switch (argument.type) {
        case ArgumentType::kString:
            return "\"str\"";
        case ArgumentType::kHex:
            return "\"hex\"";
        case ArgumentType::kNumber:
            return "n";
        case ArgumentType::kBool:
            return "bool";
        case ArgumentType::kAmount:
            return "amount";
        case ArgumentType::kRange:
            return "n or [n,n]";
        default:
            return in_signature(argument);
    }
}

std::string joined(const std::vector<Argument>& arguments, std::string (*show)(const Argument&))
{
    std::string text;
    for (const Argument& argument : arguments) text += (text.empty() ? "" : ",") + show(argument);
    return text;
}

std::string member(const Argument& argument)
{
    return "\"" + std::string(argument.name()) + "\":" + member_in_signature(argument);
}

/// As it stands in a signature: strings in quotes.
std::string in_signature(const Argument& argument)
{
    if (!argument.signature.empty()) return std::string(argument.signature);
    const std::string name(argument.name());
    switch (argument.type) {
        case ArgumentType::kString:
        case ArgumentType::kHex:
            return "\"" + name + "\"";
        case ArgumentType::kArray:
            return "[" + joined(argument.inner, in_signature) + ",...]";
        case ArgumentType::kObject:
        case ArgumentType::kNamedOptions: {
            if (argument.inner.empty()) return "{...}";
            const bool open = argument.any_names || argument.type == ArgumentType::kNamedOptions;
            return "{" + joined(argument.inner, member) + (open ? ",...}" : "}");
        }
        default:
            return name;
    }
}

std::string_view type_name(ArgumentType type)
{
    switch (type) {
        case ArgumentType::kString:
        case ArgumentType::kHex:
            return "string";
        case ArgumentType::kNumber:
            return "numeric";
        case ArgumentType::kBool:
            return "boolean";
        case ArgumentType::kAmount:
            return "numeric or string";
        case ArgumentType::kRange:
            return "numeric or array";
        case ArgumentType::kArray:
            return "json array";
        case ArgumentType::kObject:
        case ArgumentType::kNamedOptions:
            break;
    }
    return "json object";
}

std::string describe(const Argument& argument)
{
    std::string text = "(" + std::string(type_name(argument.type)) + (argument.required ? ", required" : ", optional");
    if (!argument.fallback.is_null()) text += ", default=" + argument.fallback.write();
    text += ")";
    if (!argument.help.empty()) text += " " + std::string(argument.help);
    return text;
}

std::string arguments_section(const MethodSpec& method)
{
    std::string lines;
    std::string named;
    int position = 0;
    for (const Argument& argument : method.arguments) {
        ++position;
        if (!argument.shown) continue;
        lines += std::to_string(position) + ". " + std::string(argument.name()) + "  " + describe(argument) + "\n";
        if (argument.type != ArgumentType::kNamedOptions) continue;
        for (const Argument& option : argument.inner)
            named += std::string(option.name()) + "  " + describe(option) + "\n";
    }
    if (lines.empty()) return {};
    return "\nArguments:\n" + lines + (named.empty() ? "" : "\nNamed Arguments:\n" + named);
}

/// An example's arguments as the shell would give them to cairn-cli.
std::vector<std::string> shell_words(std::string_view example)
{
    std::vector<std::string> words;
    char quote = 0;
    bool in_word = false;
    for (const char c : example) {
        const bool begins = quote == 0 && (c == '"' || c == '\'');
        if (quote == 0 && c == ' ') {
            in_word = false;
            continue;
        }
        if (!in_word) words.emplace_back();
        in_word = true;
        if (begins) {
            quote = c;
        } else if (c == quote) {
            quote = 0;
        } else {
            words.back() += c;
        }
    }
    return words;
}

/// An example as JSON-RPC, for curl.
std::string curl_line(const MethodSpec& method, std::string_view example)
{
    return "> curl --user myusername --data-binary '{\"jsonrpc\": \"2.0\", \"id\": \"curltest\", \"method\": \"" +
           std::string(method.name) +
           "\", \"params\": " + convert_positional(method.name, shell_words(example)).write() +
           "}' -H 'content-type: application/json' http://127.0.0.1:8332/\n";
}

std::string examples_section(const MethodSpec& method)
{
    if (method.examples.empty()) return {};
    std::string text = "\nExamples:\n";
    for (const std::string_view example : method.examples) {
        text += "> cairn-cli " + std::string(method.name) + (example.empty() ? "" : " ") + std::string(example) + "\n";
    }
    return text + curl_line(method, method.examples.front());
}

}  // namespace

std::string method_signature(const MethodSpec& method)
{
    std::string line(method.name);
    bool in_optional = false;
    for (const Argument& argument : method.arguments) {
        if (!argument.shown) break;
        line += ' ';
        if (!argument.required && !in_optional) line += "( ";
        if (argument.required && in_optional) line += ") ";
        in_optional = !argument.required;
        line += in_signature(argument);
    }
    return in_optional ? line + " )" : line;
}

std::string method_help(const MethodSpec& method)
{
    std::string text = method_signature(method) + "\n\n" + std::string(method.help) + "\n";
    text += arguments_section(method);
    if (!method.result.empty()) text += "\nResult:\n" + std::string(method.result) + "\n";
    return text + examples_section(method);
}

std::string help_overview(bool with_wallet)
{
    std::string text;
    for (auto category = Category::kBlockchain; category != Category::kHidden;
         category = static_cast<Category>(static_cast<int>(category) + 1)) {
        if (category == Category::kWallet && !with_wallet) continue;
        text += (text.empty() ? "== " : "\n== ") + std::string(name(category)) + " ==\n";
        for (const MethodSpec& method : all_methods()) {
            if (method.category == category) text += method_signature(method) + "\n";
        }
    }
    text.pop_back();
    return text;
}

}  // namespace cairn::rpc
