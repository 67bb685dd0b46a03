// What the workspace does where a network and data do not fit.
#include "app/workspace.h"
#include "engine/models/templates.h"

#include <nlohmann/json.hpp>

namespace burdock {

/// By the words alone: while they are being read nobody knows more of them, and a file may be gone.
bool Workspace::hasOwnData() const {
    const std::string reference = settings_.dataset().toStdString();
    return !reference.empty() && !catalog_.find(reference.substr(0, reference.find(':')));
}

void Workspace::newFromTemplate(const std::string& id) {
    const ModelTemplate* wanted = findTemplate(id);
    if (!wanted) wanted = &modelTemplates().front();
    if (hasOwnData()) return newFromTemplateForData(wanted->id);
    const bool isTried = !wanted->dataset.empty() && !isHere(wanted->dataset) && isHere(wanted->trial);
    newModel(wanted->build(), QString::fromStdString(isTried ? wanted->trial : wanted->dataset),
             wanted->settings);
}

void Workspace::newFromTemplateForData(const std::string& id) {
    const ModelTemplate* wanted = findTemplate(id);
    if (!wanted) wanted = &modelTemplates().front();
    newModel(wanted->build(), {}, wanted->settings);
    template_ = document_.graph();
    adaptation_.outdate();
}

void Workspace::adaptTemplate() {
    // Whoever has begun to change the network goes on with it as it is.
    if (template_ && *template_ != document_.graph()) template_.reset();
    if (!template_) return adaptation_.giveUp();
    if (!loader_.data()) {
        adaptation_.giveUp();
        emit told(loader_.isLoading()
                      ? tr("Your data stay: the network is adapted to them once they are read.")
                      : tr("Your data stay, though they could not be read: the network is adapted to them "
                           "once they can be."));
        return;
    }
    adaptation_.workOut([graph = *template_, data = loader_.data(),
                         config = settings_.config()] { return adaptedTo(graph, data->info(), config); },
                        [this](const Result<Adaptation>& made) { tellAdapted(made); });
}

void Workspace::tellAdapted(const Result<Adaptation>& made) {
    const bool asOpened = template_ && *template_ == document_.graph();
    if (asOpened && !loader_.data()) return; // chosen anew: it is adapted to them once they are read
    template_.reset();
    if (!asOpened) return;
    const QString title = QString::fromStdString(loader_.data()->info().title);
    if (!made) return emit told(tr("Your data have stayed, which the network does not fit: %1.").arg(title));
    adapt(*made);
    emit told(tr("Your data have stayed: the network is adapted to %1.").arg(title));
}

void Workspace::adapt(const Adaptation& made) {
    const bool settingsChange = toJson(made.config) != toJson(settings_.config());
    document_.sealMerge();
    document_.edit(tr("Adapt to the data"), [&](Graph& graph) { graph = made.graph; });
    if (settingsChange) settings_.setConfig(made.config);
    QStringList changes;
    for (const std::string& change : made.changes)
        changes << QString::fromStdString(change);
    if (settingsChange) changes << tr("settings of the training");
    emit told(tr("Adapted to the data: %1.").arg(changes.join(QStringLiteral("; "))));
}

} // namespace burdock
