#pragma once

#include "storage/notebook/notebook.h"

namespace burdock::testing {

/// The notebook at that path, new if there is none; a test without one ends here.
inline std::shared_ptr<storage::Notebook> openNotebook(const QString& path) {
    const auto opened = storage::Notebook::open(path);
    if (!opened) qFatal("%s", qPrintable(opened.error().oneLine()));
    return *opened;
}

} // namespace burdock::testing
