#include "app/train_place.h"

#include "app/queue_panel.h"
#include "app/training_form.h"
#include "app/workspace.h"
#include "dashboard/live_dashboard.h"
#include "document/graph_edits.h"
#include "inspector/problem_cards.h"
#include "surface/live_surface.h"

#include <QHBoxLayout>
#include <QScrollArea>
#include <QSplitter>
#include <QVBoxLayout>

namespace burdock {

TrainPlace::TrainPlace(Workspace& workspace, QWidget* parent)
    : QWidget(parent)
    , form_(new TrainingForm(workspace, this))
    , queue_(new QueuePanel(workspace, this))
    , dashboard_(new LiveDashboard(workspace.queue(), this)) {
    setObjectName(QStringLiteral("trainPlace"));
    dashboard_->setBeside(new LiveSurface(workspace.queue(), workspace.catalog()));
    connect(dashboard_, &LiveDashboard::resumeWanted, &workspace,
            [&workspace](storage::RunId run) { workspace.resume(run); });
    const auto nameNetwork = [this, &workspace] {
        dashboard_->setNetwork(QString::fromStdString(workspace.document().graph().name));
    };
    connect(&workspace.document(), &GraphDocument::graphChanged, this, nameNetwork);
    nameNetwork();
    auto* area = new QScrollArea(this);
    area->setObjectName(QStringLiteral("trainingScroll"));
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setMinimumWidth(345); // the form with its scroll bar
    area->setProperty("panel", true);
    area->setAttribute(Qt::WA_StyledBackground);
    area->viewport()->setAutoFillBackground(false);
    form_->setAutoFillBackground(false);
    area->setWidget(form_);

    auto* columns = new QSplitter(Qt::Horizontal, this);
    columns->setHandleWidth(1);
    auto* asked = new QWidget(this);
    asked->setProperty("panel", true);
    asked->setAttribute(Qt::WA_StyledBackground);
    auto* cards = new ProblemCards(*area, asked);
    auto* form = new QVBoxLayout(asked);
    form->setContentsMargins(0, 0, 0, 0);
    form->setSpacing(0);
    form->addWidget(area, 1);
    form->addWidget(cards);
    connect(form_, &TrainingForm::problemsFound, cards, &ProblemCards::setProblems);
    connect(cards, &ProblemCards::fixRequested, &workspace,
            [&workspace](const Fix& fix) { applyFix(workspace.document(), fix); });
    form_->showProblems();
    columns->addWidget(asked);
    auto* runs = new QWidget(this);
    auto* rows = new QVBoxLayout(runs);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(0);
    rows->addWidget(queue_);
    rows->addWidget(dashboard_, 1);
    columns->addWidget(runs);
    columns->setStretchFactor(1, 1);
    columns->setCollapsible(0, false);
    columns->setCollapsible(1, false);
    columns->setSizes({360, 900});
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(columns);
}

} // namespace burdock
