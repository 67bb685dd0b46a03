#include "notebook/feature_form.h"

#include "notebook/field_row.h"
#include "theme/move_focus.h"
#include "theme/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>

#include <algorithm>

namespace burdock {
namespace {

constexpr std::size_t mostWithoutFilter = 12;

} // namespace

FeatureForm::FeatureForm(QWidget* parent)
    : QWidget(parent)
    , filter_(new QLineEdit)
    , back_(new QPushButton(tr("Back to the sample")))
    , typical_(new QPushButton(tr("Typical values")))
    , message_(new QLabel)
    , none_(new QLabel(tr("No feature has this in its name.")))
    , scroll_(new QScrollArea)
    , body_(new QWidget)
    , buttons_(new QWidget) {
    filter_->setPlaceholderText(tr("Find a feature"));
    filter_->setAccessibleName(tr("Find a feature"));
    filter_->setClearButtonEnabled(true);
    back_->setToolTip(tr("Take back all changes"));
    typical_->setToolTip(tr("Begin with the median of each number and the most frequent word"));
    message_->setWordWrap(true);
    setRole(*message_, "error");
    setRole(*none_, "soft");
    scroll_->setWidget(body_);
    scroll_->setWidgetResizable(true);
    scroll_->setFrameShape(QFrame::NoFrame);
    scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll_->setFocusPolicy(Qt::NoFocus);
    scroll_->setAccessibleName(tr("Features of the sample"));
    scroll_->viewport()->installEventFilter(this);
    body_->installEventFilter(this);
    auto* bar = new QHBoxLayout(buttons_);
    bar->setContentsMargins(0, 0, 0, 0);
    bar->addWidget(back_);
    bar->addWidget(typical_);
    bar->addStretch(1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(filter_);
    column->addWidget(none_);
    column->addWidget(message_);
    column->addWidget(scroll_, 1);
    column->addWidget(buttons_);
    setMessage({});
    connect(filter_, &QLineEdit::textChanged, this, &FeatureForm::filterFields);
    connect(scroll_->verticalScrollBar(), &QScrollBar::valueChanged, this, &FeatureForm::makeRowsInSight);
    connect(back_, &QPushButton::clicked, this, [this] {
        isTypical_ = false;
        showTexts(begun_);
        emit edited();
    });
    connect(typical_, &QPushButton::clicked, this, [this] {
        std::vector<std::string> texts;
        for (const InputField& field : fields_)
            texts.push_back(field.typical);
        isTypical_ = true;
        showTexts(std::move(texts));
        emit edited();
    });
}

void FeatureForm::setFields(std::vector<InputField> fields, bool mayBeMissing) {
    moveFocus(*body_, *typical_);
    for (const auto& [field, row] : rows_)
        delete row;
    rows_.clear();
    fields_ = std::move(fields);
    mayBeMissing_ = mayBeMissing;
    isTypical_ = false;
    input_.clear();
    begun_.assign(fields_.size(), {});
    texts_ = begun_;
    rowHeight_ = 0;
    setMessage({});
    filter_->setVisible(fields_.size() > mostWithoutFilter);
    const QSignalBlocker quiet(filter_);
    filter_->clear();
    filterFields();
    tell();
}

void FeatureForm::setSample(std::vector<std::string> texts, std::vector<float> input) {
    if (texts.size() != fields_.size()) return;
    begun_ = texts;
    input_ = std::move(input);
    isTypical_ = false;
    showTexts(std::move(texts));
}

void FeatureForm::showTexts(std::vector<std::string> texts) {
    texts_ = std::move(texts);
    for (const auto& [field, row] : rows_)
        row->setText(texts_[field]);
    tell();
}

void FeatureForm::tell() {
    for (const auto& [field, row] : rows_)
        row->setChanged(isChanged(field));
    const bool canGoBack = !input_.empty() && (isTypical_ || changes() > 0);
    if (!canGoBack && back_->hasFocus()) typical_->setFocus(); // a button that is disabled would hand it on
    back_->setEnabled(canGoBack);
}

HandMadeSample FeatureForm::sample() const {
    HandMadeSample sample{texts_, isTypical_ ? std::vector<float>() : input_, {}};
    for (std::size_t i = 0; i < fields_.size(); ++i)
        if (isChanged(i)) sample.changed.push_back(i);
    return sample;
}

std::size_t FeatureForm::changes() const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < fields_.size(); ++i)
        count += isChanged(i);
    return count;
}

void FeatureForm::setMessage(const QString& why) {
    message_->setText(why);
    message_->setVisible(!why.isEmpty());
}

FieldRow* FeatureForm::row(std::size_t field) const {
    const auto found = rows_.find(field);
    return found == rows_.end() ? nullptr : found->second;
}

void FeatureForm::filterFields() {
    const QString wanted = filter_->text().trimmed();
    listed_.clear();
    for (std::size_t i = 0; i < fields_.size(); ++i)
        if (QString::fromStdString(fields_[i].name).contains(wanted, Qt::CaseInsensitive))
            listed_.push_back(i);
    none_->setVisible(listed_.empty() && !fields_.empty());
    if (rowHeight_ == 0 && !fields_.empty()) rowHeight_ = makeRow(0).sizeHint().height();
    body_->setMinimumHeight(rowHeight_ * static_cast<int>(listed_.size()));
    scroll_->verticalScrollBar()->setValue(0);
    placeRows();
    makeRowsInSight();
}

FieldRow& FeatureForm::makeRow(std::size_t field) {
    auto* row = new FieldRow(fields_[field], mayBeMissing_, body_);
    row->setText(texts_[field]);
    row->setChanged(isChanged(field));
    rows_[field] = row;
    connect(row, &FieldRow::edited, this, [this, field, row] {
        texts_[field] = row->text();
        setMessage({});
        tell();
        emit edited();
    });
    // The keyboard goes from field to field, in whatever order they have come into sight.
    const auto at = rows_.find(field);
    const auto last = [](QWidget* of) {
        QWidget* end = of;
        for (auto* child : of->findChildren<QWidget*>(Qt::FindDirectChildrenOnly))
            if (child->focusPolicy() & Qt::TabFocus) end = child;
        return end;
    };
    for (auto before = at; before != rows_.begin();) {
        --before;
        QWidget* from = last(before->second);
        for (auto* child : row->findChildren<QWidget*>(Qt::FindDirectChildrenOnly))
            if (child->focusPolicy() & Qt::TabFocus) {
                QWidget::setTabOrder(from, child);
                from = child;
            }
        break;
    }
    return *row;
}

/// Each at its place; those that the filter has left out are hidden.
void FeatureForm::placeRows() {
    for (const auto& [field, row] : rows_) {
        const auto at = std::ranges::lower_bound(listed_, field);
        const bool isListed = at != listed_.end() && *at == field;
        row->setVisible(isListed);
        if (isListed)
            row->setGeometry(0, rowHeight_ * static_cast<int>(at - listed_.begin()), body_->width(),
                             rowHeight_);
    }
}

void FeatureForm::makeRowsInSight() {
    if (rowHeight_ == 0 || listed_.empty()) return;
    constexpr int beyond = 2; // that Tab has somewhere to go
    const int top = scroll_->verticalScrollBar()->value(), height = scroll_->viewport()->height();
    const int first = std::max(0, top / rowHeight_ - beyond);
    const int last = std::min(static_cast<int>(listed_.size()) - 1, (top + height) / rowHeight_ + beyond);
    bool made = false;
    for (int i = first; i <= last; ++i)
        if (const std::size_t field = listed_[static_cast<std::size_t>(i)]; !rows_.contains(field)) {
            makeRow(field);
            made = true;
        }
    if (made) placeRows();
}

bool FeatureForm::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Resize) {
        if (watched == body_) placeRows();
        makeRowsInSight();
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace burdock
