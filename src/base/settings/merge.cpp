#include "base/settings/merge.h"

#include <span>

namespace cairn::base {
namespace {

enum class Source { kForced, kCommandLine, kPersistent, kNetworkSection, kDefaultSection };

bool is_config(Source source)
{
    return source == Source::kNetworkSection || source == Source::kDefaultSection;
}

// The values of one source. A negation takes away those before it.
class Given {
public:
    explicit Given(std::span<const SettingValue> values) : values_(values) {}

    bool negated() const { return first() > 0; }
    bool last_negated() const { return !values_.empty() && values_.back().is_false(); }
    std::span<const SettingValue> remaining() const { return values_.subspan(first()); }

private:
    std::size_t first() const
    {
        std::size_t i = values_.size();
        while (i > 0 && !values_[i - 1].is_false()) --i;
        return i;
    }

    std::span<const SettingValue> values_;
};

const SettingValues* find(const SettingMap& map, std::string_view name)
{
    const auto found = map.find(name);
    return found == map.end() ? nullptr : &found->second;
}

// Calls visit(Given, Source) in order of precedence until it returns false.
template <class Visit>
void visit_sources(const SettingSources& sources, const MergeQuery& query, Visit visit)
{
    const auto offer = [&](const SettingMap& map, Source source) {
        const SettingValues* values = find(map, query.name);
        return values == nullptr || visit(Given{*values}, source);
    };
    if (!offer(sources.forced, Source::kForced)) return;
    if (!offer(sources.command_line, Source::kCommandLine)) return;
    if (!offer(sources.persistent, Source::kPersistent)) return;
    if (!query.section.empty()) {
        const auto section = sources.config.find(query.section);
        if (section != sources.config.end() && !offer(section->second, Source::kNetworkSection)) return;
    }
    const auto common = sources.config.find(std::string_view{});
    if (common != sources.config.end()) offer(common->second, Source::kDefaultSection);
}

}  // namespace

std::optional<SettingValue> merged_value(const SettingSources& sources, const MergeQuery& query)
{
    std::optional<SettingValue> result;
    visit_sources(sources, query, [&](const Given& given, Source source) {
        // A negation in the default section holds for options of a network too, where a value would not.
        if (query.ignore_default_section && source == Source::kDefaultSection && !given.last_negated()) return true;
        // -noregtest does not undo regtest=1.
        if (query.chain_choice && given.last_negated()) return true;
        const auto values = given.remaining();
        if (!values.empty()) {
            // The first line of a file counts, but the last argument.
            result = is_config(source) && !query.chain_choice ? values.front() : values.back();
        } else if (given.last_negated()) {
            result = SettingValue{SettingValue::Kind::kFalse};
        }
        return !result;
    });
    return result;
}

SettingValues merged_list(const SettingSources& sources, const MergeQuery& query)
{
    SettingValues result;
    bool done = false;
    bool negated_to_nothing = false;
    visit_sources(sources, query, [&](const Given& given, Source source) {
        if (query.ignore_default_section && source == Source::kDefaultSection) return true;
        // A negation on the command line ends the list, but values after it bring those of the files back.
        if (!done || (is_config(source) && !negated_to_nothing)) {
            const auto values = given.remaining();
            result.insert(result.end(), values.begin(), values.end());
        }
        done = done || given.negated() || source == Source::kForced;
        negated_to_nothing = negated_to_nothing || (given.last_negated() && result.empty());
        return true;
    });
    return result;
}

bool only_in_default_section(const SettingSources& sources, const MergeQuery& query)
{
    bool in_default = false;
    bool elsewhere = false;
    visit_sources(sources, query, [&](const Given& given, Source source) {
        if (given.remaining().empty()) return true;
        (source == Source::kDefaultSection ? in_default : elsewhere) = true;
        return true;
    });
    return in_default && !elsewhere;
}

}  // namespace cairn::base
