#include "app/rate_finder_dialog.h"

#include "app/workspace.h"
#include "dashboard/curve_chart.h"
#include "theme/theme.h"

#include <QDialogButtonBox>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

#include <cmath>

namespace burdock {
namespace {

/// To two digits: more say nothing.
double rounded(double rate) {
    return QString::number(rate, 'g', 2).toDouble();
}

QString rateText(double rate) {
    return humanNumber(rounded(rate));
}

} // namespace

RateFinderDialog::RateFinderDialog(Workspace& workspace, QWidget* parent)
    : QDialog(parent)
    , workspace_(workspace)
    , chart_(new CurveChart)
    , message_(new QLabel(tr("The learning rate grows from step to step; the loss tells which one learns "
                             "fastest…")))
    , bar_(new QProgressBar)
    , use_(new QPushButton(tr("Use this rate"))) {
    setWindowTitle(tr("Find the learning rate"));
    resize(720, 480);
    message_->setWordWrap(true);
    bar_->setRange(0, 1000);
    bar_->setTextVisible(false);
    bar_->setAccessibleName(tr("Progress of the sweep"));
    chart_->setTitle(tr("Loss over the learning rate"));
    chart_->setAxes(tr("Learning rate"), tr("Loss"));
    // The rates grow by the same factor: the axis counts their powers of ten.
    chart_->setWholeX(false);
    chart_->setFormat([](double power) { return rateText(std::pow(10.0, power)); }, humanNumber);
    chart_->setEmptyText(tr("Some hundred steps are being trained on a copy of the network."));
    use_->setEnabled(false);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    buttons->addButton(use_, QDialogButtonBox::AcceptRole);
    auto* column = new QVBoxLayout(this);
    column->addWidget(chart_, 1);
    column->addWidget(bar_);
    column->addWidget(message_);
    column->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(use_, &QPushButton::clicked, this, [this] {
        TrainConfig config = workspace_.settings().config();
        config.learningRate = rounded(*suggested_); // as it was told
        workspace_.settings().setConfig(config);
        accept();
    });

    const auto work = [this, graph = workspace.document().graph(), data = workspace.dataset().data(),
                       config = workspace.settings().config()]() -> Result<RateSweep> {
        return guarded(brokenOff("Learning rate"), [&] {
            return findLearningRate(graph, data, config, nullptr, [this](double done) {
                QMetaObject::invokeMethod(
                    bar_, [this, done] { bar_->setValue(static_cast<int>(done * 1000)); },
                    Qt::QueuedConnection);
                return !cancelled_.load();
            });
        });
    };
    worker_.post(this, work, [this](const Result<RateSweep>& sweep) { show(sweep); });
}

RateFinderDialog::~RateFinderDialog() {
    cancelled_ = true;
}

void RateFinderDialog::show(const Result<RateSweep>& sweep) {
    bar_->hide();
    if (!sweep) {
        message_->setText(QString::fromStdString(oneLine(sweep.error())));
        setRole(*message_, "error");
        return;
    }
    Points raw, smoothed, best;
    // Where the loss explodes it is no longer worth seeing, and would flatten the rest.
    const double top = sweep->points.empty() ? 0 : 2 * sweep->points.front().smoothed;
    for (const RatePoint& p : sweep->points) {
        if (p.smoothed > top) break;
        const double power = std::log10(p.learningRate);
        if (p.loss <= top) raw.append({power, p.loss});
        smoothed.append({power, p.smoothed});
        if (sweep->suggested && p.learningRate <= *sweep->suggested) best = {{power, p.smoothed}};
    }
    const Theme& theme = Theme::instance();
    QColor faint = theme.curve(0);
    faint.setAlphaF(0.35f);
    chart_->setCurve(QStringLiteral("raw"), {tr("Mini-batch"), faint}, raw);
    chart_->setCurve(QStringLiteral("smoothed"), {tr("Running mean"), theme.curve(0)}, smoothed);
    suggested_ = sweep->suggested;
    use_->setEnabled(suggested_.has_value());
    if (!suggested_) {
        message_->setText(tr("The loss falls at no rate: look at the network and the data first."));
        return;
    }
    chart_->setCurve(QStringLiteral("best"), {tr("Steepest descent"), theme.curve(1), false, true}, best);
    message_->setText(tr("The loss falls most steeply at %1.").arg(rateText(*suggested_)));
    use_->setText(tr("Use %1").arg(rateText(*suggested_)));
    use_->setDefault(true);
}

} // namespace burdock
