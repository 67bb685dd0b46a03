#include "notebook/number_box.h"

#include <QWheelEvent>

#include <cmath>
#include <limits>

namespace burdock {
namespace {

QString withPoint(QString text) {
    return text.trimmed().replace(u',', u'.');
}

} // namespace

NumberBox::NumberBox(QWidget* parent)
    : QDoubleSpinBox(parent) {
    constexpr int finest = 45; // of the smallest number in single precision
    constexpr auto most = static_cast<double>(std::numeric_limits<float>::max());
    setDecimals(finest);
    setRange(-most, most);
    setLocale(QLocale::c());
    setFocusPolicy(Qt::StrongFocus);
}

QString NumberBox::textFromValue(double value) const {
    constexpr double exact = 1e15;
    return std::trunc(value) == value && std::abs(value) < exact
               ? QString::number(value, 'f', 0)
               : QString::number(value, 'g', QLocale::FloatingPointShortest);
}

double NumberBox::valueFromText(const QString& text) const {
    return withPoint(text).toDouble();
}

QValidator::State NumberBox::validate(QString& text, int&) const {
    bool isNumber = false;
    const double value = withPoint(text).toDouble(&isNumber);
    if (isNumber && std::isfinite(value))
        return std::abs(value) <= maximum() ? QValidator::Acceptable : QValidator::Invalid;
    for (const QChar c : withPoint(text))
        if (!QStringLiteral("0123456789+-.eE").contains(c)) return QValidator::Invalid;
    return QValidator::Intermediate;
}

void NumberBox::stepBy(int steps) {
    constexpr int digits = std::numeric_limits<double>::digits10;
    setValue(QString::number(value() + steps * singleStep(), 'g', digits).toDouble());
    selectAll();
}

QSize NumberBox::sizeHint() const {
    return {fontMetrics().horizontalAdvance(QStringLiteral("0000000000")) + 40,
            QAbstractSpinBox::sizeHint().height()};
}

/// A list that is scrolled must not change what it passes.
void NumberBox::wheelEvent(QWheelEvent* event) {
    hasFocus() ? QDoubleSpinBox::wheelEvent(event) : event->ignore();
}

} // namespace burdock
