#include "crypto/text.h"
#include "rpc/spec/error.h"
#include "rpc/spec/method_spec.h"

namespace cairn::rpc {

namespace {

[[noreturn]] void refuse(const std::string& message)
{
    throw Error(Code::kInvalidParameter, message);
}

/// The named arguments not yet used.
class Given {
public:
    explicit Given(const Json& named)
    {
        for (const Json::Member& member : named.as_object()) {
            if (find(member.key) != nullptr) refuse("Parameter " + member.key + " specified multiple times");
            left_.push_back(&member);
        }
    }
    /// Takes the value of the first of the argument's names that is there.
    const Json::Member* take(const Argument& argument)
    {
        for (const std::string_view name : split(argument.names, '|')) {
            if (const Json::Member* found = take(name)) return found;
        }
        return nullptr;
    }
    const Json::Member* take(std::string_view name)
    {
        for (auto it = left_.begin(); it != left_.end(); ++it) {
            if ((*it)->key != name) continue;
            const Json::Member* found = *it;
            left_.erase(it);
            return found;
        }
        return nullptr;
    }
    const Json::Member* any() const { return left_.empty() ? nullptr : left_.front(); }

private:
    const Json::Member* find(std::string_view name) const
    {
        for (const Json::Member* member : left_) {
            if (member->key == name) return member;
        }
        return nullptr;
    }
    std::vector<const Json::Member*> left_;
};

Json take_options(const Argument& argument, Given& given)
{
    Json options = Json::object();
    if (argument.type != ArgumentType::kNamedOptions) return options;
    for (const Argument& option : argument.inner) {
        if (const Json::Member* member = given.take(option)) options.set(member->key, member->value);
    }
    return options;
}

struct Positional {
    Json values = Json::array();  // as long as the last that was given
    std::size_t before_first = 0;
    const Argument* first = nullptr;
};

Positional take_all(const MethodSpec& method, Given& given)
{
    Positional out;
    std::size_t hole = 0;
    for (const Argument& argument : method.arguments) {
        const Json options = take_options(argument, given);
        const Json::Member* member = given.take(argument);
        if (options.empty() && member == nullptr) {
            ++hole;
            if (out.values.empty()) out.before_first = hole;
            continue;
        }
        if (member != nullptr && !options.empty()) {
            refuse("Parameter " + member->key + " conflicts with parameter " + options.as_object().front().key);
        }
        for (; hole > 0; --hole) out.values.push(Json{});
        if (out.first == nullptr) out.first = &argument;
        out.values.push(member != nullptr ? member->value : options);
    }
    return out;
}

}  // namespace

Json to_positional(const MethodSpec& method, const Json& named)
{
    Given given(named);
    Positional found = take_all(method, given);
    const Json::Member* leading = given.take("args");
    if (leading != nullptr && leading->value.is_array()) {
        const Json& values = leading->value;
        if (found.before_first < values.size() && found.first != nullptr) {
            refuse("Parameter " + std::string(found.first->names) +
                   " specified twice both as positional and named argument");
        }
        Json all = values;
        for (std::size_t i = all.size(); i < found.values.size(); ++i) all.push(found.values[i]);
        found.values = std::move(all);
    }
    if (const Json::Member* unknown = given.any()) refuse("Unknown named parameter " + unknown->key);
    return std::move(found.values);
}

}  // namespace cairn::rpc
