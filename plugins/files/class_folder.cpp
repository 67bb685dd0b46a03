#include "files/class_folder.h"

#include "engine/data/reading.h"
#include "files/class_names.h"
#include "files/count_text.h"
#include "files/file_reader.h"
#include "files/lowered.h"
#include "files/problem.h"
#include "files/sample_part.h"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <utility>

namespace burdock {
namespace fs = std::filesystem;
namespace {

std::string nameOf(const fs::path& path) {
    return path.filename().string();
}

bool isHidden(const fs::path& path) {
    return nameOf(path).starts_with('.');
}

/// Such as __MACOSX, and _background_noise_ of the speech commands.
bool isSetAside(const fs::path& path) {
    return nameOf(path).starts_with('_');
}

/// What was met on the way that is not read.
struct LeftOut {
    std::int64_t files = 0, hidden = 0;
    std::map<std::string, std::int64_t> endings; ///< of `files`
    std::set<std::string> folders;
    void add(const fs::path& file) {
        ++files;
        ++endings[lowered(file.extension().string())];
    }
};

struct Contents {
    std::vector<fs::path> folders, samples; ///< sorted
};

/// What lies directly in a folder.
Contents contentsOf(const fs::path& folder, const FileKind& kind, LeftOut& leftOut) {
    Contents contents;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        continueReading();
        std::error_code unreadable;
        const bool inner = it->is_directory(unreadable);
        if (isHidden(it->path()))
            leftOut.hidden += !inner && kind.isSample(it->path()) ? 1 : 0;
        else if (inner && isSetAside(it->path()))
            leftOut.folders.insert(nameOf(it->path()));
        else if (inner)
            contents.folders.push_back(it->path());
        else if (!it->is_regular_file(unreadable))
            continue;
        else if (kind.isSample(it->path()))
            contents.samples.push_back(it->path());
        else
            leftOut.add(it->path());
    }
    std::ranges::sort(contents.folders);
    std::ranges::sort(contents.samples);
    return contents;
}

/// All samples at any depth; links to folders are not followed, for they may lead in a circle.
void collect(const fs::path& folder, const FileKind& kind, std::vector<fs::path>& samples, LeftOut& leftOut) {
    const Contents contents = contentsOf(folder, kind, leftOut);
    samples.insert(samples.end(), contents.samples.begin(), contents.samples.end());
    for (const fs::path& inner : contents.folders)
        if (std::error_code error; !fs::is_symlink(inner, error)) collect(inner, kind, samples, leftOut);
}

void noteLeftOut(const LeftOut& leftOut, const FileKind& kind, std::vector<std::string>& notes) {
    if (leftOut.files > 0) {
        std::string endings;
        for (const auto& [ending, count] : leftOut.endings)
            if (!ending.empty() && endings.size() < 40) endings += (endings.empty() ? "" : ", ") + ending;
        notes.push_back(countText(leftOut.files, "other file") +
                        (endings.empty() ? "" : " (" + endings + ")") +
                        (leftOut.files == 1 ? " is" : " are") + " left out: read are " + kind.formats + ".");
    }
    if (leftOut.hidden > 0)
        notes.push_back(countText(leftOut.hidden, "hidden file") + (leftOut.hidden == 1 ? " is" : " are") +
                        " left out.");
    for (const std::string& folder : leftOut.folders)
        notes.push_back("The folder " + folder + "/ is left out, as its name begins with \"_\".");
}

struct ClassSamples {
    std::string name;
    std::vector<fs::path> samples;
};

/// One part of the data: samples in folders of their class, and those that lie in none.
struct PartSamples {
    std::vector<ClassSamples> classes;
    std::vector<fs::path> loose;
};

constexpr SamplePart allParts[] = {SamplePart::Train, SamplePart::Validation, SamplePart::Test};

class Finder {
  public:
    Finder(const FileKind& kind, std::int64_t namePart)
        : kind_(kind)
        , namePart_(namePart) {}

    Result<ClassFolder> find(const fs::path& folder) {
        findParts(innermost(folder));
        const PartSamples& train = parts_[SamplePart::Train];
        if (train.classes.empty() && train.loose.empty())
            return refuseFile(folder, kind_.code + ".none", "The folder holds no " + kind_.many + ".",
                              "Looked for " + kind_.formats + ", one folder a class.",
                              "Give a folder with one folder of " + kind_.many + " for each class.");
        if (auto done = train.classes.size() < 2 ? byName(folder) : byFolder(); !done)
            return refuse(done.error());
        noteLeftOut(leftOut_, kind_, found_.notes);
        return std::move(found_);
    }

  private:
    PartSamples read(const fs::path& folder) {
        PartSamples part;
        Contents contents = contentsOf(folder, kind_, leftOut_);
        part.loose = std::move(contents.samples);
        for (const fs::path& inner : contents.folders) {
            ClassSamples one{nameOf(inner), {}};
            collect(inner, kind_, one.samples, leftOut_);
            if (!one.samples.empty()) part.classes.push_back(std::move(one));
        }
        return part;
    }

    /// An unpacked archive is often a folder with another one in it that holds everything.
    fs::path innermost(fs::path folder) {
        for (int depth = 0; depth < 8; ++depth) {
            LeftOut ignored;
            const Contents contents = contentsOf(folder, kind_, ignored);
            std::vector<fs::path> holding;
            for (const fs::path& inner : contents.folders)
                if (holdsSamples(inner, kind_)) holding.push_back(inner);
            if (!contents.samples.empty() || holding.size() != 1) break;
            if (partNamed(nameOf(holding.front()))) break;
            folder = holding.front();
        }
        return folder;
    }

    /// "train" may be a class, beside "bus" and "car".
    bool areParts(const std::vector<fs::path>& folders) const {
        const auto isTrain = [](const fs::path& folder) {
            return partNamed(nameOf(folder)) == SamplePart::Train;
        };
        const auto hasFolders = [&](const fs::path& folder) {
            LeftOut ignored;
            return isTrain(folder) &&
                   std::ranges::any_of(contentsOf(folder, kind_, ignored).folders,
                                       [&](const fs::path& inner) { return holdsSamples(inner, kind_); });
        };
        if (std::ranges::any_of(folders, hasFolders)) return true;
        return std::ranges::any_of(folders, isTrain) && std::ranges::all_of(folders, [](const fs::path& own) {
                   return partNamed(nameOf(own)).has_value();
               });
    }

    void findParts(const fs::path& folder) {
        LeftOut beside;
        Contents contents = contentsOf(folder, kind_, beside);
        std::erase_if(contents.folders, [&](const fs::path& inner) { return !holdsSamples(inner, kind_); });
        if (!areParts(contents.folders)) {
            parts_[SamplePart::Train] = read(folder);
            moveListed(folder);
            return;
        }
        leftOut_ = std::move(beside);
        std::string validation;
        for (const fs::path& inner : contents.folders) {
            const auto part = partNamed(nameOf(inner));
            if (!part) {
                found_.notes.push_back("The folder " + nameOf(inner) +
                                       "/ is left out, as it is no part beside those that are.");
                continue;
            }
            if (part == SamplePart::Validation) validation = nameOf(inner) + "/";
            add(read(inner), parts_[*part]);
        }
        if (const auto loose = std::ssize(contents.samples); loose > 0)
            found_.notes.push_back(countText(loose, kind_.one, kind_.many) + " beside the parts' folders " +
                                   (loose == 1 ? "is" : "are") + " left out.");
        if (validation.empty()) return;
        if (PartSamples& test = parts_[SamplePart::Test]; test.classes.empty() && test.loose.empty()) {
            test = std::exchange(parts_[SamplePart::Validation], {});
            found_.notes.push_back("There is no folder test/: " + validation + " is the test part.");
        } else {
            found_.notes.push_back("What lies in " + validation +
                                   " is the validation part of each run, whatever its validation share.");
        }
    }

    /// Several folders may be of one part.
    static void add(PartSamples more, PartSamples& to) {
        for (ClassSamples& one : more.classes) {
            const auto at = std::ranges::find(to.classes, one.name, &ClassSamples::name);
            if (at == to.classes.end())
                to.classes.push_back(std::move(one));
            else
                at->samples.insert(at->samples.end(), one.samples.begin(), one.samples.end());
        }
        to.loose.insert(to.loose.end(), more.loose.begin(), more.loose.end());
    }

    /// testing_list.txt names the test part of the speech commands, a path within the folder a line.
    void moveListed(const fs::path& folder) {
        const fs::path list = folder / "testing_list.txt";
        constexpr std::uint64_t longest = 64 << 20;
        std::error_code error;
        if (!fs::is_regular_file(list, error)) return;
        const auto text = readWhole(list, longest);
        if (!text) return;
        std::set<std::string> listed;
        std::istringstream lines(*text);
        for (std::string line; std::getline(lines, line);) {
            if (line.ends_with('\r')) line.pop_back();
            listed.insert(line);
        }
        std::int64_t moved = 0;
        auto& classes = parts_[SamplePart::Train].classes;
        for (ClassSamples& one : classes) {
            const auto isListed = [&](const fs::path& file) {
                return listed.contains(file.lexically_relative(folder).generic_string());
            };
            const auto rest = std::ranges::stable_partition(one.samples, std::not_fn(isListed));
            if (rest.empty()) continue;
            moved += std::ssize(rest);
            parts_[SamplePart::Test].classes.push_back({one.name, {rest.begin(), rest.end()}});
            one.samples.erase(rest.begin(), rest.end());
        }
        std::erase_if(classes, [](const ClassSamples& one) { return one.samples.empty(); });
        if (moved > 0)
            found_.notes.push_back(
                "testing_list.txt names the test part: " + countText(moved, kind_.one, kind_.many) + ".");
    }

    Status byFolder() {
        std::int64_t loose = 0;
        for (const SamplePart part : allParts) {
            auto& classes = parts_[part].classes;
            std::ranges::sort(classes, {}, &ClassSamples::name);
            if (part == SamplePart::Train)
                for (const ClassSamples& one : classes)
                    found_.classNames.push_back(one.name);
            for (const ClassSamples& one : classes) {
                const auto number = numberOf(one.name);
                if (!number) return refuseUntrained(one.samples.front().parent_path(), one.name, part);
                for (const fs::path& file : one.samples)
                    filesOf(part).push_back({file, *number});
            }
            loose += std::ssize(parts_[part].loose);
        }
        if (loose > 0)
            found_.notes.push_back(countText(loose, kind_.one + " that lies", kind_.many + " that lie") +
                                   " in no folder of a class " + (loose == 1 ? "is" : "are") + " left out.");
        return {};
    }

    Status byName(const fs::path& folder) {
        const std::vector<fs::path> files = all(parts_[SamplePart::Train]);
        const auto rule = findNameRule(files, namePart_);
        if (!rule)
            return refuseFile(
                folder, "classes", "The folder holds one class only.",
                "Its " + kind_.many + " lie in one folder, and " +
                    (namePart_ > 0 ? "part " + std::to_string(namePart_) : std::string("no part")) +
                    " of their names repeats as that of a class would.",
                "Give a folder with one folder of " + kind_.many + " for each class.");
        std::map<std::string, std::vector<fs::path>> classes;
        for (const fs::path& file : files)
            classes[rule->classOf(file)].push_back(file);
        for (const auto& [name, members] : classes) {
            for (const fs::path& file : members)
                found_.train.push_back({file, static_cast<std::int64_t>(found_.classNames.size())});
            found_.classNames.push_back(name);
        }
        for (const SamplePart part : {SamplePart::Validation, SamplePart::Test})
            for (const fs::path& file : all(parts_[part])) {
                const std::string name = rule->classOf(file);
                const auto number = numberOf(name);
                if (!number) return refuseUntrained(file, name, part);
                filesOf(part).push_back({file, *number});
            }
        found_.notes.push_back("The names of the files tell their classes, as \"" +
                               rule->classOf(files.front()) + "\" of " + nameOf(files.front()) + ": " +
                               countText(std::ssize(found_.classNames), "class", "classes") + ".");
        return {};
    }

    static std::vector<fs::path> all(const PartSamples& part) {
        std::vector<fs::path> files = part.loose;
        for (const ClassSamples& one : part.classes)
            files.insert(files.end(), one.samples.begin(), one.samples.end());
        return files;
    }

    std::vector<ClassFile>& filesOf(SamplePart part) {
        return part == SamplePart::Train  ? found_.train
               : part == SamplePart::Test ? found_.test
                                          : found_.validation;
    }

    std::optional<std::int64_t> numberOf(const std::string& name) const {
        const auto at = std::ranges::lower_bound(found_.classNames, name);
        if (at == found_.classNames.end() || *at != name) return std::nullopt;
        return at - found_.classNames.begin();
    }

    tl::unexpected<Diagnostic> refuseUntrained(const fs::path& where, const std::string& name,
                                               SamplePart part) const {
        const std::string which = part == SamplePart::Test ? "test" : "validation";
        return refuseFile(where, kind_.code + ".class",
                          "A class of the " + which + " " + kind_.many +
                              " is missing among those to train on.",
                          "It is \"" + name + "\".",
                          "Add " + kind_.many + " of it to train on, or remove those of the " + which + ".");
    }

    const FileKind& kind_;
    std::int64_t namePart_;
    std::map<SamplePart, PartSamples> parts_;
    LeftOut leftOut_;
    ClassFolder found_;
};

bool holdsSamplesWithin(const fs::path& folder, const FileKind& kind, int depth) {
    LeftOut ignored;
    const Contents contents = contentsOf(folder, kind, ignored);
    if (!contents.samples.empty()) return true;
    return depth > 0 && std::ranges::any_of(contents.folders, [&](const fs::path& inner) {
               return holdsSamplesWithin(inner, kind, depth - 1);
           });
}

} // namespace

bool holdsSamples(const fs::path& folder, const FileKind& kind) {
    std::error_code error;
    constexpr int deep = 5;
    return fs::is_directory(folder, error) && holdsSamplesWithin(folder, kind, deep);
}

Result<ClassFolder> findClassFiles(const fs::path& folder, const FileKind& kind, std::int64_t namePart) {
    return Finder(kind, namePart).find(folder);
}

Result<std::vector<fs::path>> findSamples(const fs::path& folder, const FileKind& kind,
                                          std::vector<std::string>& notes) {
    std::vector<fs::path> samples;
    LeftOut leftOut;
    collect(folder, kind, samples, leftOut);
    if (samples.empty())
        return refuseFile(folder, kind.code + ".none", "The folder holds no " + kind.many + ".",
                          "Looked for " + kind.formats + ".", "Give a folder of " + kind.many + ".");
    std::ranges::sort(samples);
    noteLeftOut(leftOut, kind, notes);
    return samples;
}

} // namespace burdock
