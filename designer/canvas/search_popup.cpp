#include "canvas/search_popup.h"

#include "canvas/canvas_style.h"
#include "engine/schema/layer_registry.h"
#include "theme/plain_text.h"
#include "theme/theme.h"

#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include <algorithm>

namespace burdock {
namespace {

enum Role { IdRole = Qt::UserRole, DetailRole, ColorRole, FitsRole };

/// A colour bar, the title, and the detail at the right.
class EntryDelegate final : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return {200, 32}; }
    void paint(QPainter* p, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const CanvasStyle& style = canvasStyle();
        const bool chosen = option.state & QStyle::State_Selected;
        const bool fits = index.data(FitsRole).toBool();
        const QRectF r = QRectF(option.rect).adjusted(2, 1, -2, -1);
        p->save();
        p->setRenderHint(QPainter::Antialiasing);
        if (chosen || option.state & QStyle::State_MouseOver) {
            QColor ground = style.accent;
            ground.setAlphaF(chosen ? 0.16F : 0.07F);
            p->setPen(Qt::NoPen);
            p->setBrush(ground);
            p->drawRoundedRect(r, 6, 6);
        }
        p->setPen(Qt::NoPen);
        p->setBrush(index.data(ColorRole).value<QColor>());
        p->drawRoundedRect(QRectF(r.left() + 8, r.center().y() - 8, 4, 16), 2, 2);
        const QRectF line = r.adjusted(20, 0, -10, 0);
        const QString detail = index.data(DetailRole).toString();
        p->setFont(style.caption);
        p->setPen(style.soft);
        p->drawText(line, Qt::AlignRight | Qt::AlignVCenter, detail);
        p->setFont(style.body);
        p->setPen(fits ? style.ink : style.soft);
        const QRectF room = line.adjusted(0, 0, -p->fontMetrics().horizontalAdvance(detail) - 4, 0);
        p->drawText(room, Qt::AlignLeft | Qt::AlignVCenter,
                    p->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight,
                                                static_cast<int>(room.width())));
        p->restore();
    }
};

} // namespace

int searchScore(const SearchEntry& entry, const QString& typed) {
    // Whoever types a whole name means that one, and is told why where it does not fit.
    const QString whole = typed.trimmed();
    if (entry.title.compare(whole, Qt::CaseInsensitive) == 0 ||
        entry.id.compare(whole, Qt::CaseInsensitive) == 0)
        return 10'000;
    int total = 0;
    for (const QString& word : typed.split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        const auto in = [&](const QString& text) { return text.contains(word, Qt::CaseInsensitive); };
        const auto starts = [&](const QString& text) { return text.startsWith(word, Qt::CaseInsensitive); };
        if (starts(entry.title) || starts(entry.id))
            total += 100;
        else if (in(QLatin1Char(' ') + entry.title) && in(entry.title))
            total += 60;
        else if (in(entry.id))
            total += 50;
        else if (in(entry.keywords) || in(entry.detail))
            total += 20;
        else
            return -1;
    }
    return total + (entry.fits ? 1000 : 0);
}

SearchPopup::SearchPopup(QWidget* parent)
    : QFrame(parent)
    , field_(new QLineEdit(this))
    , list_(new QListWidget(this))
    , none_(new QLabel(tr("Nothing is called that."), this)) {
    setObjectName(QStringLiteral("searchPopup"));
    field_->setObjectName(QStringLiteral("searchField"));
    field_->setClearButtonEnabled(true);
    list_->setObjectName(QStringLiteral("searchList"));
    list_->setAccessibleName(tr("What was found"));
    list_->setItemDelegate(new EntryDelegate(list_));
    list_->setFrameShape(QFrame::NoFrame);
    // The popup is the frame; a list in it needs none of its own.
    list_->setStyleSheet(QStringLiteral("QListWidget { border: none; background: transparent; }"));
    list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list_->setMouseTracking(true);
    list_->setFocusPolicy(Qt::NoFocus);
    none_->setAlignment(Qt::AlignCenter);
    auto* column = new QVBoxLayout(this);
    const int space = Theme::instance().space(2);
    column->setContentsMargins(space + 4, space + 4, space + 4, space + 4);
    column->setSpacing(space);
    column->addWidget(field_);
    column->addWidget(none_, 1);
    column->addWidget(list_, 1);
    field_->installEventFilter(this);
    connect(field_, &QLineEdit::textChanged, this, &SearchPopup::refill);
    connect(list_, &QListWidget::itemClicked, this, &SearchPopup::take);
    hide();
}

void SearchPopup::open(const QString& prompt, std::vector<SearchEntry> entries, QPoint pos,
                       std::function<void(const QString&)> chosen) {
    entries_ = std::move(entries);
    chosen_ = std::move(chosen);
    field_->clear();
    field_->setPlaceholderText(prompt);
    field_->setAccessibleName(prompt);
    refill();
    const QRect room = parentWidget()->rect().adjusted(8, 8, -8, -8);
    resize(std::min(300, room.width()), std::min(340, room.height()));
    move(std::clamp(pos.x() - 20, room.left(), std::max(room.left(), room.right() - width())),
         std::clamp(pos.y() - 20, room.top(), std::max(room.top(), room.bottom() - height())));
    show();
    raise();
    field_->setFocus(Qt::PopupFocusReason);
}

void SearchPopup::dismiss() {
    if (isHidden()) return;
    const bool had = field_->hasFocus();
    chosen_ = nullptr;
    hide();
    if (had) parentWidget()->setFocus();
    emit dismissed();
}

void SearchPopup::paintEvent(QPaintEvent*) {
    const CanvasStyle& style = canvasStyle();
    QPainter p(this);
    p.setRenderHint(QPainter::Antialiasing);
    const QRectF r = QRectF(rect()).adjusted(4, 4, -4, -4);
    p.setPen(Qt::NoPen);
    for (const double spread : {3.0, 2.0, 1.0}) {
        p.setBrush(style.shadow);
        p.drawRoundedRect(r.adjusted(-spread, -spread + 1, spread, spread), 10 + spread, 10 + spread);
    }
    p.setPen(QPen(style.line, 1));
    p.setBrush(style.raised);
    p.drawRoundedRect(r, 10, 10);
}

void SearchPopup::refill() {
    const QString typed = field_->text();
    std::vector<std::pair<int, const SearchEntry*>> found;
    for (const SearchEntry& entry : entries_)
        if (const int score = searchScore(entry, typed); score >= 0 && (entry.fits || !typed.isEmpty()))
            found.emplace_back(score, &entry);
    if (!typed.isEmpty())
        std::stable_sort(found.begin(), found.end(),
                         [](const auto& a, const auto& b) { return a.first > b.first; });
    list_->clear();
    for (const auto& [score, entry] : found) {
        auto* item = new QListWidgetItem(entry->title, list_);
        item->setData(IdRole, entry->id);
        item->setData(DetailRole, entry->detail);
        item->setData(ColorRole, entry->color);
        item->setData(FitsRole, entry->fits);
        item->setToolTip(plainTip(entry->reason));
    }
    list_->setCurrentRow(0);
    list_->setVisible(!found.empty());
    none_->setVisible(found.empty());
}

void SearchPopup::take() {
    const QListWidgetItem* item = list_->currentItem();
    if (!item) return;
    const QString id = item->data(IdRole).toString();
    const auto chosen = chosen_;
    dismiss();
    if (chosen) chosen(id);
}

bool SearchPopup::eventFilter(QObject* watched, QEvent* event) {
    if (watched == field_ && event->type() == QEvent::KeyPress) {
        const int rows = list_->count();
        switch (static_cast<QKeyEvent*>(event)->key()) {
        case Qt::Key_Down:
            list_->setCurrentRow(rows ? (list_->currentRow() + 1) % rows : -1);
            return true;
        case Qt::Key_Up:
            list_->setCurrentRow(rows ? (list_->currentRow() + rows - 1) % rows : -1);
            return true;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            take();
            return true;
        case Qt::Key_Escape:
            dismiss();
            return true;
        case Qt::Key_Tab:
        case Qt::Key_Backtab:
            return true; // there is nowhere else to go in here
        default:
            break;
        }
    }
    if (watched == field_ && event->type() == QEvent::FocusOut &&
        static_cast<QFocusEvent*>(event)->reason() != Qt::PopupFocusReason)
        dismiss();
    return QFrame::eventFilter(watched, event);
}

std::vector<SearchEntry> layerEntries(const std::optional<Shape>& inflow, bool needsInput) {
    std::vector<SearchEntry> entries;
    for (const LayerSchema& schema : layerRegistry()) {
        const std::string_view category = categoryLabel(schema.category);
        SearchEntry entry;
        entry.id = QString::fromStdString(schema.id);
        entry.title = QString::fromStdString(schema.name);
        entry.detail = QString::fromUtf8(category.data(), static_cast<qsizetype>(category.size()));
        entry.keywords = QString::fromStdString(schema.keywords);
        entry.color = canvasStyle().of(schema.category);
        entry.reason = QString::fromStdString(schema.doc);
        if (needsInput && schema.inputs.maximum == 0) continue;
        if (inflow) {
            const std::vector<Shape> inputs(static_cast<std::size_t>(std::max(1, schema.inputs.minimum)),
                                            *inflow);
            if (const auto shape = schema.inferShape({}, inputs); !shape) {
                entry.fits = false;
                entry.reason = QString::fromStdString(oneLine(shape.error()));
            }
        }
        entries.push_back(std::move(entry));
    }
    return entries;
}

} // namespace burdock
