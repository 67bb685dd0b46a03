#pragma once

#include <QString>

namespace burdock {

/// "AMD EPYC 9354, 2 cores, 7.7 GB, Debian GNU/Linux 12 (bookworm)": what a run's speed depends on.
QString machineDescription();

/// The machine's memory; 0 where it is not known.
double memoryBytes();

/// Whether more has been going on in the last minute than its processors could do at once: what is timed then
/// takes longer than it would. False where that is not known.
bool machineIsBusy();

/// The program's version, as runs record it.
QString programVersion();

/// Where the notebook is unless the user says otherwise: BURDOCK_NOTEBOOK if that is set, else
/// `burdock/notebook.burdock` in the user's data folder, which is made if it is missing. Empty
/// where there is no home folder.
QString defaultNotebookPath();

} // namespace burdock
