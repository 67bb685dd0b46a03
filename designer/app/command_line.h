#pragma once

#include <QString>
#include <QStringList>

namespace burdock {

/// What the program was called with.
struct CommandLine {
    QString notebook; ///< empty: the last one
    QString model;    ///< a network's file to put on the canvas; may be empty
    QString theme;    ///< "light", "dark", "system" or empty
    bool help = false;
    bool version = false;
    QString error; ///< wrong usage, in one line
};

CommandLine readCommandLine(const QStringList& arguments);
QString helpText();

/// Whether a window can be opened here: Qt itself would abort where it cannot.
bool hasDisplay();

} // namespace burdock
