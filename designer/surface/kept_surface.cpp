#include "surface/kept_surface.h"

#include "engine/graph/check_graph.h"
#include "theme/theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QStackedLayout>

namespace burdock {

KeptSurface::KeptSurface(std::shared_ptr<storage::Notebook> notebook, const DatasetCatalog& catalog,
                         QWidget* parent)
    : QWidget(parent)
    , maker_(std::move(notebook), catalog)
    , stack_(new QStackedLayout(this))
    , box_(new SurfaceBox)
    , weights_(new QComboBox)
    , message_(new QLabel) {
    auto* label = new QLabel(tr("&Weights"));
    label->setBuddy(weights_);
    weights_->setAccessibleName(tr("Weights that are shown"));
    weights_->addItem(tr("best epoch"), static_cast<int>(storage::CheckpointKind::Best));
    weights_->addItem(tr("last epoch"), static_cast<int>(storage::CheckpointKind::Last));
    box_->bar().addWidget(label);
    box_->bar().addWidget(weights_);
    message_->setAlignment(Qt::AlignCenter);
    message_->setWordWrap(true);
    message_->setProperty("role", "soft");
    message_->setTextFormat(Qt::PlainText);
    stack_->addWidget(message_);
    stack_->addWidget(box_);
    connect(weights_, &QComboBox::activated, this, &KeptSurface::make);
    connect(box_, &SurfaceBox::choiceChanged, this, &KeptSurface::make);
    connect(&maker_, &SurfaceMaker::made, this, [this](const std::shared_ptr<const DrawnSurface>& drawn) {
        message_->clear();
        box_->setSurface(drawn);
        stack_->setCurrentWidget(box_);
    });
    connect(&maker_, &SurfaceMaker::hasNone, this, [this] {
        say(tr("A surface needs one number or more as inputs, and one answer to all of them: these data have "
               "none."));
    });
    connect(&maker_, &SurfaceMaker::failed, this,
            [this](const Diagnostic& why) { say(QString::fromStdString(oneLine(why))); });
}

bool KeptSurface::mayBeOf(const storage::RunStart& start) {
    const auto graph = storedGraph(start);
    if (!graph) return false;
    const auto network = checkNetwork(*graph);
    return network && SurfaceScene::mayBeOf(*network);
}

void KeptSurface::setRun(storage::RunId run) {
    if (run == run_) return;
    run_ = run;
    maker_.forget();
    box_->resetChoice();
    box_->setSurface(nullptr);
    say(tr("Loading the data set…"));
    if (isVisible()) make();
}

void KeptSurface::make() {
    if (!run_) return;
    constexpr int side = 128;
    maker_.makeKept(run_, static_cast<storage::CheckpointKind>(weights_->currentData().toInt()),
                    box_->choice(), side);
}

void KeptSurface::say(const QString& text) {
    message_->setText(text);
    stack_->setCurrentWidget(message_);
}

QString KeptSurface::message() const {
    return message_->text();
}

void KeptSurface::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    make();
}

void KeptSurface::hideEvent(QHideEvent* event) {
    maker_.forget(); // a run that goes on keeps newer weights
    QWidget::hideEvent(event);
}

} // namespace burdock
