#include "config_options.h"

#include "engine/train/optimizer.h"
#include "program.h"

#include <CLI/CLI.hpp>

#include <algorithm>

namespace burdock::cli {
namespace {

std::string optionName(std::string key) {
    std::replace(key.begin(), key.end(), '_', '-');
    return "--" + key;
}

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

std::string optimizerHelp() {
    std::string help = "A setting of the optimizer, repeatable:";
    for (const OptimizerSchema& optimizer : optimizers())
        for (const ParamSpec& spec : optimizer.params)
            help += " " + optimizer.id + " " + spec.key + "=" + toString(spec.defaultValue) + ";";
    if (help.ends_with(';')) help.pop_back();
    return help;
}

Status readOptimizerOption(const std::string& text, const OptimizerSchema& optimizer, ParamValues& values) {
    const auto equals = text.find('=');
    const std::string key = text.substr(0, equals);
    const auto spec = std::find_if(optimizer.params.begin(), optimizer.params.end(),
                                   [&](const ParamSpec& s) { return s.key == key; });
    if (equals == std::string::npos || spec == optimizer.params.end()) {
        std::string keys;
        for (const ParamSpec& s : optimizer.params)
            keys += (keys.empty() ? "" : ", ") + s.key;
        return refuse(
            usageProblem("--optimizer-option " + text + ": " + optimizer.name + " has no such setting.",
                         keys.empty() ? "It has none." : "Give KEY=VALUE with one of: " + keys + "."));
    }
    const auto value = parseParam(*spec, text.substr(equals + 1));
    if (!value)
        return refuse(
            usageProblem("--optimizer-option " + text + ": " + value.error().what, value.error().mend));
    values[key] = *value;
    return {};
}

std::string augmentationHelp() {
    std::string help = "Changes the pictures trained on, anew in every epoch; several parted by semicolons:";
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

void ConfigOptions::addTo(CLI::App& command) {
    for (const ParamSpec& spec : TrainConfig::table().specs()) {
        const auto check = [spec](const std::string& text) -> std::string {
            const auto value = parseParam(spec, text);
            return value ? ""
                         : value.error().what + (value.error().mend.empty() ? "" : " " + value.error().mend);
        };
        const auto keep = [this, key = spec.key](const std::string& text) { given_[key] = text; };
        command.add_option_function<std::string>(optionName(spec.key), keep, spec.doc)
            ->type_name(typeName(spec))
            ->default_str(toString(spec.defaultValue))
            ->check(CLI::Validator(check, "", "setting"))
            ->group("Settings");
    }
    command.add_option("--optimizer-option", optimizerOptions_, optimizerHelp())
        ->type_name("KEY=VALUE")
        ->allow_extra_args(false)
        ->group("Settings");
    const auto check = [](const std::string& text) -> std::string {
        const auto uses = parseAugmentation(text);
        return uses ? "" : oneLine(uses.error());
    };
    command
        .add_option_function<std::string>(
            "--augment", [this](const std::string& text) { augmentation_ = text; }, augmentationHelp())
        ->type_name("ID:KEY=VALUE,…;ID…")
        ->check(CLI::Validator(check, "", "augmentation"))
        ->group("Settings");
}

Result<TrainConfig> ConfigOptions::applyTo(TrainConfig base) const {
    const auto& table = TrainConfig::table();
    ParamValues values = table.write(base);
    for (const ParamSpec& spec : table.specs())
        if (const auto given = given_.find(spec.key); given != given_.end()) {
            const auto value = parseParam(spec, given->second);
            if (!value) return refuse(usageProblem(value.error().what, value.error().mend));
            values[spec.key] = *value;
        }
    TrainConfig config = base;
    table.readInto(config, values);
    if (augmentation_) {
        auto uses = parseAugmentation(*augmentation_);
        if (!uses)
            return refuse(
                usageProblem("--augment " + *augmentation_ + ": " + uses.error().what, uses.error().mend));
        config.augmentation = std::move(*uses);
    }
    const OptimizerSchema* optimizer = findOptimizer(config.optimizer);
    if (config.optimizer != base.optimizer) {
        config.optimizerParams.clear();
        if (optimizer && !given_.contains("learning_rate"))
            config.learningRate = optimizer->defaultLearningRate;
    }
    if (optimizer)
        for (const std::string& text : optimizerOptions_)
            if (const auto status = readOptimizerOption(text, *optimizer, config.optimizerParams); !status)
                return refuse(status.error());
    return config;
}

} // namespace burdock::cli
