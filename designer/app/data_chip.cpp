#include "app/data_chip.h"

#include "app/text.h"
#include "app/workspace.h"
#include "datapage/data_words.h"
#include "session/moved_data.h"
#include "theme/elided_label.h"
#include "theme/plain_text.h"
#include "theme/theme.h"

#include <QFileInfo>
#include <QMenu>
#include <QPainter>
#include <QStyleOptionToolButton>

#include <algorithm>

namespace burdock {
namespace {

constexpr int widest = 230, narrowest = 90, least = 160, around = 52; ///< icon, arrow and air beside the text

} // namespace

DataChip::DataChip(Workspace& workspace, QWidget* parent)
    : QToolButton(parent)
    , workspace_(workspace) {
    setObjectName(QStringLiteral("dataChip"));
    setPopupMode(QToolButton::InstantPopup);
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    auto* menu = new QMenu(this);
    menu->setToolTipsVisible(true);
    setMenu(menu);
    connect(menu, &QMenu::aboutToShow, this, &DataChip::fillMenu);
    fresh_.setSingleShot(true);
    fresh_.setInterval(6000);
    connect(&fresh_, &QTimer::timeout, this, qOverload<>(&QWidget::update));
    connect(&workspace_.dataset(), &DatasetLoader::changed, this, &DataChip::refresh);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
    refresh();
}

void DataChip::refresh() {
    const DatasetLoader& loader = workspace_.dataset();
    const QString reference = workspace_.settings().dataset();
    const auto& known = loader.reference();
    const QString name = known && known->entry ? burdock::text(known->entry->title)
                                               : QFileInfo(partsOf(reference).path).fileName();
    QString tip = tr("What Train trains on");
    if (const auto& data = loader.data()) {
        const DatasetInfo& info = data->info();
        setText(QStringLiteral("%1 · %2").arg(burdock::text(info.title), exactCount(info.trainSize)));
        tip = tr("Train trains on %1: %2 samples, %3, %4")
                  .arg(burdock::text(info.title), exactCount(info.trainSize), inputWords(*data),
                       burdock::text(info.task->asks(info)));
        if (!told_.isEmpty() && told_ != reference) {
            fresh_.start();
            emit workspace_.told(tr("The data are now %1: %2 samples")
                                     .arg(burdock::text(info.title), exactCount(info.trainSize)));
        }
        told_ = reference;
    } else if (loader.problem()) {
        setText((isMissing() ? tr("%1 · missing") : tr("%1 · cannot be read")).arg(name));
        tip = burdock::text(oneLine(*loader.problem()));
        told_ = reference; // the problem is told by others
    } else {
        setText(loader.isLoading() ? tr("Reading the data…") : tr("No data"));
    }
    setToolTip(plainTip(tip));
    setAccessibleName(tr("Data: %1").arg(text()));
    updateGeometry();
    update();
}

bool DataChip::isMissing() const {
    const auto& problem = workspace_.dataset().problem();
    return problem && problem->code == dataMissing;
}

void DataChip::fillMenu() {
    QMenu& menu = *this->menu();
    menu.clear();
    if (isMissing())
        menu.addAction(
            Theme::instance().icon(QStringLiteral("search")),
            tr("Find “%1”…")
                .arg(plainEntry(QFileInfo(partsOf(workspace_.settings().dataset()).path).fileName())),
            this, &DataChip::findWanted);
    menu.addAction(Theme::instance().icon(QStringLiteral("dataset")), tr("Look at the data"), this,
                   &DataChip::pageWanted);
    menu.addAction(Theme::instance().icon(QStringLiteral("folder")), tr("Open data…"), this,
                   &DataChip::fileWanted);
    menu.addSeparator();
    const auto& known = workspace_.dataset().reference();
    for (const DatasetEntry& entry : workspace_.catalog().entries()) {
        if (!entry.available) continue;
        QAction* action =
            menu.addAction(plainEntry(burdock::text(entry.title)), this,
                           [this, id = burdock::text(entry.id)] { workspace_.settings().setDataset(id); });
        action->setToolTip(plainTip(burdock::text(entry.doc)));
        action->setCheckable(true);
        action->setChecked(known && known->entry == &entry);
    }
}

QSize DataChip::sizeHint() const {
    return {std::clamp(wholeWidth(font(), text()) + around, narrowest, widest), 30};
}

QSize DataChip::minimumSizeHint() const {
    return {std::min(sizeHint().width(), least), 30};
}

void DataChip::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool refused = workspace_.dataset().problem().has_value(), fresh = fresh_.isActive();
    const QString ink = refused ? QStringLiteral("error.text")
                        : fresh ? QStringLiteral("accent")
                                : QStringLiteral("ink");
    const QString ground = refused                    ? QStringLiteral("error.soft")
                           : fresh                    ? QStringLiteral("accent.soft")
                           : underMouse() || isDown() ? QStringLiteral("hover")
                                                      : QStringLiteral("raised");
    painter.setBrush(theme.color(ground));
    painter.setPen(QPen(theme.color(hasFocus()          ? QStringLiteral("focus")
                                    : fresh && !refused ? QStringLiteral("accent")
                                                        : QStringLiteral("line")),
                        hasFocus() ? 2 : 1));
    const QRectF frame = QRectF(rect()).adjusted(1, 1, -1, -1);
    painter.drawRoundedRect(frame, theme.radius(), theme.radius());
    theme.icon(QStringLiteral("dataset"), ink).paint(&painter, QRect(7, height() / 2 - 8, 16, 16));
    theme.icon(QStringLiteral("chevron-down"), ink)
        .paint(&painter, QRect(width() - 17, height() / 2 - 6, 12, 12));
    painter.setPen(theme.color(ink));
    painter.setFont(font());
    const QRect words = rect().adjusted(26, 0, -18, 0);
    painter.drawText(words, Qt::AlignVCenter | Qt::AlignLeft,
                     painter.fontMetrics().elidedText(text(), Qt::ElideMiddle, words.width()));
}

} // namespace burdock
