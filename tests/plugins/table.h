#pragma once

#include "data_files.h"
#include "support/several.h"

#include <QtTest>

using Values = std::vector<float>;
using Names = std::vector<std::string>;

/// Keeps the data open: they are read from a folder that goes away.
inline std::shared_ptr<const burdock::Dataset> opened(const QByteArray& contents,
                                                      const QString& name = "table.csv") {
    DataFolder folder;
    const auto data = shippedCatalog().open(folder.write(name, contents));
    if (!data) qWarning("%s", burdock::oneLine(data.error()).c_str());
    return data.value_or(nullptr);
}

inline std::string said(const burdock::Dataset& data) {
    std::string all = data.info().doc;
    for (const std::string& note : data.info().notes)
        all += "\n" + note;
    return all;
}

inline bool says(const burdock::Dataset& data, const char* text) {
    return said(data).find(text) != std::string::npos;
}

/// A first line, and so many behind it.
inline QByteArray table(const QByteArray& head, int rows, const std::function<QByteArray(int)>& line) {
    QByteArray text = head;
    for (int i = 0; i < rows; ++i)
        text += line(i) + "\n";
    return text;
}

inline QByteArray turn(int i) {
    return i % 2 ? "wet" : "dry";
}
