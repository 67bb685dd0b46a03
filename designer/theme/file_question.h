#pragma once

#include <QFileDialog>

namespace burdock {

/// A question for a file or a folder that does not wait, and deletes itself when it is closed. This and the
/// questions below begin in the folder where the last one was answered: every one of the program is asked so.
/// `filters`: as QFileDialog's.
QFileDialog* fileQuestion(QWidget* parent, const QString& title, const QString& filters = {});

/// Asks and waits. `proposed`: a name, a path, or none; `folder`: in which the question begins, or none for
/// the last one. Empty where nothing was chosen.
QString askToOpen(QWidget* parent, const QString& title, const QString& filters, const QString& folder = {});
QString askForFolder(QWidget* parent, const QString& title, const QString& folder = {});
QString askToSave(QWidget* parent, const QString& title, const QString& proposed, const QString& filters,
                  QFileDialog::Options options = {});

} // namespace burdock
