#include "array_roles.h"

#include "files/problem.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string_view>

namespace burdock {
namespace {

using Names = std::vector<std::string_view>;

const Names& inputNames() {
    static const Names names{"x",     "data",     "images",  "image",   "imgs",   "img",      "inputs",
                             "input", "features", "feature", "samples", "pixels", "sequences"};
    return names;
}
const Names& targetNames() {
    static const Names names{"y",       "labels", "label",   "targets", "target",
                             "classes", "class",  "outputs", "output"};
    return names;
}

enum class Subset { Train, Test, Validation };

std::optional<Subset> subsetOf(std::string_view word) {
    if (word == "train" || word == "training" || word == "tr") return Subset::Train;
    if (word == "test" || word == "testing" || word == "te") return Subset::Test;
    if (word == "val" || word == "valid" || word == "validation" || word == "dev") return Subset::Validation;
    return std::nullopt;
}

/// "X_train" is "x" of the training part.
struct Role {
    std::string base;
    std::optional<Subset> subset;
};

bool isKnown(std::string_view base) {
    return std::ranges::find(inputNames(), base) != inputNames().end() ||
           std::ranges::find(targetNames(), base) != targetNames().end();
}

std::vector<std::string> wordsOf(const std::string& name) {
    std::vector<std::string> words(1);
    char before = '_';
    for (const char c : name) {
        const bool capital = c >= 'A' && c <= 'Z', small = before >= 'a' && before <= 'z';
        if (c == '_' || c == '-' || c == '.' || c == ' ')
            words.emplace_back();
        else if (capital && small)
            words.emplace_back(1, static_cast<char>(c + 32));
        else
            words.back() += capital ? static_cast<char>(c + 32) : c;
        before = c;
    }
    return words;
}

/// "xtrain" and "trainx".
void splitWord(const std::string& word, Role& role) {
    for (std::size_t i = 1; i < word.size(); ++i) {
        const std::string first = word.substr(0, i), second = word.substr(i);
        if (const auto subset = subsetOf(second); subset && isKnown(first)) role = {first, subset};
        if (const auto subset = subsetOf(first); subset && isKnown(second)) role = {second, subset};
    }
}

Role roleOf(const std::string& name) {
    Role role;
    const std::string own = name.substr(name.rfind('/') + 1); // of a folder in the archive
    for (const std::string& word : wordsOf(own)) {
        if (const auto subset = subsetOf(word); subset && !role.subset)
            role.subset = subset;
        else if (!word.empty())
            role.base += (role.base.empty() ? "" : "_") + word;
    }
    if (!role.subset) splitWord(role.base, role);
    return role;
}

std::int64_t samplesOf(const ArrayFile& array) {
    return array.header && array.header->rank() > 0 ? array.header->shape.front() : -1;
}

std::string listed(const std::vector<ArrayFile>& arrays) {
    std::string text;
    for (const ArrayFile& array : arrays) {
        if (text.size() > 400) return text + ", …";
        text += (text.empty() ? "" : ", ") + array.name + " (" +
                (array.header ? array.header->text() : "unreadable") + ")";
    }
    return text;
}

class Finder {
  public:
    Finder(const std::filesystem::path& path, const std::vector<ArrayFile>& arrays)
        : path_(path)
        , arrays_(arrays) {}

    Result<ArrayRoles> find(const std::string& input, const std::string& target) {
        std::string inputName = input, targetName = target;
        if (input.empty() && target.empty()) preferGivenFile(inputName, targetName);
        if (auto done = inputName.empty() ? byNames(true) : named(inputName, "input", true); !done)
            return refuse(done.error());
        if (auto done = targetName.empty() ? byNames(false) : named(targetName, "target", false); !done)
            return refuse(done.error());
        if (input.empty() && target.empty() && !roles_.input && !roles_.target) numbered();
        if (input.empty() && target.empty() && (!roles_.input || !roles_.target)) onlyTwo();
        if (!roles_.input || !roles_.target) return unknown();
        if (!roles_.testInput || !roles_.testTarget) useValidation();
        tell();
        return std::move(roles_);
    }

  private:
    const ArrayFile*& place(bool input, Subset subset) {
        switch (subset) {
        case Subset::Train:
            return input ? roles_.input : roles_.target;
        case Subset::Test:
            return input ? roles_.testInput : roles_.testTarget;
        case Subset::Validation:
            break;
        }
        return input ? roles_.validationInput : roles_.validationTarget;
    }

    /// Of several .npy files in a folder, the one that was given is the input, or the target if it is called
    /// so.
    void preferGivenFile(std::string& input, std::string& target) const {
        const auto at = std::ranges::find_if(
            arrays_, [&](const ArrayFile& array) { return array.where.filename() == path_.filename(); });
        if (at == arrays_.end()) return;
        const Role role = roleOf(at->name);
        if (role.subset.value_or(Subset::Train) != Subset::Train) return;
        const bool isTarget = std::ranges::find(targetNames(), role.base) != targetNames().end();
        (isTarget ? target : input) = at->name;
    }

    Status byNames(bool input) {
        for (const std::string_view known : input ? inputNames() : targetNames())
            for (const ArrayFile& array : arrays_)
                if (const Role role = roleOf(array.name); role.base == known)
                    if (const ArrayFile*& at = place(input, role.subset.value_or(Subset::Train)); !at)
                        at = &array;
        return {};
    }

    Status named(const std::string& name, const std::string& key, bool input) {
        const auto at = std::ranges::find(arrays_, name, &ArrayFile::name);
        if (at == arrays_.end()) {
            auto refusal = refuseFile(path_, "npz.name", "There is no array of the name \"" + name + "\".",
                                      "There are " + listed(arrays_) + ".",
                                      "Give the name of one: the option " + key + "=NAME.");
            refusal.value().param = key;
            return refusal;
        }
        place(input, Subset::Train) = &*at;
        const Role wanted = roleOf(name);
        for (const ArrayFile& array : arrays_)
            if (const Role role = roleOf(array.name); &array != &*at && role.base == wanted.base &&
                                                      role.subset.value_or(Subset::Train) != Subset::Train)
                place(input, *role.subset) = &array;
        return {};
    }

    /// As np.savez names what it is given without names.
    void numbered() {
        std::vector<const ArrayFile*> all;
        for (std::size_t i = 0; i < arrays_.size(); ++i) {
            const auto at = std::ranges::find(arrays_, "arr_" + std::to_string(i), &ArrayFile::name);
            if (at == arrays_.end()) return;
            all.push_back(&*at);
        }
        const auto same = [&](std::size_t a, std::size_t b) {
            return samplesOf(*all[a]) == samplesOf(*all[b]);
        };
        if (all.size() == 2 && same(0, 1)) {
            roles_.input = all[0];
            roles_.target = all[1];
        } else if (all.size() == 4 && same(0, 1) && same(2, 3)) {
            roles_.input = all[0];
            roles_.target = all[1];
            roles_.testInput = all[2];
            roles_.testTarget = all[3];
        } else if (all.size() == 4 && same(0, 2) && same(1, 3)) {
            roles_.input = all[0];
            roles_.testInput = all[1];
            roles_.target = all[2];
            roles_.testTarget = all[3];
        }
    }

    /// The one of more values is the input.
    void onlyTwo() {
        if (arrays_.size() != 2 || samplesOf(arrays_[0]) < 1 ||
            samplesOf(arrays_[0]) != samplesOf(arrays_[1]))
            return;
        const bool second = arrays_[1].header->count() > arrays_[0].header->count();
        if (arrays_[0].header->count() == arrays_[1].header->count()) return;
        roles_ = {};
        roles_.input = &arrays_[second ? 1 : 0];
        roles_.target = &arrays_[second ? 0 : 1];
    }

    void useValidation() {
        roles_.testInput = roles_.validationInput;
        roles_.testTarget = roles_.validationTarget;
        roles_.validationInput = roles_.validationTarget = nullptr;
        if (!roles_.testInput || !roles_.testTarget)
            roles_.testInput = roles_.testTarget = nullptr;
        else
            roles_.notes.push_back("There is no test part: " + roles_.testInput->name + " is it.");
    }

    void tell() {
        if (!roles_.validationInput || !roles_.validationTarget)
            roles_.validationInput = roles_.validationTarget = nullptr;
        else
            roles_.notes.push_back(
                "What " + roles_.validationInput->name +
                " holds is the validation part of each run, whatever its validation share.");
        std::string text = "The input is " + roles_.input->name + " (" + shapeText(*roles_.input) +
                           "), the target " + roles_.target->name + " (" + shapeText(*roles_.target) + ")";
        if (roles_.testInput)
            text += ", of the test " + roles_.testInput->name + " and " + roles_.testTarget->name;
        roles_.notes.push_back(text + ": by their names (input, target).");
        const std::set<const ArrayFile*> used{roles_.input,           roles_.target,
                                              roles_.testInput,       roles_.testTarget,
                                              roles_.validationInput, roles_.validationTarget};
        std::string others;
        for (const ArrayFile& array : arrays_)
            if (!used.contains(&array) && others.size() < 200)
                others += (others.empty() ? "" : ", ") + array.name;
        if (!others.empty()) roles_.notes.push_back("Other arrays are left out: " + others + ".");
    }

    static std::string shapeText(const ArrayFile& array) {
        return array.header ? array.header->text() : "unreadable";
    }

    tl::unexpected<Diagnostic> unknown() const {
        return refuseFile(path_, "npz.roles",
                          roles_.input    ? "The targets cannot be told from the arrays' names."
                          : roles_.target ? "The inputs cannot be told from the arrays' names."
                                          : "Inputs and targets cannot be told from the arrays' names.",
                          "There are " + listed(arrays_) + ".",
                          "Call them x and y, or name them: the options input=NAME,target=NAME.");
    }

    const std::filesystem::path& path_;
    const std::vector<ArrayFile>& arrays_;
    ArrayRoles roles_;
};

} // namespace

Result<ArrayRoles> findArrayRoles(const std::filesystem::path& path, const std::vector<ArrayFile>& arrays,
                                  const std::string& input, const std::string& target) {
    return Finder(path, arrays).find(input, target);
}

} // namespace burdock
