#include "arguments.h"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <sstream>
#include <string_view>

namespace burdock::cli {
namespace {

/// In our words where an option stands without its value.
std::string wordsOf(const CLI::ParseError& e) {
    std::string words = e.what();
    constexpr std::string_view middle = ": 1 required ", end = " missing";
    if (const auto at = words.find(middle); at != std::string::npos && words.ends_with(end))
        words = words.substr(0, at) + " needs a value: " +
                words.substr(at + middle.size(), words.size() - at - middle.size() - end.size());
    return words.ends_with('.') ? words : words + ".";
}

} // namespace

Option Option::required() {
    option_->required();
    return *this;
}

Option Option::expected(int least, int most) {
    option_->expected(least, most);
    return *this;
}

Option Option::oneAtATime() {
    // Of one value, so that the help does not show several behind it.
    option_->allow_extra_args(false)->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    return *this;
}

Option Option::typeName(const std::string& name) {
    option_->type_name(name);
    return *this;
}

Option Option::check(std::function<std::string(const std::string&)> problem) {
    option_->check(std::move(problem));
    return *this;
}

Option Option::range(int least, int most) {
    option_->check(CLI::Range(least, most));
    return *this;
}

Option Option::defaultText(const std::string& text) {
    option_->default_str(text);
    return *this;
}

Option Option::group(const std::string& heading) {
    option_->group(heading);
    return *this;
}

Option Option::excludes(Option other) {
    option_->excludes(other.option_);
    return *this;
}

template <class T>
Option Command::option(const std::string& names, T& value, const std::string& help) {
    return Option(*command_->add_option(names, value, help));
}

template Option Command::option(const std::string&, std::string&, const std::string&);
template Option Command::option(const std::string&, std::vector<std::string>&, const std::string&);
template Option Command::option(const std::string&, std::optional<std::string>&, const std::string&);
template Option Command::option(const std::string&, int&, const std::string&);
template Option Command::option(const std::string&, std::int64_t&, const std::string&);
template Option Command::option(const std::string&, std::optional<std::int64_t>&, const std::string&);

Option Command::optionFunction(const std::string& names, std::function<void(const std::string&)> keep,
                               const std::string& help) {
    return Option(*command_->add_option_function<std::string>(names, keep, help));
}

void Command::flag(const std::string& name, bool& value, const std::string& help) {
    command_->add_flag(name, value, help);
}

void Command::footer(const std::string& text) {
    command_->footer(text);
}

void Command::callback(std::function<void()> chosen) {
    command_->callback(std::move(chosen));
}

ArgumentParser::ArgumentParser(const std::string& name, const std::string& help, const std::string& version)
    : app_(std::make_unique<CLI::App>(help, name)) {
    app_->require_subcommand(1);
    app_->set_version_flag("--version", version, "Print the version and exit");
}

ArgumentParser::~ArgumentParser() = default;

Command ArgumentParser::command(const std::string& name, const std::string& help) {
    return Command(*app_->add_subcommand(name, help));
}

void ArgumentParser::footer(const std::string& text) {
    app_->footer(text);
}

std::vector<std::string> ArgumentParser::commands() const {
    std::vector<std::string> names;
    for (const CLI::App* command : app_->get_subcommands({}))
        names.push_back(command->get_name());
    return names;
}

std::string ArgumentParser::chosen() const {
    const auto given = app_->get_subcommands();
    return given.empty() ? "" : given.back()->get_name();
}

tl::expected<std::optional<std::string>, std::string> ArgumentParser::parse(int argc, char** argv) {
    try {
        app_->parse(argc, argv);
        return std::nullopt;
    } catch (const CLI::Success& asked) {
        std::ostringstream words; // nothing is written to the error stream: it is no error
        app_->exit(asked, words, words);
        return words.str();
    } catch (const CLI::ParseError& e) {
        return tl::unexpected(wordsOf(e));
    }
}

} // namespace burdock::cli
