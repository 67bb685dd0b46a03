#pragma once

#include "storage/database/table.h"

#include <QHash>

namespace burdock::storage {

/// Whose file it is, and which state of it. Every program that writes to a notebook has a row in it under a
/// random number of its own; each transaction that changes something counts on from the last one, and says in
/// the writer's row how far that has come. A state of the file is known by its last change: a later state of
/// the same file has it as well, and no other file has, not even a copy that has gone on elsewhere, for there
/// others have written. And as every transaction writes that page, it stands in every log.
class FileHistory {
  public:
    /// As the database tells it; empty where that cannot be read, or is of a format that had none.
    static FileHistory of(const Database& database);
    /// A number that no other writer has.
    static qint64 newWriter();

    bool isEmpty() const { return writers_.isEmpty(); }
    /// Whether it has the last change of `earlier`. It is no state of that file then, or an older one, if
    /// not.
    bool follows(const FileHistory& earlier) const;
    /// Whether its table was deleted after `earlier`, and begun anew by a program that knew no more of it
    /// than the file had without its log: a first change that `earlier` has not, beside all that was moved.
    bool wasBegunAnew(const FileHistory& earlier) const;
    /// Of a file with its log: whether the log was written for the file as it is without.
    bool goesOnFrom(const FileHistory& alone) const {
        return follows(alone) && alone.hasAllThatWasMoved(*this);
    }
    /// Of a file without its log: whether it has all that was in it already.
    bool hasAllThatWasMoved(const FileHistory& known) const { return last_.changes >= known.moved_; }
    /// All changes up to now were moved from the log into the file.
    void setMoved() { moved_ = last_.changes; }
    void add(const FileHistory& other);

    /// Writes what it knows more than the table does, so that its state follows this one.
    Outcome<void> keepIn(Database& database) const;
    /// Counts a change of `writer`'s; in the transaction that makes it.
    Outcome<void> count(Database& database, qint64 writer);

  private:
    struct Change {
        qint64 writer = 0, changes = 0;
    };
    void add(Change change, qint64 moved);

    QHash<qint64, qint64> writers_; ///< up to which change each has written
    Change last_;
    qint64 moved_ = 0; ///< so many changes are in the file itself
};

/// Makes the table, and its first row.
Outcome<void> beginHistory(Database& database);

} // namespace burdock::storage
