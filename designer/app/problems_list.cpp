#include "app/problems_list.h"

#include "app/text.h"
#include "app/workspace.h"
#include "document/graph_edits.h"
#include "theme/elided_label.h"
#include "theme/move_focus.h"
#include "theme/plain_text.h"
#include "theme/row_list.h"
#include "theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QResizeEvent>
#include <QVBoxLayout>

#include <algorithm>
#include <span>
#include <utility>

namespace burdock {
namespace {

constexpr std::ptrdiff_t mostRows = 200; ///< nobody reads more at once, and each is a widget
constexpr int roomForOneLine = 460; ///< of place and problem side by side; else one stands below the other

const QString whatName = QStringLiteral("what");

} // namespace

ProblemsList::ProblemsList(Workspace& workspace, QWidget* parent)
    : QWidget(parent)
    , workspace_(workspace)
    , title_(new QLabel(this))
    , calm_(new QLabel(this))
    , list_(new RowList(this)) {
    setObjectName(QStringLiteral("problems"));
    title_->setFont(Theme::instance().font(QStringLiteral("strong")));
    calm_->setWordWrap(true);
    calm_->setProperty("role", "soft");
    calm_->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    list_->setProperty("flatList", true);
    list_->setObjectName(QStringLiteral("problemsList"));
    list_->setAccessibleName(tr("Problems"));
    list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list_->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 8, 4, 4);
    layout->setSpacing(4);
    layout->addWidget(title_);
    layout->addWidget(calm_, 1);
    layout->addWidget(list_, 1);
    connect(list_, &QListWidget::itemClicked, this,
            [this](QListWidgetItem* item) { activate(list_->row(item)); });
    connect(list_, &QListWidget::itemActivated, this,
            [this](QListWidgetItem* item) { activate(list_->row(item)); });
    connect(&workspace_, &Workspace::problemsChanged, this, &ProblemsList::refresh);
    refresh();
}

void ProblemsList::refresh() {
    const auto now = workspace_.problems();
    const bool busy = workspace_.dataset().isLoading();
    calm_->setText(busy                        ? tr("Reading the data…")
                   : workspace_.onlyComputes() ? tr("The network computes, and has nothing to learn: what it "
                                                    "answers stands below the canvas.")
                                               : tr("The network fits its data and can be trained."));
    if (built_ && sameProblems(now, shown_)) return;
    built_ = true;
    shown_ = now;
    build();
}

void ProblemsList::build() {
    const auto& now = shown_;
    title_->setText(now.empty() ? tr("No problems") : tr("Problems (%1)").arg(now.size()));
    const int current = list_->currentRow();
    const bool hadFocus = moveFocus(*this, *list_);
    list_->clear();
    const auto rows = std::min<std::ptrdiff_t>(std::ssize(now), mostRows);
    for (const Diagnostic& d : std::span(now).first(static_cast<std::size_t>(rows)))
        addRow(d);
    if (rows < std::ssize(now)) list_->addItem(tr("and %1 more").arg(std::ssize(now) - rows));
    if (hadFocus) list_->setCurrentRow(std::min(current, list_->count() - 1));
    if (hadFocus && now.empty()) emit focusGivenUp();
    calm_->setVisible(now.empty());
    list_->setVisible(!now.empty());
}

void ProblemsList::addRow(const Diagnostic& problem) {
    auto* item = new QListWidgetItem(list_);
    QString tip = text(problem.what);
    for (const std::string& more : {problem.why, problem.mend})
        if (!more.empty()) tip += u' ' + text(more);
    item->setToolTip(plainTip(tip));
    item->setData(Qt::AccessibleTextRole, text(problem.where) + QStringLiteral(": ") + tip);

    auto* row = new QWidget(list_);
    row->setAttribute(Qt::WA_TransparentForMouseEvents, !problem.fix);
    auto* column = new QVBoxLayout(row);
    column->setContentsMargins(4, 2, 4, 2);
    column->setSpacing(0);
    auto* layout = new QHBoxLayout;
    layout->setSpacing(6);
    column->addLayout(layout);
    const bool error = problem.severity == Severity::Error;
    auto* icon = new QLabel(row);
    icon->setPixmap(Theme::instance()
                        .icon(error ? QStringLiteral("error") : QStringLiteral("warning"),
                              error ? QStringLiteral("error") : QStringLiteral("warning"))
                        .pixmap(QSize(16, 16), devicePixelRatioF()));
    layout->addWidget(icon);
    auto* where = new ElidedLabel(text(problem.where), row);
    where->setFont(Theme::instance().font(QStringLiteral("strong")));
    auto* what = new QLabel(row);
    what->setTextFormat(Qt::PlainText);
    what->setText(text(problem.what));
    what->setWordWrap(true);
    what->installEventFilter(this);
    if (narrow_) {
        what->setContentsMargins(22, 0, 0, 0);
        column->addWidget(what);
        layout->addWidget(where, 1);
    } else {
        where->setMaximumWidth(140);
        layout->addWidget(where);
        layout->addWidget(what, 1);
    }
    for (QLabel* label : {static_cast<QLabel*>(where), what})
        label->setToolTip(plainTip(tip));
    if (problem.fix) {
        auto* fix = new QPushButton(text(problem.fix->label), row);
        fix->setObjectName(QStringLiteral("fix"));
        fix->setProperty("link", true);
        fix->setFocusPolicy(Qt::TabFocus); // a click ends the row
        layout->addWidget(fix);
        connect(
            fix, &QPushButton::clicked, this,
            [this, f = *problem.fix] {
                if (applyFix(workspace_.document(), f)) emit mended();
            },
            Qt::QueuedConnection); // the row goes with the problem
    }
    what->setObjectName(whatName);
    list_->setItemWidget(item, row);
    fit(*item);
}

void ProblemsList::fit(QListWidgetItem& item) {
    constexpr int oneLine = 30, padding = 8; // above and below an item together
    const QWidget* row = list_->itemWidget(&item);
    const int words = row ? padding + row->layout()->heightForWidth(row->width()) : 0;
    item.setSizeHint({0, std::max(oneLine, words)});
}

void ProblemsList::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    const bool narrow = width() < roomForOneLine;
    if (std::exchange(narrow_, narrow) == narrow) return;
    QMetaObject::invokeMethod(this, &ProblemsList::build, Qt::QueuedConnection); // once the list has its size
}

/// A row's words are given another width with the list, and when its scroll bar comes or goes.
bool ProblemsList::eventFilter(QObject* watched, QEvent* event) {
    const auto resized = [&] {
        const auto* to = static_cast<const QResizeEvent*>(event);
        return to->oldSize().width() != to->size().width();
    };
    if (event->type() == QEvent::Resize && resized() && !std::exchange(fitting_, true)) {
        const auto follow = [this] { // the list lays out its rows just now
            fitting_ = false;
            for (int i = 0; i < list_->count(); ++i)
                fit(*list_->item(i));
        };
        QMetaObject::invokeMethod(this, follow, Qt::QueuedConnection);
    }
    return QWidget::eventFilter(watched, event);
}

void ProblemsList::activate(int row) {
    if (row < 0 || row >= static_cast<int>(shown_.size())) return;
    const Diagnostic& problem = shown_[static_cast<size_t>(row)];
    if (problem.node)
        emit nodeWanted(problem.node);
    else if (!problem.param.empty())
        emit fieldWanted(text(problem.param));
}

} // namespace burdock
