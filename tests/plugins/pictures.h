#pragma once

#include "data_files.h"

#include <QDir>
#include <QFileInfo>
#include <QImage>

#include <algorithm>

/// A folder of pictures.
class Pictures {
  public:
    /// Saves a picture of one colour under the folder.
    void add(const QString& name, QSize size, QColor colour,
             QImage::Format format = QImage::Format_RGB32) const {
        const QString path = QString::fromStdString(files.path(name));
        QDir().mkpath(QFileInfo(path).path());
        QImage image(size, format);
        image.fill(colour);
        if (!image.save(path)) qFatal("cannot write %s", qPrintable(path));
    }
    std::string path() const { return files.path(); }
    DataFolder files;
};

inline burdock::Diagnostic refusal(const std::string& reference) {
    const auto data = shippedCatalog().open(reference);
    return data ? burdock::Diagnostic{} : data.error();
}

/// Whether one of a data set's notes has these words.
inline bool isNoted(const burdock::Dataset& data, const std::string& words) {
    return std::ranges::any_of(
        data.info().notes, [&](const std::string& note) { return note.find(words) != std::string::npos; });
}
