#include "app/design_place.h"

#include "app/kernel_watch.h"
#include "app/problems_list.h"
#include "app/truth_panel.h"
#include "app/workspace.h"
#include "canvas/canvas_scene.h"
#include "canvas/canvas_view.h"
#include "dashboard/live_strip.h"
#include "engine/plan/truth_table.h"
#include "inspector/inspector.h"
#include "palette/layer_palette.h"
#include "session/stored_checkpoint.h"
#include "theme/theme.h"

#include <QDataStream>
#include <QHBoxLayout>
#include <QLabel>
#include <QSplitter>

namespace burdock {

DesignPlace::DesignPlace(Workspace& workspace, QWidget* parent)
    : QWidget(parent)
    , workspace_(workspace)
    , palette_(new LayerPalette(this))
    , canvas_(new CanvasView(workspace.document(), this))
    , inspector_(new Inspector(workspace.document(), this))
    , kernels_(std::make_unique<KernelWatch>(workspace, *inspector_))
    , truth_(new TruthPanel(workspace.document(), this))
    , problems_(new ProblemsList(workspace, this))
    , total_(new QLabel(this))
    , totalNote_(new QLabel(this))
    , columns_(new QSplitter(Qt::Horizontal, this))
    , rows_(new QSplitter(Qt::Vertical, this)) {
    setObjectName(QStringLiteral("designPlace"));
    columns_->addWidget(palette_);
    auto* middle = new QWidget(this);
    auto* middleLayout = new QVBoxLayout(middle);
    middleLayout->setContentsMargins(0, 0, 0, 0);
    middleLayout->setSpacing(0);
    middleLayout->addWidget(canvas_, 1);
    middleLayout->addWidget(truth_);
    columns_->addWidget(middle);
    columns_->addWidget(inspector_);
    columns_->setStretchFactor(1, 1);
    columns_->setSizes({205, 800, 290});
    columns_->setCollapsible(1, false);

    auto* strip = new QWidget(this);
    strip->setProperty("panel", true);
    strip->setAttribute(Qt::WA_StyledBackground);
    auto* totals = new QWidget(strip);
    auto* totalsLayout = new QVBoxLayout(totals);
    totalsLayout->setContentsMargins(8, 8, 16, 8);
    totalsLayout->setSpacing(2);
    auto* caption = new QLabel(tr("Parameters"), totals);
    caption->setProperty("role", "soft");
    total_->setFont(Theme::instance().font(QStringLiteral("display")));
    total_->setObjectName(QStringLiteral("totalParameters"));
    totalNote_->setProperty("role", "soft");
    totalsLayout->addWidget(caption);
    totalsLayout->addWidget(total_);
    totalsLayout->addWidget(totalNote_);
    totalsLayout->addStretch();
    auto* stripLayout = new QHBoxLayout(strip);
    stripLayout->setContentsMargins(0, 0, 0, 0);
    stripLayout->setSpacing(8);
    auto* live = new LiveStrip(workspace.queue(), strip);
    stripLayout->addWidget(problems_, 4);
    stripLayout->addWidget(live, 6);
    stripLayout->addWidget(totals);

    rows_->addWidget(columns_);
    rows_->addWidget(strip);
    rows_->setStretchFactor(0, 1);
    rows_->setCollapsible(0, false);
    rows_->setSizes({700, 140});
    for (QSplitter* splitter : {columns_, rows_})
        splitter->setHandleWidth(1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(rows_);

    connect(palette_, &LayerPalette::layerActivated, this, [this](const QString& id) {
        canvas_->addLayerAtCenter(id);
        canvas_->setFocus();
    });
    connect(canvas_, &CanvasView::nodeActivated, this, [this](NodeId node) {
        workspace_.document().select({node});
        inspector_->editFirst();
    });
    connect(canvas_, &CanvasView::statusMessage, this, &DesignPlace::statusMessage);
    connect(canvas_, &CanvasView::networkNameWanted, this, &DesignPlace::renameNetwork);
    connect(canvas_, &CanvasView::helpWanted, this, [this](NodeId node) {
        workspace_.document().select({node});
        inspector_->showHelp();
    });
    connect(inspector_, &Inspector::textsRefused, this,
            [this, form = workspace_.addForm()](const std::vector<Diagnostic>& texts) {
                workspace_.setRefusedTexts(form, texts);
            });
    connect(inspector_, &Inspector::referenceWanted, this, &DesignPlace::referenceWanted);
    connect(inspector_, &Inspector::dataWanted, this, &DesignPlace::dataWanted);
    connect(canvas_, &CanvasView::dataWanted, this, &DesignPlace::dataWanted);
    connect(canvas_, &CanvasView::inputToggled, truth_, &TruthPanel::toggleInput);
    connect(truth_, &TruthPanel::shown, &canvas_->canvas(), &CanvasScene::showValues);
    connect(truth_, &TruthPanel::focusGivenUp, canvas_, qOverload<>(&QWidget::setFocus));
    connect(&workspace_, &Workspace::startWeightsChanged, this, [this] {
        readsWeights_ = false;
        truth_->setWeights(nullptr);
        readWeights();
    });
    connect(&workspace_.document(), &GraphDocument::graphChanged, this, &DesignPlace::readWeights);
    connect(problems_, &ProblemsList::nodeWanted, this, [this](const NodePath& node) {
        workspace_.document().selectPaths({node}); // the canvas shows the block that it lies in
        canvas_->reveal(node.top());
        canvas_->setFocus();
    });
    const auto lookAtMended = [this] {
        for (const NodeId node : workspace_.document().selection())
            canvas_->reveal(node);
        canvas_->setFocus();
    };
    connect(problems_, &ProblemsList::mended, this, lookAtMended);
    connect(inspector_, &Inspector::mended, this, lookAtMended);
    connect(problems_, &ProblemsList::focusGivenUp, canvas_, qOverload<>(&QWidget::setFocus));
    connect(problems_, &ProblemsList::fieldWanted, this, &DesignPlace::fieldWanted);
    connect(&workspace_.document(), &GraphDocument::graphChanged, this, &DesignPlace::showTotals);
    connect(&workspace_, &Workspace::modelChanged, canvas_, &CanvasView::fitAll);
    const auto nameNetwork = [this, live] {
        live->setNetwork(QString::fromStdString(workspace_.document().graph().name));
    };
    connect(&workspace_.document(), &GraphDocument::graphChanged, live, nameNetwork);
    nameNetwork();
    showTotals();
}

void DesignPlace::showTotals() {
    const GraphReport& report = workspace_.document().report();
    if (!report.network && !workspace_.document().graph().nodes().empty()) {
        total_->setText(QStringLiteral("–"));
        total_->setToolTip(tr("Not known while the network has errors"));
        totalNote_->setText(tr("not known while the\nnetwork has errors"));
        return;
    }
    total_->setText(humanCount(report.parameters));
    total_->setToolTip(
        report.trainable == report.parameters
            ? (report.parameters == 1 ? tr("%1 trainable parameter") : tr("%1 trainable parameters"))
                  .arg(exactCount(report.parameters))
            : tr("%1 parameters, %2 of them trainable")
                  .arg(exactCount(report.parameters), exactCount(report.trainable)));
    totalNote_->setText(
        (report.macs == 1 ? tr("%1 multiply-add\n%2 of weights") : tr("%1 multiply-adds\n%2 of weights"))
            .arg(humanCount(report.macs), humanBytes(report.parameters * 4)));
}

/// Weights that fit the network make its truth table known, where it has few inputs. Those of other networks
/// are not read: they may be large.
void DesignPlace::readWeights() {
    const auto run = workspace_.startWeights();
    const auto& network = workspace_.document().report().network;
    if (readsWeights_ || !run || !network || !checkTruthTable(*network, true)) return;
    readsWeights_ = true;
    reader_.post(
        this,
        [notebook = workspace_.sharedNotebook(), run = *run,
         which = workspace_.startCheckpoint()]() -> Result<std::shared_ptr<const WeightSet>> {
            const auto stored = StoredWeights::open(*notebook, run, which);
            if (!stored) return refuse(stored.error());
            auto weights = (*stored)->readAll();
            if (!weights) return refuse(weights.error());
            return std::make_shared<const WeightSet>(std::move(*weights));
        },
        [this, run, which = workspace_.startCheckpoint()](Result<std::shared_ptr<const WeightSet>> weights) {
            if (weights && workspace_.startWeights() == run && workspace_.startCheckpoint() == which)
                truth_->setWeights(std::move(*weights));
        });
}

void DesignPlace::renameNetwork() {
    workspace_.document().select({});                          // the inspector shows the network then
    if (const QList<int> now = columns_->sizes(); now[2] == 0) // it was folded away
        columns_->setSizes({now[0], now[1] - 290, 290});
    inspector_->editName();
}

DesignPlace::~DesignPlace() = default;

QByteArray DesignPlace::saveState() const {
    QByteArray state;
    QDataStream out(&state, QIODevice::WriteOnly);
    out << columns_->saveState() << rows_->saveState();
    return state;
}

void DesignPlace::restoreState(const QByteArray& state) {
    QByteArray columns, rows;
    QDataStream in(state);
    in >> columns >> rows;
    if (in.status() != QDataStream::Ok) return;
    columns_->restoreState(columns);
    rows_->restoreState(rows);
}

} // namespace burdock
