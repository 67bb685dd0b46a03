#pragma once

#include "engine/data/dataset_catalog.h"
#include "storage/notebook/notebook.h"

#include <QString>

namespace burdock {

/// The code of a refusal: a file or folder of data is not where it was.
inline constexpr const char* dataMissing = "data.missing";

/// A reference to data by its path, and its options with the colon before them; the file may be gone.
struct FileReference {
    QString path, options;
};
FileReference partsOf(const QString& reference);

/// A refusal to open a reference, as `dataMissing` where it names a file by its whole path that is not there.
Diagnostic asMissing(Diagnostic why, const QString& reference);

/// Where the notebook knows those data to be that a reference names: the reference itself, or the same with
/// the path to which keepPlace() says that they have been moved.
QString presentPlace(const storage::Notebook& notebook, const QString& reference);
storage::Outcome<void> keepPlace(storage::Notebook& notebook, const QString& path, const QString& place);

/// DatasetInfo::sha256 of the data that a reference named when they were read last; empty where nobody knows.
/// It goes by the whole reference: read with other options, the same file may have another one.
QString knownContents(const storage::Notebook& notebook, const QString& reference);
storage::Outcome<void> keepContents(storage::Notebook& notebook, const QString& reference,
                                    const QString& sha256);

/// The reference to the same data at another place, with the options that it had, once they are found to be
/// the same: `sha256` is that of their contents; where it is empty, not known, whatever opens is taken.
/// Refuses other data.
Result<QString> movedReference(const DatasetCatalog& catalog, const QString& reference, const QString& place,
                               const QString& sha256);

} // namespace burdock
