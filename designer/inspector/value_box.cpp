#include "inspector/value_box.h"

#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QRegularExpression>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>
#include <utility>

namespace burdock {
namespace {

double nextInSeries(double value, int direction) {
    if (value <= 0) return value;
    const double decade = std::pow(10.0, std::floor(std::log10(value) + 1e-9));
    static constexpr double series[] = {0.5, 1, 2, 5, 10};
    if (direction > 0) {
        for (const double s : series)
            if (s * decade > value * (1 + 1e-9)) return s * decade;
        return 20 * decade;
    }
    for (int i = 4; i >= 0; --i)
        if (series[i] * decade < value * (1 - 1e-9)) return series[i] * decade;
    return 0.2 * decade;
}

/// Without the rounding noise of repeated steps: 0.15000000000000002.
double rounded(double value) {
    return value == 0 ? 0 : QString::number(value, 'g', 10).toDouble(); // both know the point only
}

double steppedReal(const ParamSpec& spec, double value, int steps) {
    const bool fraction = spec.minimum >= 0 && spec.maximum <= 1 && value >= 0.01;
    for (int i = 0; i < std::abs(steps); ++i)
        value = fraction ? value + (steps > 0 ? 0.05 : -0.05) : nextInSeries(value, steps);
    return rounded(value);
}

std::int64_t steppedInt(const ParamSpec& spec, std::int64_t value, int steps) {
    return static_cast<std::int64_t>(std::clamp(static_cast<double>(value + steps),
                                                std::max(spec.minimum, -9e15), std::min(spec.maximum, 9e15)));
}

} // namespace

QString typedText(const ParamValue& value) {
    QString text = QString::fromStdString(toString(value));
    const auto* real = std::get_if<double>(&value);
    const qsizetype e = real ? text.indexOf(u'e') : -1;
    if (e < 0) return text;
    const int power = text.mid(e + 1).toInt();
    constexpr int fewestZeros = -6; // up to there people read the zeros more easily than a power
    if (power < fewestZeros || power > 6) return text.left(e + 1) + QString::number(power);
    const auto digits = static_cast<int>(text.left(e).remove(u'-').remove(u'.').size());
    return QString::number(*real, 'f', std::max(0, digits - 1 - power));
}

QString typedText(const ParamSpec& spec, const ParamValue& value) {
    const bool isDefault = toString(value) == toString(spec.defaultValue);
    return isDefault && !spec.defaultText.empty() ? QString::fromStdString(spec.defaultText)
                                                  : typedText(value);
}

ParamValue steppedValue(const ParamSpec& spec, const ParamValue& value, int steps) {
    ParamValue next = value;
    if (const auto* v = std::get_if<std::int64_t>(&value)) {
        if (spec.type == ParamType::Real)
            next = steppedReal(spec, static_cast<double>(*v), steps);
        else
            next = steppedInt(spec, *v, steps);
    } else if (const auto* real = std::get_if<double>(&value)) {
        next = steppedReal(spec, *real, steps);
    } else if (const auto* pair = std::get_if<IntPair>(&value)) {
        next = IntPair{steppedInt(spec, pair->height, steps), steppedInt(spec, pair->width, steps)};
    }
    return checkParam(spec, next) ? next : value;
}

ValueBox::ValueBox(ParamSpec spec, QWidget* parent)
    : QAbstractSpinBox(parent)
    , spec_(std::move(spec)) {
    setFocusPolicy(Qt::StrongFocus);
    setKeyboardTracking(true);
    if (spec_.type == ParamType::Text) setButtonSymbols(QAbstractSpinBox::NoButtons);
    connect(this, &ValueBox::typed, this, [this] { touched_ = true; });
    connect(this, &ValueBox::editingFinished, this,
            [this] { touched_ = touched_ && !parseParam(spec_, text().toStdString()); });
    connect(lineEdit(), &QLineEdit::textEdited, this, [this] { emit typed(text()); });
    if (spec_.unit.empty()) return;
    unit_ = new QLabel(QString::fromStdString(spec_.unit), lineEdit());
    unit_->setProperty("role", "soft");
    unit_->setAttribute(Qt::WA_TransparentForMouseEvents);
    connect(lineEdit(), &QLineEdit::textChanged, this, &ValueBox::showUnit);
    showUnit();
}

void ValueBox::showUnit() {
    const bool ofNumber =
        spec_.defaultText.empty() || lineEdit()->text() != QString::fromStdString(spec_.defaultText);
    unit_->setVisible(ofNumber);
    lineEdit()->setTextMargins(0, 0, ofNumber ? unit_->sizeHint().width() + 4 : 0, 0);
}

void ValueBox::setValue(const ParamValue& value) {
    lineEdit()->setPlaceholderText({});
    if (const auto now = parseParam(spec_, text().toStdString()); now && toString(*now) == toString(value))
        return;
    setText(typedText(spec_, value));
}

void ValueBox::setMixed() {
    lineEdit()->setPlaceholderText(tr("several values"));
    lineEdit()->clear();
}

void ValueBox::setText(const QString& text) {
    lineEdit()->setText(text);
}

QString ValueBox::text() const {
    QString typed = lineEdit()->text();
    // Many people's decimal separator. What others would take for groups of thousands is refused as it is:
    // one of both would be a thousand times wrong.
    static const QRegularExpression groups(QStringLiteral("^\\s*[+-]?[1-9]\\d{0,2}(,\\d{3})+\\s*$"));
    if (spec_.type == ParamType::Real && !typed.contains(QLatin1Char('.')) && !groups.match(typed).hasMatch())
        typed.replace(QLatin1Char(','), QLatin1Char('.'));
    return typed;
}

void ValueBox::stepBy(int steps) {
    const auto now = parseParam(spec_, text().toStdString());
    const ParamValue next = steppedValue(spec_, now ? *now : spec_.defaultValue, now ? steps : 0);
    setText(typedText(spec_, next));
    lineEdit()->selectAll();
    emit typed(text());
}

QAbstractSpinBox::StepEnabled ValueBox::stepEnabled() const {
    return spec_.type == ParamType::Text ? StepNone : StepEnabled(StepUpEnabled | StepDownEnabled);
}

void ValueBox::resizeEvent(QResizeEvent* event) {
    QAbstractSpinBox::resizeEvent(event);
    if (!unit_) return;
    const QSize size = unit_->sizeHint();
    unit_->setGeometry(lineEdit()->width() - size.width() - 2, 0, size.width(), lineEdit()->height());
}

QSize ValueBox::sizeHint() const {
    return {110, std::max(28, lineEdit()->sizeHint().height() + 4)};
}

void ValueBox::keyPressEvent(QKeyEvent* event) {
    if (event->key() != Qt::Key_Escape) return QAbstractSpinBox::keyPressEvent(event);
    if (!std::exchange(touched_, false)) return event->ignore(); // it is for what the field lies in
    emit givenUp();
}

void ValueBox::focusOutEvent(QFocusEvent* event) {
    QAbstractSpinBox::focusOutEvent(event);
    touched_ = false;
    emit left();
}

void ValueBox::wheelEvent(QWheelEvent* event) {
    // A form is scrolled over more often than its values are changed by the wheel, also right after one was
    // typed.
    event->ignore();
}

} // namespace burdock
