#include "app/places_bar.h"

#include "theme/theme.h"

#include <QAction>
#include <QButtonGroup>
#include <QPainter>
#include <QToolButton>
#include <QVBoxLayout>

namespace burdock {
namespace {

/// A place: icon above title; the current one carries a bar in the strong colour.
class PlaceButton final : public QToolButton {
  public:
    PlaceButton(const QString& title, const QString& icon, QWidget* parent)
        : QToolButton(parent)
        , iconName_(icon) {
        setText(title);
        setCheckable(true);
        setFixedSize(76, 60);
        setFocusPolicy(Qt::TabFocus);
        setAccessibleName(title);
    }

  protected:
    void paintEvent(QPaintEvent*) override {
        const Theme& theme = Theme::instance();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        const QRectF ground = QRectF(rect()).adjusted(4, 2, -4, -2);
        if (isChecked() || isDown() || underMouse()) {
            painter.setBrush(
                theme.color(isChecked() ? QStringLiteral("accent.soft") : QStringLiteral("hover")));
            painter.drawRoundedRect(ground, theme.radius(), theme.radius());
        }
        if (isChecked()) {
            painter.setBrush(theme.color(QStringLiteral("accent")));
            painter.drawRoundedRect(QRectF(0, 14, 3, height() - 28), 1.5, 1.5);
        }
        const QString token = isChecked() ? QStringLiteral("accent") : QStringLiteral("ink.soft");
        theme.icon(iconName_, token).paint(&painter, QRect(width() / 2 - 11, 9, 22, 22));
        QFont font = theme.font(QStringLiteral("caption"));
        if (isChecked()) font.setWeight(QFont::DemiBold);
        painter.setFont(font);
        painter.setPen(theme.color(isChecked() ? QStringLiteral("accent") : QStringLiteral("ink")));
        painter.drawText(QRect(0, 33, width(), 20), Qt::AlignCenter, text());
        if (hasFocus()) {
            painter.setPen(QPen(theme.color(QStringLiteral("focus")), 1.5));
            painter.setBrush(Qt::NoBrush);
            painter.drawRoundedRect(ground, theme.radius(), theme.radius());
        }
    }

  private:
    QString iconName_;
};

} // namespace

PlacesBar::PlacesBar(QWidget* parent)
    : QWidget(parent)
    , layout_(new QVBoxLayout(this))
    , buttons_(new QButtonGroup(this)) {
    setObjectName(QStringLiteral("places"));
    setAccessibleName(tr("Places"));
    setProperty("panel", true);
    setAttribute(Qt::WA_StyledBackground);
    layout_->setContentsMargins(2, 6, 2, 6);
    layout_->setSpacing(2);
    layout_->addStretch();
    connect(buttons_, &QButtonGroup::idClicked, this, &PlacesBar::currentChanged);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

QAction* PlacesBar::addPlace(const QString& title, const QString& icon, const QString& tip) {
    const auto row = static_cast<int>(actions_.size());
    return add(title, icon, tip, QKeySequence(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_1 + row)), row);
}

QAction* PlacesBar::addPlaceAbove(const QString& title, const QString& icon, const QString& tip) {
    return add(title, icon, tip, QKeySequence(Qt::ALT | Qt::Key_Home), 0);
}

QAction* PlacesBar::add(const QString& title, const QString& icon, const QString& tip,
                        const QKeySequence& keys, int row) {
    const auto index = static_cast<int>(actions_.size()); // places are numbered as they were added
    auto* button = new PlaceButton(title, icon, this);
    button->setObjectName(QStringLiteral("place.") + icon);
    button->setToolTip(QStringLiteral("%1 (%2)").arg(tip, keys.toString(QKeySequence::NativeText)));
    buttons_->addButton(button, index);
    layout_->insertWidget(row, button, 0, Qt::AlignHCenter);
    auto* action = new QAction(tr("Go to %1").arg(title), this);
    action->setShortcut(keys);
    actions_.insert(row, action);
    connect(action, &QAction::triggered, this, [this, index] { setCurrent(index); });
    return action;
}

int PlacesBar::current() const {
    return buttons_->checkedId();
}

void PlacesBar::setCurrent(int place) {
    QAbstractButton* button = buttons_->button(place);
    if (!button || button->isChecked()) return;
    button->setChecked(true);
    emit currentChanged(place);
}

} // namespace burdock
