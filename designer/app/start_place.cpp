#include "app/start_place.h"

#include "app/recent_notebooks.h"
#include "app/text.h"
#include "app/workspace.h"
#include "engine/models/exchange.h"
#include "start/recent_list.h"
#include "start/start_page.h"

#include <QDir>
#include <QFileInfo>
#include <QVBoxLayout>

#include <algorithm>

namespace burdock {
namespace {

bool isModelFile(const QString& path) {
    const QString file = QFileInfo(path).fileName();
    return std::ranges::any_of(importers(), [&](const ModelImporter& importer) {
        return std::ranges::any_of(
            importer.patterns, [&](const std::string& pattern) { return QDir::match(text(pattern), file); });
    });
}

} // namespace

StartPlace::StartPlace(Workspace& workspace, QWidget* parent)
    : QWidget(parent)
    , workspace_(workspace)
    , page_(new StartPage(workspace.sharedNotebook(), workspace.catalog(), this)) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(page_);
    setFocusProxy(page_);
    page_->times().setBusy(workspace_.queue().isBusy());
    connect(page_, &StartPage::openWanted, this, [this](const std::string& id) {
        workspace_.newFromTemplate(id);
        emit designWanted();
    });
    connect(page_, &StartPage::trainWanted, this, [this](const std::string& id, const std::string& data) {
        workspace_.trainTemplate(id, data, [this] { emit designWanted(); });
    });
    connect(page_, &StartPage::fileWanted, this, &StartPlace::fileWanted);
    connect(page_, &StartPage::folderWanted, this, &StartPlace::folderWanted);
    connect(page_, &StartPage::dropped, this, &StartPlace::take);
    connect(&page_->recent(), &RecentList::notebookWanted, this, &StartPlace::notebookWanted);
    connect(&workspace_.queue(), &RunQueue::changed, this, [this] {
        page_->recent().setIdle(!workspace_.queue().isBusy());
        page_->times().setBusy(workspace_.queue().isBusy());
    });
}

void StartPlace::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    page_->recent().setIdle(!workspace_.queue().isBusy());
    page_->recent().setPaths(recentNotebooks(), workspace_.notebook().path());
}

/// A file is what it is: a notebook, a network, or else data.
void StartPlace::take(const QString& path) {
    if (QFileInfo(path).suffix() == QStringLiteral("burdock")) return emit notebookWanted(path);
    if (isModelFile(path)) return workspace_.openModelFileLater(path, [this] { emit designWanted(); });
    workspace_.settings().setDataset(path);
    emit dataWanted();
}

} // namespace burdock
