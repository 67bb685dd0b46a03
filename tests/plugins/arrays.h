#pragma once

#include "data_files.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>
#include <zip.h>

/// A .npy file with this dictionary for a header; `version` 1 to 3.
inline QByteArray npyOf(const QByteArray& dictionary, const QByteArray& values, char version = 1) {
    const auto length = static_cast<quint32>(dictionary.size() + 1);
    QByteArray bytes("\x93NUMPY", 6);
    bytes.append(version)
        .append('\0')
        .append(static_cast<char>(length))
        .append(static_cast<char>(length >> 8));
    if (version > 1) bytes.append(static_cast<char>(length >> 16)).append(static_cast<char>(length >> 24));
    return bytes + dictionary + "\n" + values;
}

inline QByteArray npy(const char* type, const char* shape, const QByteArray& values, bool fortran = false) {
    return npyOf(QByteArray("{'descr': '") + type + "', 'fortran_order': " + (fortran ? "True" : "False") +
                     ", 'shape': " + shape + ", }",
                 values);
}

/// Numbers as they lie in memory, or each with its bytes turned round.
template <class T>
QByteArray packed(const std::vector<T>& numbers, bool bigEndian = false) {
    QByteArray bytes;
    for (const T number : numbers) {
        QByteArray own(reinterpret_cast<const char*>(&number), sizeof(T));
        if (bigEndian) std::reverse(own.begin(), own.end());
        bytes += own;
    }
    return bytes;
}

/// UTF-32, filled up with zeros to `length` characters.
inline QByteArray utf32(const std::vector<QString>& texts, int length) {
    std::vector<quint32> codes;
    for (const QString& text : texts) {
        auto own = text.toUcs4();
        own.resize(length);
        codes.insert(codes.end(), own.begin(), own.end());
    }
    return packed(codes);
}

using Entries = std::vector<std::pair<QByteArray, QByteArray>>;

/// Writes an archive of these files, each under its name as it stands.
inline std::string writeZip(const DataFolder& folder, const QString& name, const Entries& entries,
                            bool deflated = true) {
    const std::string path = folder.path(name);
    zip_t* const zip = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
    if (!zip) qFatal("cannot write %s", path.c_str());
    for (const auto& [entry, contents] : entries) {
        zip_source_t* const source =
            zip_source_buffer(zip, contents.constData(), static_cast<zip_uint64_t>(contents.size()), 0);
        const zip_int64_t index = zip_file_add(zip, entry.constData(), source, ZIP_FL_ENC_UTF_8);
        if (index < 0) qFatal("%s", zip_strerror(zip));
        zip_set_file_compression(zip, static_cast<zip_uint64_t>(index),
                                 deflated ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 0);
    }
    if (zip_close(zip) != 0) qFatal("%s", zip_strerror(zip));
    return path;
}

/// Four samples of two features, and of two classes.
inline QByteArray features() {
    return npy("<f4", "(4, 2)", packed<float>({0.f, .5f, 1.f, .25f, 0.f, .125f, .75f, 1.f}));
}
inline QByteArray labels() {
    return npy("<i8", "(4,)", packed<std::int64_t>({0, 1, 1, 0}));
}
