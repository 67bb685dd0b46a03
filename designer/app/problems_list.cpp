#include "app/problems_list.h"

#include "app/workspace.h"
#include "document/graph_edits.h"
#include "theme/elided_label.h"
#include "theme/plain_text.h"
#include "theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <span>

namespace burdock {
namespace {

constexpr std::ptrdiff_t mostRows = 200; ///< nobody reads more at once, and each is a widget

QString text(const std::string& s) {
    return QString::fromStdString(s);
}

} // namespace

ProblemsList::ProblemsList(Workspace& workspace, QWidget* parent)
    : QWidget(parent)
    , workspace_(workspace)
    , title_(new QLabel(this))
    , calm_(new QLabel(this))
    , list_(new QListWidget(this)) {
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
    list_->setResizeMode(QListView::Adjust); // else rows keep the width of before, if it changes while hidden
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
    calm_->setText(busy ? tr("Reading the data…") : tr("The network fits its data and can be trained."));
    if (built_ && sameProblems(now, shown_)) return;
    built_ = true;
    shown_ = now;
    title_->setText(now.empty() ? tr("No problems") : tr("Problems (%1)").arg(now.size()));
    list_->clear();
    const auto rows = std::min<std::ptrdiff_t>(std::ssize(now), mostRows);
    for (const Diagnostic& d : std::span(now).first(static_cast<std::size_t>(rows)))
        addRow(d);
    if (rows < std::ssize(now)) list_->addItem(tr("and %1 more").arg(std::ssize(now) - rows));
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
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(4, 2, 4, 2);
    layout->setSpacing(6);
    const bool error = problem.severity == Severity::Error;
    auto* icon = new QLabel(row);
    icon->setPixmap(Theme::instance()
                        .icon(error ? QStringLiteral("error") : QStringLiteral("warning"),
                              error ? QStringLiteral("error") : QStringLiteral("warning"))
                        .pixmap(QSize(16, 16), devicePixelRatioF()));
    layout->addWidget(icon);
    auto* where = new ElidedLabel(text(problem.where), row);
    where->setFont(Theme::instance().font(QStringLiteral("strong")));
    where->setMaximumWidth(140);
    auto* what = new ElidedLabel(text(problem.what), row);
    for (QLabel* label : {where, what})
        label->setToolTip(plainTip(tip));
    layout->addWidget(where);
    layout->addWidget(what, 1);
    if (problem.fix) {
        auto* fix = new QPushButton(text(problem.fix->label), row);
        fix->setObjectName(QStringLiteral("fix"));
        fix->setProperty("link", true);
        layout->addWidget(fix);
        connect(
            fix, &QPushButton::clicked, this,
            [this, f = *problem.fix] { applyFix(workspace_.document(), f); },
            Qt::QueuedConnection); // the row goes with the problem
    }
    item->setSizeHint({0, 30});
    list_->setItemWidget(item, row);
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
