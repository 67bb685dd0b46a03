#pragma once

#include "data_files.h"

#include <QtTest>

/// Empty where one of the notes has this in it, else a text that shows them.
inline std::string noteMissing(const burdock::DatasetInfo& info, const std::string& part) {
    std::string all;
    for (const std::string& note : info.notes) {
        if (note.find(part) != std::string::npos) return {};
        all += note + "\n";
    }
    return "\"" + part + "\" is not in:\n" + all;
}

/// The code of the refusal that opening gives, or "opened".
inline QString codeOf(const std::string& reference) {
    return QString::fromStdString(refusalOf(reference)).section(' ', 0, 0);
}

#define VERIFY_NOTE(info, part) QVERIFY2(noteMissing(info, part).empty(), noteMissing(info, part).c_str())

/// Opens a data set into the variable `data`.
#define OPEN(data, reference)                                                                                \
    const auto data = shippedCatalog().open(reference);                                                      \
    QVERIFY2(data, data ? "" : oneLine(data.error()).c_str())
