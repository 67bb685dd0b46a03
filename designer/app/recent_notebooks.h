#pragma once

#include <QStringList>

namespace burdock {

/// The notebooks opened lately, last one first, without those that are gone.
QStringList recentNotebooks();
void rememberNotebook(const QString& path);

/// The sample notebook that comes with the program; empty if it does not.
QString sampleNotebookPath();
/// The notebook to open when none is named: the last one, or the user's own, which on the first start is a
/// copy of the sample.
QString startNotebookPath();

} // namespace burdock
