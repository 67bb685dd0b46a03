#include "notebook/ask_bar.h"

#include "theme/file_question.h"
#include "theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QMimeData>
#include <QProgressBar>
#include <QPushButton>
#include <QUrl>

namespace burdock {

QStringList droppedPaths(const QMimeData& dragged) {
    QStringList paths;
    const QList<QUrl> urls = dragged.urls();
    for (const QUrl& url : urls)
        if (url.isLocalFile()) paths << url.toLocalFile();
    return paths.size() == urls.size() ? paths : QStringList();
}

AskBar::AskBar(QWidget* parent)
    : QWidget(parent)
    , file_(new QPushButton(tr("Ask about a file…")))
    , folder_(new QPushButton(tr("Ask about a folder…")))
    , stop_(new QPushButton(tr("Stop")))
    , hint_(new QLabel(tr("or drop it here")))
    , message_(new QLabel)
    , progress_(new QProgressBar) {
    file_->setObjectName(QStringLiteral("askFile"));
    file_->setToolTip(tr("Have the network answer for a file that is no part of its data"));
    folder_->setObjectName(QStringLiteral("askFolder"));
    folder_->setToolTip(tr("Have the network answer for all files of a folder"));
    stop_->setObjectName(QStringLiteral("stopAsking"));
    hint_->setProperty("role", "soft");
    message_->setWordWrap(true);
    setRole(*message_, "error");
    progress_->setAccessibleName(tr("Samples that were asked about"));
    progress_->setMaximumWidth(160);
    auto* row = new QHBoxLayout;
    row->setContentsMargins(0, 0, 0, 0);
    for (QWidget* part : std::initializer_list<QWidget*>{file_, folder_, hint_, progress_, stop_})
        row->addWidget(part);
    row->addStretch(1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addLayout(row);
    column->addWidget(message_);
    connect(file_, &QPushButton::clicked, this, [this] { choose(false); });
    connect(folder_, &QPushButton::clicked, this, [this] { choose(true); });
    connect(stop_, &QPushButton::clicked, this, &AskBar::stopWanted);
    offerFolders(false);
    setProgress(-1);
    setMessage({});
}

void AskBar::offerFolders(bool may) {
    folder_->setVisible(may);
}

void AskBar::setProgress(double done) {
    const bool busy = done >= 0;
    hint_->setVisible(!busy);
    progress_->setVisible(busy);
    stop_->setVisible(busy);
    progress_->setValue(static_cast<int>(100 * done));
}

void AskBar::setMessage(const QString& why) {
    message_->setText(why);
    message_->setVisible(!why.isEmpty());
}

QString AskBar::message() const {
    return message_->text();
}

void AskBar::choose(bool folder) {
    auto* dialog = fileQuestion(this, folder ? tr("Ask about a folder") : tr("Ask about a file"));
    dialog->setFileMode(folder ? QFileDialog::Directory : QFileDialog::ExistingFiles);
    connect(dialog, &QFileDialog::filesSelected, this, &AskBar::chosen);
    dialog->open();
}

} // namespace burdock
