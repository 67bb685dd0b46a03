#pragma once

#include "reference/entry_facts.h"

namespace burdock {

/// One page of the reference documentation.
struct ReferencePage {
    std::string file; ///< "layers.html"
    std::string title;
    std::string html; ///< a whole document; entries have their ids as anchors
};

/// A page for each registry, made of what its entries say of themselves, and one of the training settings;
/// index.html before them.
std::vector<ReferencePage> referencePages(const DatasetCatalog& catalog);

/// "data formats": "data-formats"
std::string slugOf(std::string_view plural);
inline std::string fileNameOf(std::string_view plural) {
    return slugOf(plural) + ".html";
}
/// "layers.html#conv2d"
template <class T>
std::string referenceAddress(const T& entry) {
    return fileNameOf(T::plural) + "#" + entry.id;
}

/// "settings.html#batch"; an empty key: the page of all training settings. Of the settings that an entry has
/// of its own, each stands at the entry's address with a dot and the key behind it.
std::string settingAddress(const std::string& key);

} // namespace burdock
