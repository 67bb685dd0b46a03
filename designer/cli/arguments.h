#pragma once

#include <tl/expected.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// What the commands need of CLI11, behind handles: its header costs every source that reads it seconds.
namespace CLI {
class App;
class Option;
} // namespace CLI

namespace burdock::cli {

/// An option, or an argument known by its place, while it is described. Each function gives the same one
/// again.
class Option {
  public:
    explicit Option(CLI::Option& option)
        : option_(&option) {}

    Option required();
    /// How many values it takes. One, or of a list one or more, unless told.
    Option expected(int least, int most);
    /// A list takes one value each time that the option is named.
    Option oneAtATime();
    /// What help calls its value; empty: nothing.
    Option typeName(const std::string& name);
    /// What is wrong with a value as it was given, which is then refused; empty: nothing.
    Option check(std::function<std::string(const std::string&)> problem);
    /// Refuses all but whole numbers from `least` to `most`, which help tells.
    Option range(int least, int most);
    /// The default value, for help alone.
    Option defaultText(const std::string& text);
    /// The heading in help that it stands under.
    Option group(const std::string& heading);
    /// Refuses both at once.
    Option excludes(Option other);

  private:
    CLI::Option* option_; ///< its command's
};

/// A command of the program, while it is described.
class Command {
  public:
    explicit Command(CLI::App& command)
        : command_(&command) {}

    /// What is given is read into `value`, which outlives the parser: text, a whole number (int,
    /// std::int64_t), either as std::optional, or a list of texts. `names` is "--name,--other", or "NAME" of
    /// an argument known by its place.
    template <class T>
    Option option(const std::string& names, T& value, const std::string& help);
    /// What is given is handed to `keep`.
    Option optionFunction(const std::string& names, std::function<void(const std::string&)> keep,
                          const std::string& help);
    /// An option without a value: `value`, which outlives the parser, is true once it is given.
    void flag(const std::string& name, bool& value, const std::string& help);
    /// What help ends with.
    void footer(const std::string& text);
    /// Called when the line has been read and was this command's.
    void callback(std::function<void()> chosen);

  private:
    CLI::App* command_; ///< the parser's
};

/// The program's command line: one command, with its options and arguments.
class ArgumentParser {
  public:
    /// `help` stands above what help lists; `version` is what --version tells.
    ArgumentParser(const std::string& name, const std::string& help, const std::string& version);
    ~ArgumentParser();

    Command command(const std::string& name, const std::string& help);
    /// What help of the whole program ends with.
    void footer(const std::string& text);

    /// The names of all commands.
    std::vector<std::string> commands() const;
    /// The name of the one that was given; empty: none yet.
    std::string chosen() const;
    /// Reads the line, and calls its command back. Gives a text that was asked for instead, of help or the
    /// version; the error is what is wrong with the line.
    tl::expected<std::optional<std::string>, std::string> parse(int argc, char** argv);

  private:
    std::unique_ptr<CLI::App> app_;
};

} // namespace burdock::cli
