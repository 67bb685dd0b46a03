// What the first steps ask of the workspace.
#include "app/workspace.h"

#include "engine/data/reading.h"
#include "engine/graph/graph_json.h"
#include "engine/graph/layout.h"
#include "engine/models/adaptation.h"
#include "engine/models/proposal.h"
#include "engine/models/templates.h"

#include <algorithm>

namespace burdock {

bool Workspace::hasOwnDraft() const {
    const auto models = notebook_->models();
    if (!models) return false;
    std::multimap<QString, Graph> templates;
    if (!models->isEmpty())
        for (const ModelTemplate& model : modelTemplates()) {
            Graph graph = unplaced(model.build());
            QString name = QString::fromStdString(graph.name);
            templates.emplace(std::move(name), std::move(graph));
        }
    return std::ranges::any_of(*models, [&](const storage::ModelRow& row) {
        const auto [from, to] = templates.equal_range(row.name);
        if (from == to) return true;
        const auto graph = graphFromText(row.graphJson.toStdString());
        return graph && std::none_of(from, to, [plain = unplaced(*graph)](const auto& known) {
                   return known.second == plain;
               });
    });
}

bool Workspace::isHere(const std::string& dataset) const {
    const DatasetEntry* entry = catalog_.find(dataset.substr(0, dataset.find(':')));
    return entry && entry->available;
}

void Workspace::trainTemplate(const std::string& id, const std::string& data, std::function<void()> opened) {
    const ModelTemplate* wanted = findTemplate(id);
    if (!wanted) return;
    if (data == wanted->dataset) {
        newModel(wanted->build(), QString::fromStdString(data), wanted->settings);
        opened();
        return train();
    }
    const DatasetEntry* entry = catalog_.find(data.substr(0, data.find(':')));
    emit told(tr("Reading %1…").arg(QString::fromStdString(entry ? entry->title : data)));
    reader_.post(
        this,
        [this, wanted, data]() -> Result<Adaptation> {
            const ReadingScope scope([this] { return ending_.load(); });
            const auto dataset = catalog_.open(data);
            if (!dataset) return refuse(dataset.error());
            return adaptedTo(wanted->build(), (*dataset)->info(), wanted->settings);
        },
        [this, data, opened = std::move(opened)](Result<Adaptation> made) {
            emit told({});
            if (!made) return say(Matter::Open, QString::fromStdString(oneLine(made.error())));
            newModel(std::move(made->graph), QString::fromStdString(data), made->config);
            opened();
            train();
            QStringList changes;
            for (const std::string& change : made->changes)
                changes << QString::fromStdString(change);
            if (!changes.isEmpty())
                emit told(tr("Adapted to the data: %1.").arg(changes.join(QStringLiteral("; "))));
        });
}

void Workspace::proposeNetwork(std::function<void()> opened) {
    const std::shared_ptr<const Dataset> data = loader_.data();
    if (!data) return emit told(tr("There are no data to propose a network for."));
    emit told(tr("Reading %1…").arg(QString::fromStdString(data->info().title)));
    reader_.post(
        this,
        [this, data] {
            const ReadingScope scope([this] { return ending_.load(); });
            return proposeFor(*data);
        },
        [this, data, opened = std::move(opened)](Result<Proposal> made) {
            emit told({});
            if (!made) return say(Matter::Open, QString::fromStdString(oneLine(made.error())));
            if (data != loader_.data()) return; // others have been chosen meanwhile
            newModel(std::move(made->graph), {}, made->config);
            opened();
            QStringList lines;
            for (const Proposal::Line& line : made->lines)
                lines << QString::fromStdString(line.what + ": " + line.value +
                                                (line.why.empty() ? "" : " – " + line.why));
            emit proposed(lines);
            emit told(tr("Proposed for %1; why stands beside the data.")
                          .arg(QString::fromStdString(data->info().title)));
        });
}

} // namespace burdock
