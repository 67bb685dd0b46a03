// What the workspace does with files: of models, and of data that are not where they were.
#include "app/workspace.h"

#include "engine/data/reading.h"
#include "engine/models/exchange.h"
#include "engine/schema/plain_file.h"
#include "session/diagnostics.h"
#include "session/moved_data.h"
#include "session/whole_file.h"
#include "storage/user_folders.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>

namespace burdock {
namespace {

/// Puts a network into a file of its own; says where it is, or that it is lost.
QString keepBeside(const QString& notebook, const storage::ModelRow& row) {
    QString name = row.name;
    name.replace(
        QRegularExpression(QStringLiteral("[^\\w ]"), QRegularExpression::UseUnicodePropertiesOption),
        QStringLiteral("_"));
    const QString now = QDateTime::currentDateTime().toString(QStringLiteral("yyyy-MM-dd HH.mm.ss"));
    const QString file = QStringLiteral("/%1, unsaved %2").arg(name.left(60).trimmed(), now);
    const QString state = storage::stateFolder();
    if (!state.isEmpty()) QDir().mkpath(state);
    QString why;
    for (const QString& folder : {QFileInfo(notebook).absolutePath(), state}) {
        if (folder.isEmpty()) continue;
        QString path = folder + file + QStringLiteral(".json");
        for (int another = 2; QFileInfo::exists(path); ++another) // two networks may have one name
            path = QStringLiteral("%1%2 (%3).json").arg(folder, file).arg(another);
        const auto failure = writeWhole(path, row.graphJson);
        if (!failure)
            return Workspace::tr("The notebook %1 does not take the network “%2” any more. It is kept in %3, "
                                 "without its training settings: open that file to go on with it.")
                .arg(notebook, row.name, path);
        why = *failure;
    }
    return Workspace::tr("The network “%1” could neither be kept in the notebook %2 nor in a file: %3")
        .arg(row.name, notebook, why);
}

} // namespace

void Workspace::keepDataContents() {
    if (loader_.data()) settle(Matter::Data);
    const auto& reference = loader_.reference();
    if (!loader_.data() || !reference || reference->entry || notebook_->isReadOnly()) return;
    reader_.post(
        this,
        [notebook = notebook_, of = settings_.dataset(),
         sha256 = QString::fromStdString(loader_.data()->info().sha256)] {
            return keepContents(*notebook, of, sha256);
        },
        [](const storage::Outcome<void>&) {}); // what is not kept is found without being compared
}

void Workspace::findData(const QString& place) {
    const QString reference = settings_.dataset(), path = partsOf(reference).path;
    emit told(tr("Reading %1…").arg(place));
    reader_.post(
        this,
        [this, notebook = notebook_, reference, path, place]() -> Result<QString> {
            const ReadingScope scope([this] { return ending_.load(); });
            return guarded(brokenOff("Data"), [&]() -> Result<QString> {
                const QString known = knownContents(*notebook, reference);
                auto moved = movedReference(catalog_, reference, place, known);
                // What could not be compared is taken here alone: other runs may know these data better.
                if (moved && !known.isEmpty()) (void)keepPlace(*notebook, path, place);
                return moved;
            });
        },
        [this, reference](const Result<QString>& moved) {
            emit told({});
            if (settings_.dataset() != reference) return; // others have been chosen since
            if (!moved) return say(Matter::Data, QString::fromStdString(oneLine(moved.error())));
            settings_.setDataset(*moved);
        });
}

Result<Graph> Workspace::readModelFile(const QString& path) {
    const auto text = readPlainFile(path.toStdString(), largestModelFile);
    if (!text) return refuse(text.error());
    auto contents = readModel(path.toStdString(), *text);
    if (!contents) {
        Diagnostic d = contents.error();
        d.where = path.toStdString() + (d.where.empty() ? "" : ": " + d.where);
        return refuse(std::move(d));
    }
    Graph& graph = contents->graph;
    if (graph.name.empty()) graph.name = QFileInfo(path).completeBaseName().toStdString();
    layOutNew(graph);
    return std::move(graph);
}

Status Workspace::openModelFile(const QString& path) {
    auto graph = readModelFile(path);
    if (!graph) return refuse(graph.error());
    newModel(std::move(*graph));
    return {};
}

void Workspace::openModelFileLater(const QString& path, std::function<void()> opened) {
    reader_.post(
        this, [path] { return readModelFile(path); },
        [this, opened = std::move(opened)](Result<Graph> graph) {
            if (!graph) return say(Matter::Open, QString::fromStdString(oneLine(graph.error())));
            newModel(std::move(*graph));
            opened();
        });
}

Status Workspace::saveModelFile(const QString& path) const {
    const auto bytes = writeModel(path.toStdString(), {document_.graph()});
    if (!bytes) return refuse(bytes.error());
    const auto failure = writeWhole(path, QByteArray::fromStdString(*bytes));
    if (!failure) return {};
    return refuse(problem("file", "The model cannot be written.", path.toStdString(),
                          "Choose a folder that you may write to.", failure->toStdString()));
}

QString Workspace::saveNow() {
    saveIfTouched();
    if (keeper_) keeper_->keepNow();
    QStringList told;
    for (const storage::ModelRow& row : saver_.unsaved()) {
        QString& of = keptBeside_[row.graphJson]; // once, however often this is asked
        if (of.isEmpty()) of = keepBeside(notebook_->path(), row);
        told << of;
    }
    if (const QString waiting = keeper_ ? keeper_->unkept() : QString(); !waiting.isEmpty()) told << waiting;
    return told.join(u'\n');
}

} // namespace burdock
