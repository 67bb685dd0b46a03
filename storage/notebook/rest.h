#pragma once

#include "storage/database/database.h"
#include "storage/notebook/run_backlog.h"

namespace burdock::storage {

// The rest of a run: a notebook of its own with all that is known of one run whose notebook could not be
// written when the program had to end. The notebook takes it in when it is opened next.

enum class NotebookState {
    There, ///< it keeps the weights that it has
    Gone,  ///< it can be read, but is not in its place: the weights that it has are kept too
    Spoilt ///< what it says of the run is not to be believed, or not all that it was given: what this program
           ///< has told is kept
};

/// What the notebook has of the run, and what waits in the backlog, in a file beside the notebook or, where
/// that cannot be, in the user's state folder. Gives the file's name.
Outcome<QString> writeRest(const Database& notebook, const RunBacklog::Known& run, NotebookState state);

/// The setting of a rest that names its notebook.
inline const QString restSetting = QStringLiteral("rest of");
/// Takes away what programs that are gone have begun to make of a notebook or a rest, and not completed.
void removeUnfinished(const QString& notebook);
/// The rests that belong to a notebook.
QStringList restsOf(const QString& notebook);

struct TakenIn {
    QString run;     ///< its number and name
    QString damaged; ///< what of it is not as it was written; empty: all is
};
/// Takes the rest of a run into the notebook: into the run if it is there and has not gone on since, else as
/// a new one. Needs a transaction; remove the file once it is on the disk, unless something in it is damaged.
Outcome<TakenIn> takeIn(Database& notebook, const QString& rest);

} // namespace burdock::storage
