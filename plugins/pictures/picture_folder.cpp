#include "picture_folder.h"

#include "files/count_text.h"
#include "files/lowered.h"
#include "files/problem.h"
#include "label_table.h"
#include "picture_format.h"
#include "picture_parts.h"
#include "picture_tree.h"

#include <algorithm>
#include <map>
#include <set>

namespace burdock {
namespace fs = std::filesystem;
namespace {

using ByClass = std::map<std::string, std::vector<fs::path>>;

/// All that is found on the way to a PictureFolder.
struct Search {
    const FolderOptions& options;
    ScannedTree scanned;
    const PictureTree* top = nullptr; ///< behind folders that hold one folder alone
    std::vector<PartFolder> parts;
    PictureFolder found;
    std::set<fs::path> used{}; ///< files that are no pictures
    std::set<fs::path> told{}; ///< pictures that are left out, and of which a note tells

    std::vector<PictureFile>& filesOf(SamplePart part) {
        return part == SamplePart::Train  ? found.train
               : part == SamplePart::Test ? found.test
                                          : found.validation;
    }
    std::string shortName(const fs::path& path) const {
        return path.lexically_relative(scanned.root.path).string();
    }
};

const PictureTree* behindWrappers(const PictureTree& root) {
    const PictureTree* top = &root;
    for (;;) {
        std::vector<const PictureTree*> inner;
        for (const PictureTree& folder : top->folders)
            if (folder.hasPictures()) inner.push_back(&folder);
        if (!top->pictures.empty() || inner.size() != 1 || !inner.front()->pictures.empty()) return top;
        top = inner.front();
    }
}

/// The pictures of images/ with their masks of masks/; none where there are not both folders.
Result<std::vector<PictureFile>> maskedIn(const PictureTree& folder) {
    std::vector<PictureFile> found;
    const PictureTree* const images = imagesIn(folder);
    const PictureTree* const masks = masksIn(folder);
    if (!images || !masks || !images->hasPictures() || !masks->hasPictures()) return found;
    // The files may be links: their own names count, not those of what they lead to.
    std::map<std::string, fs::path> byName;
    for (const fs::path& mask : masks->allPictures())
        byName[mask.lexically_relative(masks->path).replace_extension().string()] = mask;
    for (const fs::path& picture : images->allPictures()) {
        const std::string name = picture.lexically_relative(images->path).replace_extension().string();
        auto mask = byName.find(name);
        for (const char* ending : {"_mask", "-mask", "_label", "_L", "_segmentation"})
            if (mask == byName.end()) mask = byName.find(name + ending);
        if (mask == byName.end())
            return refuseFile(picture, "pictures.mask", "The picture has no mask.",
                              "There is no file of its name in " + masks->path.string() + ".",
                              "Add the mask, or remove the picture.");
        found.push_back({picture, 0, mask->second});
    }
    return found;
}

ByClass classesIn(const PictureTree& folder) {
    ByClass classes;
    for (const PictureTree& inner : folder.folders)
        if (inner.hasPictures()) classes[inner.name] = inner.allPictures();
    return classes;
}

/// Every part has masks, or the first that is trained on has none.
Result<bool> findMasked(Search& search) {
    const PictureTree* bare = nullptr;
    for (const PartFolder& part : search.parts) {
        auto masked = maskedIn(*part.folder);
        if (!masked) return refuse(masked.error());
        auto& files = search.filesOf(part.part);
        files.insert(files.end(), masked->begin(), masked->end());
        if (masked->empty() && part.part != SamplePart::Train) bare = part.folder;
    }
    if (bare && !search.found.train.empty())
        return refuseFile(bare->path, "pictures.mask", "The test pictures have no masks.",
                          "The folder lacks images/ or masks/, and the pictures trained on have both.",
                          "Put the pictures into images/ and their masks into masks/, or remove the folder.");
    search.found.masked = !search.found.train.empty();
    if (!search.found.masked) search.found.validation = search.found.test = {};
    return search.found.masked;
}

std::vector<ByClass> classesOfParts(const Search& search) {
    std::vector<ByClass> classes(3);
    for (const PartFolder& part : search.parts) {
        ByClass& own = classes[static_cast<std::size_t>(part.part)];
        const ByClass inner =
            part.kind.empty() ? classesIn(*part.folder) : ByClass{{part.kind, part.folder->allPictures()}};
        for (const auto& [name, files] : inner)
            own[name].insert(own[name].end(), files.begin(), files.end());
    }
    return classes;
}

tl::unexpected<Diagnostic> refuseClasses(const Search& search, const ByClass& train) {
    const fs::path& folder = search.scanned.root.path;
    std::vector<std::string> flat;
    for (const fs::path& picture : search.scanned.root.allPictures())
        flat.push_back(search.shortName(picture));
    const std::string mend =
        "Give a folder with one folder of pictures for each class, with images/ and masks/, or with a table "
        "(CSV) of file names and labels.";
    if (train.empty())
        return refuseFile(folder, "pictures.none", "The folder holds no pictures in folders of their class.",
                          (flat.empty()
                               ? "Looked for " + pictureFormatNames()
                               : countText(flat.size(), "picture") + " without a class: " + fewOf(flat)) +
                              ".",
                          mend);
    return refuseFile(folder, "classes", "The folder holds one class only.",
                      "It is \"" + train.begin()->first + "\".", mend);
}

Status findClasses(Search& search, const std::vector<ByClass>& parts) {
    PictureFolder& found = search.found;
    std::map<std::string, std::int64_t> numbers;
    for (const auto& [name, files] : parts.front()) {
        numbers.emplace(lowered(name), static_cast<std::int64_t>(found.classNames.size()));
        found.classNames.push_back(name);
    }
    const bool anyCase = numbers.size() == found.classNames.size();
    for (const SamplePart part : {SamplePart::Train, SamplePart::Validation, SamplePart::Test}) {
        const ByClass& classes = parts[static_cast<std::size_t>(part)];
        std::vector<std::string> missing = found.classNames;
        for (const auto& [name, files] : classes) {
            auto at = std::ranges::find(found.classNames, name);
            if (at == found.classNames.end() && anyCase && numbers.contains(lowered(name)))
                at = found.classNames.begin() + numbers[lowered(name)];
            if (at == found.classNames.end())
                return refuseFile(files.front().parent_path(), "pictures.class",
                                  "A class of the test pictures is missing among the training pictures.", "",
                                  "Add pictures of \"" + name + "\" to train on, or remove the folder.");
            std::erase(missing, *at);
            for (const fs::path& file : files)
                search.filesOf(part).push_back({file, at - found.classNames.begin(), {}});
        }
        if (!classes.empty() && !missing.empty())
            found.notes.push_back("The " + std::string(part == SamplePart::Test ? "test" : "validation") +
                                  " pictures lack " +
                                  countText(missing.size(), missing.size() == 1 ? "class" : "classe") + ": " +
                                  fewOf(missing) + ".");
    }
    const std::size_t classes = found.classNames.size();
    found.task = classes == 2 ? Task::Binary : Task::Multiclass;
    found.targets = classes == 2 ? 1 : static_cast<std::int64_t>(classes);
    return {};
}

std::vector<fs::path> tablesIn(const PictureTree& folder) {
    std::vector<fs::path> tables;
    for (const fs::path& file : folder.others)
        if (isTableName(file)) tables.push_back(file);
    for (const PictureTree& inner : folder.folders) {
        const auto deeper = tablesIn(inner);
        tables.insert(tables.end(), deeper.begin(), deeper.end());
    }
    return tables;
}

/// By a table. None where there is no table with their names, and none is asked for.
Result<bool> findLabelled(Search& search) {
    const FolderOptions& options = search.options;
    const std::vector<fs::path> tables =
        options.labels.empty() ? tablesIn(search.scanned.root)
                               : std::vector<fs::path>{search.scanned.root.path / options.labels};
    if (tables.empty()) return false;
    std::vector<LabelledPicture> pictures;
    for (const PartFolder& part : search.parts)
        for (const fs::path& file : part.folder->allPictures())
            pictures.push_back({file, part.part});
    const auto labels = readLabels(tables, search.scanned.root.path, std::move(pictures), options);
    if (!labels) return refuse(labels.error());
    if (!*labels) return false;
    const PictureLabels& own = **labels;
    search.found.task = own.task;
    search.found.targets = own.targets;
    search.found.classNames = own.names;
    search.found.notes.insert(search.found.notes.end(), own.notes.begin(), own.notes.end());
    search.used.insert(own.tables.begin(), own.tables.end());
    search.told.insert(own.unlabelled.begin(), own.unlabelled.end());
    for (const LabelledPicture& picture : own.pictures)
        search.filesOf(picture.part).push_back({picture.path, picture.kind, {}, picture.targets});
    if (search.found.train.empty())
        return refuseFile(search.scanned.root.path, "pictures.labels",
                          "No picture to be trained on has a label.",
                          own.notes.empty() ? "" : own.notes.front(),
                          "Check the names of files in the table, or name it: labels=FILE.");
    return true;
}

/// Puts the validation pictures to their use, and says so.
void useValidation(Search& search) {
    PictureFolder& found = search.found;
    if (found.validation.empty()) return;
    ValidationUse use = search.options.validation;
    if (use == ValidationUse::Auto)
        use = found.test.empty() ? ValidationUse::Test : ValidationUse::Validation;
    const std::string pictures = countText(found.validation.size(), "picture") + " of the validation folder ";
    const auto moveTo = [&](std::vector<PictureFile>& files) {
        files.insert(files.end(), found.validation.begin(), found.validation.end());
        found.validation.clear();
    };
    if (use == ValidationUse::Validation) {
        found.notes.push_back(pictures +
                              "are the validation part of each run, whatever its validation share.");
    } else if (use == ValidationUse::Test) {
        found.notes.push_back(pictures + "are the test part" +
                              (found.test.empty() ? ", for there is no test folder" : "") +
                              " (option validation).");
        moveTo(found.test);
    } else if (use == ValidationUse::Train) {
        found.notes.push_back(pictures + "are trained on.");
        moveTo(found.train);
    } else {
        found.notes.push_back(pictures + "were left out.");
        for (const PictureFile& file : found.validation)
            search.told.insert(file.path);
        found.validation.clear();
    }
}

void collectOthers(const PictureTree& folder, std::vector<fs::path>& others) {
    others.insert(others.end(), folder.others.begin(), folder.others.end());
    for (const PictureTree& inner : folder.folders)
        collectOthers(inner, others);
}

/// Names or counts the files that no use was found for.
void tellLeftOut(Search& search) {
    PictureFolder& found = search.found;
    std::set<fs::path> used;
    for (const auto* files : {&found.train, &found.validation, &found.test})
        for (const PictureFile& file : *files) {
            used.insert(file.path);
            if (!file.mask.empty()) used.insert(file.mask);
        }
    std::vector<std::string> pictures;
    for (const fs::path& file : search.scanned.root.allPictures())
        if (!used.contains(file) && !search.told.contains(file)) pictures.push_back(search.shortName(file));
    if (!pictures.empty())
        found.notes.push_back(countText(pictures.size(), "picture") +
                              (pictures.size() == 1 ? " was" : " were") +
                              " left out, being in no class or part: " + fewOf(pictures) + ".");
    collectOthers(search.scanned.root, found.others);
    std::map<std::string, std::vector<std::string>> byEnding;
    for (const fs::path& file : found.others)
        if (!search.used.contains(file))
            byEnding[lowered(file.extension().string())].push_back(search.shortName(file));
    for (const auto& [ending, names] : byEnding)
        found.notes.push_back(countText(names.size(), (ending.empty() ? "" : ending + " ") + "file") +
                              (names.size() == 1 ? " is no picture and was" : " are no pictures and were") +
                              " not read: " + fewOf(names) + ".");
    found.notes.insert(found.notes.end(), search.scanned.faults.begin(), search.scanned.faults.end());
}

Status findAny(Search& search) {
    if (!search.options.labels.empty()) {
        const auto labelled = findLabelled(search);
        return labelled ? Status() : refuse(labelled.error());
    }
    const auto masked = findMasked(search);
    if (!masked) return refuse(masked.error());
    if (*masked) return {};
    const auto classes = classesOfParts(search);
    if (classes.front().size() < 2) {
        const auto labelled = findLabelled(search);
        if (!labelled) return refuse(labelled.error());
        return *labelled ? Status() : refuseClasses(search, classes.front());
    }
    if (auto done = findClasses(search, classes); !done) return done;
    for (const fs::path& table : tablesIn(search.scanned.root))
        search.found.notes.push_back(
            "The folders are the classes; " + search.shortName(table) +
            " is read for labels instead by the option labels=" + search.shortName(table) + ".");
    return {};
}

} // namespace

bool looksLikePictureFolder(const fs::path& folder) {
    std::error_code error;
    return fs::is_directory(folder, error) && holdsPictures(folder);
}

std::vector<fs::path> filesBesidePictures(const fs::path& folder) {
    std::error_code error;
    return fs::is_directory(folder, error) ? scanPictures(folder).linked : std::vector<fs::path>();
}

Result<PictureFolder> findPictures(const fs::path& folder, const FolderOptions& options) {
    Search search{options, scanPictures(folder), nullptr, {}, {}};
    search.top = behindWrappers(search.scanned.root);
    search.parts = partsOf(*search.top);
    if (auto done = findAny(search); !done) return refuse(done.error());
    useValidation(search);
    tellLeftOut(search);
    return std::move(search.found);
}

} // namespace burdock
