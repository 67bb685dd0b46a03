#include "notebook/field_row.h"

#include "notebook/number_box.h"
#include "session/visible_text.h"
#include "theme/elided_label.h"
#include "theme/plain_text.h"
#include "theme/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDateTimeEdit>
#include <QEvent>
#include <QSignalBlocker>
#include <QSlider>
#include <QTimeZone>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace burdock {
namespace {

constexpr int finestPlaces = 1000;

/// The power of ten that is not below a step, and the step itself where there is none.
double powerAbove(double step) {
    const double power = std::pow(10, std::ceil(std::log10(step)));
    return power > 0 && std::isfinite(power) ? power : step;
}

/// As far as a slider tells them: 5.12 of 4.3 to 7.9.
double rounded(double number, double step) {
    const double unit = powerAbove(step);
    return unit > 0 ? std::round(number / unit) * unit : number;
}

/// To twelve digits, as rounding to a unit leaves 5.1200000000000001.
std::string written(double number) {
    constexpr int digits = 12;
    return QString::number(number, 'g', digits).toDouble() == number
               ? QString::number(number, 'g', digits).toStdString()
               : QString::number(number, 'g', QLocale::FloatingPointShortest).toStdString();
}

} // namespace

FieldRow::FieldRow(const InputField& field, bool mayBeMissing, QWidget* parent)
    : QWidget(parent)
    , field_(field)
    , kind_(kindOf(field))
    , name_(new ElidedLabel(QString::fromStdString(field.name)))
    , range_(new QLabel) {
    name_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    range_->setFont(Theme::instance().font(QStringLiteral("caption")));
    range_->setTextFormat(Qt::PlainText);
    setRole(*range_, "soft");
    auto* title = new QHBoxLayout;
    title->setSpacing(Theme::instance().space(3));
    title->addWidget(name_, 1);
    title->addWidget(range_);
    auto* line = new QHBoxLayout;
    line->setSpacing(Theme::instance().space(2));
    switch (kind_) {
    case FieldKind::Number:
        makeNumber(*line);
        break;
    case FieldKind::Word:
        makeWords(*line, mayBeMissing);
        break;
    default:
        makeDate(*line);
    }
    if (mayBeMissing && kind_ != FieldKind::Word) {
        missing_ = new QCheckBox(tr("missing"));
        missing_->setAccessibleName(tr("%1 is missing").arg(QString::fromStdString(field.name)));
        missing_->setToolTip(tr("The mean of the samples that were trained on stands for it"));
        title->addWidget(missing_);
        connect(missing_, &QCheckBox::toggled, this, [this](bool none) {
            if (none) return take({});
            take(box_ ? written(box_->value()) : date_->dateTime().toString(formatOf(kind_)).toStdString());
        });
    }
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, Theme::instance().space(), Theme::instance().space(2),
                               Theme::instance().space());
    column->setSpacing(2);
    column->addLayout(title);
    column->addLayout(line);
    setText(field.typical);
}

void FieldRow::makeNumber(QBoxLayout& line) {
    const QString name = QString::fromStdString(field_.name);
    const double span = field_.highest - field_.lowest;
    box_ = new NumberBox;
    box_->setAccessibleName(name);
    box_->setSingleStep(field_.whole || !(span > 0) ? 1 : powerAbove(span / 100));
    if (span > 0) {
        slider_ = new QSlider(Qt::Horizontal);
        slider_->setAccessibleName(tr("%1, slider").arg(name));
        slider_->setRange(0, field_.whole && span < finestPlaces ? static_cast<int>(span) : finestPlaces);
        slider_->setPageStep(std::max(1, slider_->maximum() / 10));
        slider_->setFocusPolicy(Qt::StrongFocus);
        slider_->installEventFilter(this);
        line.addWidget(slider_, 1);
        connect(slider_, &QSlider::valueChanged, this, [this](int place) {
            const double number = numberAt(place);
            const QSignalBlocker quiet(box_);
            box_->setValue(number);
            take(written(number));
        });
    } else {
        line.addStretch(1);
    }
    line.addWidget(box_);
    connect(box_, &QDoubleSpinBox::valueChanged, this, [this](double number) {
        if (slider_) {
            const QSignalBlocker quiet(slider_);
            slider_->setValue(placeOf(number));
        }
        take(written(number));
    });
}

void FieldRow::makeWords(QBoxLayout& line, bool mayBeMissing) {
    words_ = new QComboBox;
    words_->setAccessibleName(QString::fromStdString(field_.name));
    words_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    words_->setMinimumContentsLength(12);
    words_->setFocusPolicy(Qt::StrongFocus);
    words_->installEventFilter(this);
    for (const std::string& word : field_.choices)
        words_->addItem(QString::fromStdString(visibleText(word)), QByteArray::fromStdString(word));
    if (mayBeMissing) words_->addItem(tr("(missing)"), QByteArray());
    line.addWidget(words_, 1);
    connect(words_, &QComboBox::currentIndexChanged, this,
            [this] { take(words_->currentData().toByteArray().toStdString()); });
}

void FieldRow::makeDate(QBoxLayout& line) {
    date_ = new QDateTimeEdit;
    date_->setAccessibleName(QString::fromStdString(field_.name));
#if QT_VERSION >= QT_VERSION_CHECK(6, 7, 0) // no hour is left out of a day
    date_->setTimeZone(QTimeZone::utc());
#else
    date_->setTimeSpec(Qt::UTC);
#endif
    date_->setDateRange(QDate(1, 1, 1), QDate(9999, 12, 31));
    date_->setDisplayFormat(formatOf(kind_));
    date_->setCalendarPopup(kind_ != FieldKind::Time);
    date_->setFocusPolicy(Qt::StrongFocus);
    date_->installEventFilter(this);
    line.addWidget(date_);
    line.addStretch(1);
    connect(date_, &QDateTimeEdit::dateTimeChanged, this,
            [this](const QDateTime& at) { take(at.toString(formatOf(kind_)).toStdString()); });
}

void FieldRow::take(std::string text) {
    text_ = std::move(text);
    if (missing_) {
        const QSignalBlocker quiet(missing_);
        missing_->setChecked(text_.empty());
    }
    tellRange();
    emit edited();
}

void FieldRow::setText(const std::string& text) {
    text_ = text;
    const QString shownText = QString::fromStdString(text);
    if (missing_) {
        const QSignalBlocker quiet(missing_);
        missing_->setChecked(text.empty());
    }
    if (box_ && !text.empty()) {
        const QSignalBlocker quietBox(box_), quietSlider(slider_);
        box_->setValue(shownText.toDouble());
        if (slider_) slider_->setValue(placeOf(box_->value()));
    }
    if (words_) {
        const QSignalBlocker quiet(words_);
        words_->setCurrentIndex(words_->findData(QByteArray::fromStdString(text)));
    }
    if (date_ && !text.empty()) {
        const QSignalBlocker quiet(date_);
        date_->setDateTime(momentOf(shownText, kind_));
    }
    tellRange();
}

void FieldRow::setChanged(bool changed) {
    name_->setFont(Theme::instance().font(changed ? QStringLiteral("strong") : QStringLiteral("body")));
}

void FieldRow::tellRange() {
    if (!slider_) return;
    const bool outside = !text_.empty() && (box_->value() < field_.lowest || box_->value() > field_.highest);
    const QString range =
        tr("%1 to %2").arg(box_->textFromValue(field_.lowest), box_->textFromValue(field_.highest));
    range_->setText(outside ? tr("outside %1").arg(range) : range);
    range_->setToolTip(outside ? tr("No value like this was met in the data: the answer is a guess")
                               : tr("Met in the data"));
    setRole(*range_, outside ? "warning" : "soft");
}

double FieldRow::numberAt(int place) const {
    if (place == 0) return field_.lowest;
    if (place == slider_->maximum()) return field_.highest;
    const double step = (field_.highest - field_.lowest) / slider_->maximum();
    const double number = field_.lowest + place * step;
    return std::clamp(field_.whole ? std::round(number) : rounded(number, step), field_.lowest,
                      field_.highest);
}

int FieldRow::placeOf(double number) const {
    const double share = (number - field_.lowest) / (field_.highest - field_.lowest);
    return static_cast<int>(std::lround(std::clamp(share, 0.0, 1.0) * slider_->maximum()));
}

bool FieldRow::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Wheel && !static_cast<QWidget*>(watched)->hasFocus()) {
        event->ignore(); // a list that is scrolled must not change what it passes
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace burdock
