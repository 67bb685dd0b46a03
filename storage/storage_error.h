#pragma once

#include <QString>

#include <tl/expected.hpp>

namespace burdock::storage {

/// Why the notebook refused: what is wrong, where (file, row), and how to mend it.
struct StorageError {
    enum class Kind { NotFound, Foreign, Newer, Damaged, ReadOnly, Busy, Full, Disk, Moved, Internal };
    Kind kind = Kind::Internal;
    QString what;
    QString where;
    QString mend;

    QString oneLine() const;
    /// The disk is full or fails: what is there may be read all the same.
    bool isOfTheDisk() const { return kind == Kind::Full || kind == Kind::Disk; }
    /// Whether it may go by itself, so that it is worth trying again.
    bool mayPass() const { return kind == Kind::Busy || isOfTheDisk(); }
};

template <class T>
using Outcome = tl::expected<T, StorageError>;

inline tl::unexpected<StorageError> refuse(StorageError error) {
    return tl::unexpected<StorageError>(std::move(error));
}
tl::unexpected<StorageError> refuse(StorageError::Kind kind, const QString& what, const QString& where = {},
                                    const QString& mend = {});

} // namespace burdock::storage
