#include "inspector/param_field.h"

#include "inspector/field_message.h"
#include "inspector/value_box.h"
#include "theme/plain_text.h"
#include "theme/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QToolButton>
#include <QWheelEvent>

#include <algorithm>

namespace burdock {
namespace {

QString text(const std::string& s) {
    return QString::fromStdString(s);
}

/// A combo box in a form that scrolls: the wheel belongs to the form.
class FormCombo final : public QComboBox {
  public:
    using QComboBox::QComboBox;

  protected:
    void wheelEvent(QWheelEvent* event) override { event->ignore(); }
};

} // namespace

ParamField::ParamField(ParamSpec spec, QWidget* parent)
    : QWidget(parent)
    , spec_(std::move(spec))
    , value_(spec_.defaultValue)
    , reset_(new QToolButton(this))
    , message_(new FieldMessage(*this)) {
    setObjectName(QStringLiteral("param.") + text(spec_.key));
    QString tip = text(spec_.doc).toHtmlEscaped();
    tip += (tip.isEmpty() ? QString() : QStringLiteral("<br>")) +
           tr("Default: %1").arg(typedText(spec_, spec_.defaultValue).toHtmlEscaped());
    setToolTip(QStringLiteral("<b>%1</b><br>%2").arg(text(spec_.label).toHtmlEscaped(), tip));

    auto* label = new QLabel(text(spec_.label), this);
    label->setSizePolicy(QSizePolicy::Ignored,
                         QSizePolicy::Preferred); // columns align by their stretch alone
    label->setMinimumWidth(72);
    label->setWordWrap(true);
    auto* row = new QGridLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setHorizontalSpacing(6);
    row->setVerticalSpacing(2);
    row->addWidget(label, 0, 0);
    row->setColumnStretch(0, 5);
    row->setColumnStretch(1, 7);

    if (spec_.type == ParamType::Bool) {
        check_ = new QCheckBox(this);
        check_->setMinimumHeight(26);
        row->addWidget(check_, 0, 1);
        connect(check_, &QCheckBox::clicked, this, [this](bool on) {
            check_->setTristate(false);
            give(on);
        });
    } else if (spec_.type == ParamType::Choice) {
        combo_ = new FormCombo(this);
        combo_->setFocusPolicy(Qt::StrongFocus);
        combo_->setMinimumContentsLength(6);
        combo_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        for (const Choice& choice : spec_.choices)
            addChoice(choice);
        combo_->setPlaceholderText(tr("several values"));
        row->addWidget(combo_, 0, 1);
        connect(combo_, &QComboBox::activated, this,
                [this](int index) { give(combo_->itemData(index).toString().toStdString()); });
    } else {
        box_ = new ValueBox(spec_, this);
        row->addWidget(box_, 0, 1);
        connect(box_, &ValueBox::typed, this, &ParamField::onTyped);
        connect(box_, &ValueBox::left, this, &ParamField::leave);
        connect(box_, &ValueBox::editingFinished, this, [this] {
            if (!refused_) endTyping();
        });
        connect(box_, &ValueBox::givenUp, this, &ParamField::giveUp);
    }
    editor()->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    label->setBuddy(editor());
    editor()->setObjectName(QStringLiteral("editor.") + text(spec_.key));
    editor()->setAccessibleName(text(spec_.label));
    editor()->setAccessibleDescription(text(spec_.doc));

    reset_->setIcon(Theme::instance().icon(QStringLiteral("reset"), QStringLiteral("ink.soft")));
    reset_->setIconSize({14, 14});
    reset_->setToolTip(tr("Back to the default, %1").arg(typedText(spec_, spec_.defaultValue)));
    reset_->setAccessibleName(tr("Reset %1").arg(text(spec_.label)));
    reset_->setFocusPolicy(Qt::TabFocus);
    QSizePolicy keepsPlace = reset_->sizePolicy();
    keepsPlace.setRetainSizeWhenHidden(true);
    reset_->setSizePolicy(keepsPlace);
    row->addWidget(reset_, 0, 2);
    connect(reset_, &QToolButton::clicked, this, [this] {
        setValue(spec_.defaultValue);
        give(spec_.defaultValue);
        emit left();
    });

    setValue(spec_.defaultValue);
}

void ParamField::addChoice(const Choice& choice) {
    combo_->addItem(text(choice.label), text(choice.key));
    combo_->setItemData(combo_->count() - 1, text(choice.doc), Qt::ToolTipRole);
}

void ParamField::offer(const std::function<bool(const std::string&)>& possible) {
    if (!combo_) return;
    std::vector<Choice> offered;
    QStringList keys, shown;
    for (const Choice& choice : spec_.choices)
        if (possible(choice.key) || choice.key == toString(value_)) {
            offered.push_back(choice);
            keys << text(choice.key);
        }
    for (int i = 0; i < combo_->count(); ++i)
        shown << combo_->itemData(i).toString();
    if (keys == shown) return;
    combo_->clear();
    for (const Choice& choice : offered)
        addChoice(choice);
    combo_->setCurrentIndex(mixed_ ? -1 : combo_->findData(text(toString(value_))));
    place();
}

void ParamField::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    place();
}

/// A choice whose words do not fit beside its label goes below it.
void ParamField::place() {
    if (!combo_) return;
    int words = 0;
    for (int i = 0; i < combo_->count(); ++i)
        words = std::max(words, combo_->fontMetrics().horizontalAdvance(combo_->itemText(i)));
    constexpr int frame = 44; // what the style keeps for borders and arrow
    auto* grid = static_cast<QGridLayout*>(layout());
    const int beside = (width() - reset_->sizeHint().width() - 2 * grid->horizontalSpacing()) *
                       grid->columnStretch(1) / (grid->columnStretch(0) + grid->columnStretch(1));
    const bool below = words + frame > beside;
    if (below == below_) return;
    below_ = below;
    grid->removeWidget(combo_);
    below ? grid->addWidget(combo_, 1, 0, 1, 3) : grid->addWidget(combo_, 0, 1);
}

QWidget* ParamField::editor() const {
    if (box_) return box_;
    if (check_) return check_;
    return combo_;
}

void ParamField::setValue(const ParamValue& value) {
    // While something that is no value stands in the field, it is the user's to finish.
    if (refused_ && box_->hasFocus() && !mixed_ && value == value_) return;
    if (value != value_) endTyping(); // it was changed elsewhere
    value_ = value;
    mixed_ = false;
    const bool wasInvalid = std::exchange(refused_, {}).has_value();
    if (box_) box_->setValue(value);
    if (check_) {
        check_->setTristate(false);
        check_->setChecked(std::get_if<bool>(&value) && std::get<bool>(value));
    }
    if (combo_) combo_->setCurrentIndex(combo_->findData(text(toString(value))));
    showMessage();
    showReset();
    if (wasInvalid) emit validityChanged();
}

void ParamField::setMixed() {
    if (mixed_ && box_ && box_->hasFocus()) return;
    mixed_ = true;
    if (box_) box_->setMixed();
    if (check_) {
        check_->setTristate(true);
        check_->setCheckState(Qt::PartiallyChecked);
    }
    if (combo_) combo_->setCurrentIndex(-1);
    showReset();
}

void ParamField::setProblem(const QString& text, bool isError) {
    problem_ = text;
    problemIsError_ = isError;
    showMessage();
}

QString ParamField::typedMessage() const {
    return refused_ ? text(refused_->what + " " + refused_->mend) : QString();
}

void ParamField::onTyped(const QString& typed) {
    if (!std::exchange(typing_, true)) before_ = mixed_ ? std::nullopt : std::optional(value_);
    auto value = parseParam(spec_, typed.toStdString());
    if (value) return give(*value);
    refused_ = std::move(value.error());
    refused_->where = spec_.label;
    refused_->param = spec_.key;
    showMessage();
    goBack(); // the first digits of what is refused may have been a value
    emit validityChanged();
}

void ParamField::goBack() {
    if (!before_ || *before_ == value_) return;
    value_ = *before_;
    showReset();
    emit edited(value_);
}

void ParamField::give(const ParamValue& value) {
    const bool wasInvalid = std::exchange(refused_, {}).has_value();
    value_ = value;
    mixed_ = false;
    showMessage();
    showReset();
    emit edited(value);
    if (wasInvalid) emit validityChanged();
}

void ParamField::giveUp() {
    goBack();
    leave();
    box_->selectAll();
}

void ParamField::endTyping() {
    typing_ = false;
    before_.reset();
}

void ParamField::leave() {
    endTyping();
    const bool wasInvalid = std::exchange(refused_, {}).has_value();
    if (box_ && !mixed_)
        box_->setText(typedText(spec_, value_)); // also "7x5" as "7 × 5"
    else if (wasInvalid)
        box_->setMixed();
    if (wasInvalid) {
        showMessage();
        emit validityChanged();
    }
    emit left();
}

void ParamField::showMessage() {
    const bool invalid = refused_ || (problemIsError_ && !problem_.isEmpty());
    setLook(*editor(), "invalid", invalid);
    setLook(*editor(), "warned", !invalid && !problem_.isEmpty());
    editor()->setToolTip(plainTip(problem_)); // of none, the field's own
    message_->say(typedMessage());
}

void ParamField::showReset() {
    reset_->setVisible(mixed_ || toString(value_) != toString(spec_.defaultValue));
}

} // namespace burdock
