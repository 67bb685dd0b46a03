#include "session/moved_data.h"

#include "session/diagnostics.h"

#include <QFileInfo>
#include <QRegularExpression>

namespace burdock {
namespace {

QString placeKey(const QString& path) {
    return QStringLiteral("data.place ") + path;
}

QString contentsKey(const QString& reference) {
    return QStringLiteral("data.contents ") + reference;
}

bool isGone(const QString& path) {
    return QFileInfo(path).isAbsolute() && !QFileInfo::exists(path);
}

} // namespace

FileReference partsOf(const QString& reference) {
    const auto cut = [&](qsizetype at) { return FileReference{reference.left(at), reference.mid(at)}; };
    if (QFileInfo::exists(reference)) return {reference, {}};
    for (qsizetype at = reference.indexOf(u':'); at >= 0; at = reference.indexOf(u':', at + 1))
        if (QFileInfo::exists(reference.left(at))) return cut(at);
    static const QRegularExpression options(QStringLiteral(":[A-Za-z_][A-Za-z0-9_-]*="));
    const auto found = options.match(reference);
    return found.hasMatch() ? cut(found.capturedStart()) : FileReference{reference, {}};
}

Diagnostic asMissing(Diagnostic why, const QString& reference) {
    const QString path = partsOf(reference).path;
    if (why.code != "dataset.unknown" || !isGone(path)) return why;
    const QFileInfo was(path);
    return problem(dataMissing, "“" + was.fileName().toStdString() + "” is not where it was.",
                   path.toStdString(), "Find it where it is now, or choose other data.");
}

QString presentPlace(const storage::Notebook& notebook, const QString& reference) {
    const auto [path, options] = partsOf(reference);
    constexpr int mostMoves = 16; // of one file, each of which is known by the place before it
    QString at = path;
    for (int moves = 0; moves < mostMoves && isGone(at); ++moves) {
        const QString next = notebook.setting(placeKey(at));
        if (next.isEmpty()) break;
        at = next;
    }
    return isGone(at) ? reference : at + options;
}

storage::Outcome<void> keepPlace(storage::Notebook& notebook, const QString& path, const QString& place) {
    return notebook.setSetting(placeKey(path), place);
}

QString knownContents(const storage::Notebook& notebook, const QString& reference) {
    return notebook.setting(contentsKey(reference));
}

storage::Outcome<void> keepContents(storage::Notebook& notebook, const QString& reference,
                                    const QString& sha256) {
    if (sha256.isEmpty() || knownContents(notebook, reference) == sha256) return {};
    return notebook.setSetting(contentsKey(reference), sha256);
}

Result<QString> movedReference(const DatasetCatalog& catalog, const QString& reference, const QString& place,
                               const QString& sha256) {
    const auto [path, options] = partsOf(reference);
    const QString there = place + options;
    const auto data = catalog.open(there.toStdString());
    if (!data) return refuse(data.error());
    const std::string now = (*data)->info().sha256;
    if (sha256.isEmpty() || now.empty() || now == sha256.toStdString()) return there;
    return refuse(problem("data.different",
                          "These are other data than “" + QFileInfo(path).fileName().toStdString() + "”.",
                          place.toStdString(),
                          "Find the file that was moved; to go on with another one, open it as data of its "
                          "own.",
                          "Their contents differ."));
}

} // namespace burdock
