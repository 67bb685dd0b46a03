#include "config_options.h"

#include "engine/train/loss.h"
#include "program.h"

#include <algorithm>

namespace burdock::cli {
namespace {

std::string typeName(const ParamSpec& spec) {
    switch (spec.type) {
    case ParamType::Int:
        return "N";
    case ParamType::Real:
        return "X";
    case ParamType::Bool:
        return "yes|no";
    case ParamType::Choice: {
        std::string all;
        for (const Choice& choice : spec.choices)
            all += (all.empty() ? "" : "|") + choice.key;
        return all;
    }
    case ParamType::Pair:
        return "HxW";
    case ParamType::Text:
        return "TEXT";
    }
    return "TEXT";
}

/// "momentum momentum=0.9; adam beta1=0.9, …" over all entries that the setting can name.
std::string entryHelp(const EntrySetting& setting) {
    std::string help = "A setting of the chosen " + setting.key + ", repeatable:";
    for (const ParamSpec& spec : TrainConfig::table().specs()) {
        if (spec.key != setting.key) continue;
        for (const Choice& choice : spec.choices)
            if (const auto facts = setting.find(choice.key))
                for (const ParamSpec& own : facts->params)
                    help += " " + choice.key + " " + own.key + "=" + toString(own.defaultValue) + ";";
    }
    if (help.ends_with(';')) help.pop_back();
    return help;
}

Status readEntryOption(const EntrySetting& setting, const std::string& id, const std::string& text,
                       ParamValues& values) {
    const auto facts = setting.find(id);
    const std::string option = "--" + setting.key + "-option " + text + ": ";
    if (!facts)
        return refuse(usageProblem(option + "the " + setting.key + " is not chosen.",
                                   "Name it with --" + setting.key + "."));
    const auto equals = text.find('=');
    const std::string key = text.substr(0, equals);
    const auto spec = std::find_if(facts->params.begin(), facts->params.end(),
                                   [&](const ParamSpec& s) { return s.key == key; });
    if (equals == std::string::npos || spec == facts->params.end()) {
        std::string keys;
        for (const ParamSpec& s : facts->params)
            keys += (keys.empty() ? "" : ", ") + s.key;
        return refuse(
            usageProblem(option + facts->name + " has no such setting.",
                         keys.empty() ? "It has none." : "Give KEY=VALUE with one of: " + keys + "."));
    }
    const auto value = parseParam(*spec, text.substr(equals + 1));
    if (!value) return refuse(usageProblem(option + value.error().what, value.error().mend));
    values[key] = *value;
    return {};
}

std::string augmentationHelp() {
    std::string help =
        "Changes the pictures trained on, anew in every epoch; several parted by semicolons, or none:";
    for (const TransformSchema& transform : transforms()) {
        help += " " + transform.id;
        for (const ParamSpec& spec : transform.params)
            help += (&spec == &transform.params.front() ? ":" : ",") + spec.key + "=" +
                    toString(spec.defaultValue);
        help += ";";
    }
    help.pop_back();
    return help;
}

} // namespace

std::string optionName(std::string key) {
    std::replace(key.begin(), key.end(), '_', '-');
    return "--" + key;
}

void addSettings(Command command, const std::vector<ParamSpec>& specs,
                 std::map<std::string, std::string>& given) {
    for (const ParamSpec& spec : specs) {
        const auto check = [spec](const std::string& text) -> std::string {
            const auto value = parseParam(spec, text);
            return value ? ""
                         : value.error().what + (value.error().mend.empty() ? "" : " " + value.error().mend);
        };
        const auto keep = [&given, key = spec.key](const std::string& text) { given[key] = text; };
        command.optionFunction(optionName(spec.key), keep, spec.doc)
            .typeName(typeName(spec))
            .defaultText(toString(spec.defaultValue))
            .check(check)
            .group("Settings");
    }
}

void ConfigOptions::addTo(Command command, const std::vector<std::string>& without) {
    const auto isLeftOut = [&](const std::string& key) {
        return std::ranges::find(without, key) != without.end();
    };
    std::vector<ParamSpec> specs = TrainConfig::table().specs();
    std::erase_if(specs, [&](const ParamSpec& spec) { return isLeftOut(spec.key); });
    addSettings(command, specs, given_);
    for (const EntrySetting& setting : entrySettings())
        if (!isLeftOut(setting.key))
            command
                .option("--" + setting.key + "-option,--" + setting.key + "-param",
                        entryOptions_[setting.key], entryHelp(setting))
                .typeName("KEY=VALUE")
                .oneAtATime()
                .group("Settings");
    const auto check = [](const std::string& text) -> std::string {
        const auto uses = parseAugmentation(text);
        return uses ? "" : oneLine(uses.error());
    };
    command
        .optionFunction(
            "--augment", [this](const std::string& text) { augmentation_ = text; }, augmentationHelp())
        .typeName("ID:KEY=VALUE,…;ID…")
        .check(check)
        .group("Settings");
}

Diagnostic inOptions(Diagnostic d) {
    for (const ParamSpec& spec : TrainConfig::table().specs()) {
        if (d.where == spec.key) d.where = optionName(spec.key);
        const std::string setting = "(setting " + spec.key + ")";
        if (const auto at = d.mend.find(setting); at != std::string::npos)
            d.mend.replace(at, setting.size(), "(" + optionName(spec.key) + ")");
    }
    if (d.fix && d.fix->kind == Fix::Kind::SetSetting && !d.fix->layerParams.empty()) {
        d.mend += " As options: " + optionName(d.fix->param) + " " + toString(d.fix->value);
        for (const auto& [key, value] : d.fix->layerParams)
            d.mend += " " + optionName(d.fix->param) + "-option " + key + "=" + toString(value);
        d.mend += ".";
    }
    return d;
}

Diagnostic offeringToAdapt(Diagnostic why) {
    if ((why.code.starts_with("data.") || why.code == "loss.activation") && why.fix)
        why.mend += " Or let --adapt do it.";
    else if (why.code == "data.input-shape" || why.code == "data.output-shape")
        why.mend += " --adapt changes the network, or names one that fits.";
    return inOptions(std::move(why));
}

bool ConfigOptions::anyGiven() const {
    return !given_.empty() || augmentation_ ||
           std::any_of(entryOptions_.begin(), entryOptions_.end(),
                       [](const auto& entry) { return !entry.second.empty(); });
}

Result<TrainConfig> ConfigOptions::applyTo(TrainConfig base,
                                           const std::function<Result<Task>()>& taskOf) const {
    TrainConfig config = std::move(base);
    for (const ParamSpec& spec : TrainConfig::table().specs())
        if (const auto given = given_.find(spec.key); given != given_.end()) {
            const auto value = parseParam(spec, given->second);
            if (!value) return refuse(usageProblem(value.error().what, value.error().mend));
            config = withSetting(std::move(config), spec.key, *value);
        }
    if (augmentation_) {
        auto uses = parseAugmentation(*augmentation_);
        if (!uses)
            return refuse(
                usageProblem("--augment " + *augmentation_ + ": " + uses.error().what, uses.error().mend));
        config.augmentation = std::move(*uses);
    }
    if (const auto given = entryOptions_.find("loss"); given != entryOptions_.end())
        if (!given->second.empty() && !findLoss(config.loss)) { // by the task
            const auto task = taskOf();
            if (!task) return refuse(task.error());
            config.loss = defaultLoss(*task).id;
        }
    for (const EntrySetting& setting : entrySettings())
        if (const auto given = entryOptions_.find(setting.key); given != entryOptions_.end())
            for (const std::string& text : given->second)
                if (const auto status =
                        readEntryOption(setting, config.*setting.id, text, config.*setting.params);
                    !status)
                    return refuse(status.error());
    return config;
}

} // namespace burdock::cli
