#include "dashboard/number_tile.h"

#include "theme/elided_label.h"
#include "theme/theme.h"

#include <QLabel>
#include <QVBoxLayout>

namespace burdock {

NumberTile::NumberTile(const QString& name, QWidget* parent)
    : QWidget(parent)
    , name_(new ElidedLabel(name))
    , value_(new QLabel(QStringLiteral("–")))
    , note_(new ElidedLabel) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    for (QLabel* label : {static_cast<QLabel*>(name_), value_, static_cast<QLabel*>(note_)})
        column->addWidget(label);
    name_->setProperty("role", "soft");
    note_->setProperty("role", "soft");
    setMinimumWidth(72);
    restyle();
    connect(&Theme::instance(), &Theme::changed, this, &NumberTile::restyle);
}

void NumberTile::restyle() {
    const Theme& theme = Theme::instance();
    name_->setFont(theme.font(QStringLiteral("caption")));
    note_->setFont(theme.font(QStringLiteral("caption")));
    // Tabular figures: the number must not tremble while it counts.
    QFont figures = theme.font(QStringLiteral("mono"));
    const QFont display = theme.font(QStringLiteral("title"));
    figures.setPixelSize(display.pixelSize() > 0 ? display.pixelSize() + 2 : 18);
    figures.setWeight(QFont::DemiBold);
    value_->setFont(figures);
}

void NumberTile::setName(const QString& name) {
    if (name_->text() == name) return;
    name_->setText(name);
    setAccessibleName(name + QLatin1Char(' ') + value());
}

void NumberTile::setValue(const QString& value, const QString& note) {
    if (value_->text() != value) {
        value_->setText(value);
        setAccessibleName(name_->text() + QLatin1Char(' ') + value);
    }
    if (note_->text() != note) note_->setText(note);
}

QString NumberTile::value() const {
    return value_->text();
}

} // namespace burdock
