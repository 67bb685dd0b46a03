#include "start/recent_list.h"

#include "theme/plain_text.h"
#include "theme/theme.h"

#include <QDir>
#include <QFileInfo>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace burdock {
namespace {

constexpr qsizetype most = 5;

/// Where a notebook lies, as its user would say it.
QString folderOf(const QString& path) {
    const QString folder = QFileInfo(path).absolutePath(), home = QDir::homePath();
    return folder == home || folder.startsWith(home + u'/') ? u'~' + folder.mid(home.size()) : folder;
}

} // namespace

RecentList::RecentList(QWidget* parent)
    : QWidget(parent)
    , rows_(new QVBoxLayout(this)) {
    setObjectName(QStringLiteral("recentNotebooks"));
    setAccessibleName(tr("Recent notebooks"));
    rows_->setContentsMargins(0, 0, 0, 0);
    rows_->setSpacing(2);
}

void RecentList::setPaths(const QStringList& paths, const QString& open) {
    paths_ = paths.mid(0, most);
    open_ = QFileInfo(open).absoluteFilePath();
    fill();
}

void RecentList::setIdle(bool idle) {
    if (std::exchange(idle_, idle) != idle) fill();
}

void RecentList::fill() {
    while (QLayoutItem* item = rows_->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    auto* title = new QLabel(tr("Recent notebooks"), this);
    title->setFont(Theme::instance().font(QStringLiteral("strong")));
    rows_->addWidget(title);
    for (const QString& path : std::as_const(paths_)) {
        const bool open = QFileInfo(path).absoluteFilePath() == open_;
        const QString name = QFileInfo(path).completeBaseName();
        auto* row = new QPushButton(this);
        row->setObjectName(QStringLiteral("recent"));
        row->setProperty("link", true);
        row->setIcon(Theme::instance().icon(open ? QStringLiteral("check") : QStringLiteral("notebook"),
                                            QStringLiteral("accent")));
        const QString where = open ? tr("open now") : folderOf(path);
        const QString words = QStringLiteral("%1  ·  %2").arg(name, where);
        row->setText(plainEntry(row->fontMetrics().elidedText(words, Qt::ElideMiddle, 240)));
        row->setAccessibleName(open ? tr("%1, open now").arg(name) : tr("Open %1").arg(path));
        row->setToolTip(plainTip(!open && !idle_ ? tr("%1: when the run has ended").arg(path) : path));
        row->setEnabled(!open && idle_);
        connect(row, &QPushButton::clicked, this, [this, path] { emit notebookWanted(path); });
        rows_->addWidget(row);
    }
    if (paths_.isEmpty()) {
        auto* none = new QLabel(tr("The notebooks that you open are listed here."), this);
        none->setProperty("role", "soft");
        none->setWordWrap(true);
        rows_->addWidget(none);
    }
    rows_->addStretch();
}

} // namespace burdock
