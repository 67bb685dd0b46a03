#include "array_targets.h"

#include "array_items.h"
#include "engine/data/utf8.h"
#include "engine/schema/number_text.h"
#include "files/count_text.h"
#include "files/number_offset.h"

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <span>

namespace burdock {
namespace {

constexpr double exactWhole = 9007199254740992; // 2⁵³: beyond it a double skips whole numbers
constexpr std::size_t mostClasses = 10'000;     // of texts
constexpr std::size_t mostNumberClasses = 1000, mostFloatClasses = 20;

void appendUtf8(std::string& text, std::uint32_t code) {
    if (code < 0x80) {
        text += static_cast<char>(code);
        return;
    }
    const int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    const int lead = more == 1 ? 0xc0 : more == 2 ? 0xe0 : 0xf0;
    text += static_cast<char>(lead | code >> (6 * more));
    for (int i = more - 1; i >= 0; --i)
        text += static_cast<char>(0x80 | (code >> (6 * i) & 0x3f));
}

/// UTF-32, up to the zeros that fill it up; what is no character becomes U+FFFD.
std::string textOf(const char* bytes, const NpyHeader& header) {
    std::string text;
    for (std::int64_t at = 0; at < header.itemBytes; at += 4) {
        const auto code = bitsOf<std::uint32_t>(bytes + at, header.bigEndian);
        if (code == 0) break;
        constexpr std::uint32_t last = 0x10ffff, replacement = 0xfffd;
        const bool surrogate = code >= 0xd800 && code < 0xe000;
        appendUtf8(text, code > last || surrogate ? replacement : code);
    }
    return text;
}

/// UTF-8, else Latin-1.
std::string bytesText(std::string_view bytes) {
    bytes = bytes.substr(0, bytes.find('\0'));
    std::string latin;
    bool utf8 = true;
    for (std::size_t at = 0; utf8 && at < bytes.size();) {
        const std::size_t length = utf8Length(bytes.substr(at));
        utf8 = length > 0;
        at += length;
    }
    if (utf8) return std::string(bytes);
    for (const char c : bytes)
        appendUtf8(latin, static_cast<unsigned char>(c));
    return latin;
}

Result<TargetValues> readTexts(const ArrayFile& array, TargetValues values) {
    const NpyHeader& header = *array.header;
    std::set<std::string> different;
    values.texts.resize(static_cast<std::size_t>(header.count()));
    bool many = false;
    auto done = forEachItem(array, stridesOf(header.shape), [&](std::int64_t place, const char* bytes) {
        if (many) return;
        std::string text = header.kind == NpyKind::Text
                               ? textOf(bytes, header)
                               : bytesText({bytes, static_cast<std::size_t>(header.itemBytes)});
        different.insert(text);
        many = different.size() > mostClasses;
        values.texts[static_cast<std::size_t>(place)] = std::move(text);
    });
    if (!done) return refuse(done.error());
    if (many)
        return refuseFile(array.where, "npz.classes", "The target has too many different texts.",
                          "There are more than " + std::to_string(mostClasses) + ".",
                          "Name an array of classes or numbers: the option target=NAME.");
    return values;
}

} // namespace

Result<TargetValues> readTargets(const ArrayFile& array) {
    if (!array.header) return refuse(array.header.error());
    const NpyHeader& header = *array.header;
    if (header.rank() < 1 || header.rank() > 2 ||
        (header.isText() && header.rank() == 2 && header.shape[1] > 1))
        return refuseFile(array.where, "npz.target", "The target is not one row a sample.",
                          "It is " + header.text() + ".", "Give samples, or samples × numbers.");
    TargetValues values;
    values.width = header.rank() == 2 ? header.shape[1] : 1;
    values.whole = header.isWhole() || header.kind == NpyKind::Bool;
    if (header.isText()) return readTexts(array, std::move(values));
    values.numbers.resize(static_cast<std::size_t>(header.count()));
    std::int64_t bad = -1;
    auto done = withDecoder(header, [&](auto decode) {
        return forEachItem(array, stridesOf(header.shape), [&](std::int64_t place, const char* bytes) {
            const auto value = static_cast<double>(decode(bytes));
            const bool fine =
                std::isfinite(static_cast<float>(value)) && (!values.whole || std::abs(value) <= exactWhole);
            if (!fine && (bad < 0 || place < bad)) bad = place;
            values.numbers[static_cast<std::size_t>(place)] = value;
        });
    });
    if (!done) return refuse(done.error());
    if (bad >= 0) {
        const double value = values.numbers[static_cast<std::size_t>(bad)];
        return refuseFile(array.where, "npz.number", "A target is no number that can be learned.",
                          "That of sample " + std::to_string(bad / values.width + 1) + " is " +
                              (std::isnan(value) ? std::string("NaN") : shortestText(value)) + ".",
                          "Remove such samples from inputs and targets.");
    }
    return values;
}

namespace {

/// Each row has a single one among zeros.
bool isOneHot(const TargetValues& values) {
    for (std::size_t at = 0; at < values.numbers.size(); at += static_cast<std::size_t>(values.width)) {
        std::int64_t ones = 0;
        for (const double value :
             std::span(values.numbers).subspan(at, static_cast<std::size_t>(values.width))) {
            if (value != 0 && value != 1) return false;
            ones += value == 1 ? 1 : 0;
        }
        if (ones != 1) return false;
    }
    return true;
}

bool isZeroOrOne(const TargetValues& values) {
    return std::ranges::all_of(values.numbers, [](double value) { return value == 0 || value == 1; });
}

/// Different numbers, no more than `most` and one more.
std::set<double> differentIn(const std::vector<double>& numbers, std::size_t most) {
    std::set<double> different;
    for (const double number : numbers) {
        different.insert(number);
        if (different.size() > most) break;
    }
    return different;
}

bool areClasses(const TargetValues& values, const std::set<double>& different) {
    const bool whole = values.whole || std::ranges::all_of(different, [](double value) {
                           return value == std::floor(value);
                       });
    const std::size_t most = values.whole ? mostNumberClasses : mostFloatClasses;
    return whole && different.size() <= most && 2 * different.size() <= values.numbers.size();
}

std::vector<std::string> numberedNames(std::int64_t count) {
    std::vector<std::string> names;
    for (std::int64_t i = 0; i < count; ++i)
        names.push_back(std::to_string(i));
    return names;
}

} // namespace

void ArrayTargets::setClasses(std::vector<std::string> names) {
    classNames_ = std::move(names);
    task_ = classNames_.size() == 2 ? Task::Binary : Task::Multiclass;
    targets_ = classNames_.size() == 2 ? 1 : std::ssize(classNames_);
}

void ArrayTargets::setOffsets(const ArrayFile& array, const TargetValues& values) {
    const auto width = static_cast<std::size_t>(values.width);
    std::vector<double> least(width, std::numeric_limits<double>::infinity()), most(width, -least.front());
    for (std::size_t i = 0; i < values.numbers.size(); ++i) {
        least[i % width] = std::min(least[i % width], values.numbers[i]);
        most[i % width] = std::max(most[i % width], values.numbers[i]);
    }
    std::vector<std::string> shifted;
    for (std::size_t i = 0; i < width; ++i) {
        offsets_.push_back(numberOffset(least[i], most[i]));
        if (offsets_.back() != 0) shifted.push_back(shortestText(offsets_.back()));
    }
    if (shifted.empty()) {
        offsets_.clear();
        return;
    }
    note_ += (note_.empty() ? "" : " ") + std::string("The numbers of ") + array.name + " are learned less " +
             fewOf(shifted) + ", as they change little beside their size; answers are told with it.";
}

Result<ArrayTargets> ArrayTargets::make(const ArrayFile& array, const TargetValues& values, ArrayTask task) {
    ArrayTargets plan;
    plan.width_ = values.width;
    plan.targets_ = values.width;
    const std::string option = " (task).";
    if (!values.texts.empty()) {
        plan.kind_ = Kind::Texts;
        for (const std::string& text : values.texts)
            plan.textClasses_.emplace(text, 0);
        std::vector<std::string> names;
        for (auto& [text, number] : plan.textClasses_) {
            number = std::ssize(names);
            names.push_back(text);
        }
        plan.setClasses(std::move(names));
    } else if (values.width > 1 && task != ArrayTask::Regression && isOneHot(values)) {
        plan.kind_ = Kind::OneHot;
        plan.setClasses(numberedNames(values.width));
        plan.note_ = "Each row of " + array.name + " has a single one: they are " +
                     countText(values.width, "class", "classes") + ", one-hot" + option;
    } else if (values.width > 1 && task != ArrayTask::Regression && isZeroOrOne(values)) {
        plan.kind_ = Kind::Labels;
        plan.task_ = Task::Multilabel;
        plan.classNames_ = numberedNames(values.width);
        plan.note_ = "The columns of " + array.name + " are " + std::to_string(values.width) +
                     " labels, each 0 or 1" + option;
    } else if (values.width == 1 && task != ArrayTask::Regression) {
        const std::set<double> different = differentIn(values.numbers, mostClasses);
        const bool classes = task == ArrayTask::Classification || areClasses(values, different);
        if (classes && different.size() > mostClasses)
            return refuseFile(array.where, "npz.classes", "The target has too many different values.",
                              "There are more than " + std::to_string(mostClasses) + ".",
                              "Take them for numbers: the option task=regression.");
        if (classes) {
            plan.kind_ = Kind::Classes;
            std::vector<std::string> names;
            for (const double value : different) {
                plan.numberClasses_.emplace(value, std::ssize(names));
                names.push_back(shortestText(value));
            }
            plan.setClasses(std::move(names));
        }
        if (task == ArrayTask::Auto)
            plan.note_ = classes ? "The " + countText(std::ssize(different), "different number") + " of " +
                                       array.name + " are classes" + option
                                 : "The numbers of " + array.name + " are to be predicted as such" + option;
    }
    if (plan.kind_ != Kind::Numbers && plan.task_ != Task::Multilabel && plan.classNames_.size() < 2)
        return refuseFile(array.where, "classes", "All labels are the same.",
                          "There is nothing to tell apart.", "Give data with at least two classes.");
    if (plan.kind_ == Kind::Numbers) plan.setOffsets(array, values);
    return plan;
}

Result<std::vector<float>> ArrayTargets::targetsOf(const ArrayFile& array, const TargetValues& values) const {
    const auto count = static_cast<std::size_t>(values.count()), width = static_cast<std::size_t>(width_);
    const bool texts = kind_ == Kind::Texts;
    if (texts == values.texts.empty() || values.width != width_)
        return refuseFile(array.where, "npz.target", "The target is of another kind than that trained on.",
                          "It is " + array.header->text() + ".", "Give arrays that belong together.");
    const auto unknown = [&](std::size_t sample, const std::string& value) {
        return refuseFile(array.where, "npz.class", "A target is none of those that are trained on.",
                          "That of sample " + std::to_string(sample + 1) + " is " + value + ".",
                          "Give targets of the same kind and classes.");
    };
    std::vector<float> targets;
    if ((kind_ == Kind::OneHot && !isOneHot(values)) || (kind_ == Kind::Labels && !isZeroOrOne(values)))
        return refuseFile(array.where, "npz.target", "The target is of another kind than that trained on.",
                          "Its rows are not those of classes or labels.",
                          "Give arrays that belong together.");
    if (kind_ == Kind::Numbers || kind_ == Kind::Labels) {
        for (std::size_t i = 0; i < values.numbers.size(); ++i)
            targets.push_back(
                static_cast<float>(values.numbers[i] - (offsets_.empty() ? 0 : offsets_[i % width])));
        return targets;
    }
    for (std::size_t i = 0; i < count; ++i) {
        std::int64_t number = 0;
        if (texts) {
            const auto at = textClasses_.find(values.texts[i]);
            if (at == textClasses_.end()) return unknown(i, "\"" + values.texts[i] + "\"");
            number = at->second;
        } else if (kind_ == Kind::Classes) {
            const auto at = numberClasses_.find(values.numbers[i]);
            if (at == numberClasses_.end()) return unknown(i, shortestText(values.numbers[i]));
            number = at->second;
        } else {
            const auto row = std::span(values.numbers).subspan(i * width, width);
            number = std::ranges::find(row, 1.0) - row.begin();
        }
        targets.push_back(static_cast<float>(number));
    }
    return targets;
}

} // namespace burdock
