#include "start/start_page.h"

#include "session/expected_time.h"
#include "start/gallery.h"
#include "start/recent_list.h"
#include "start/template_card.h"
#include "theme/theme.h"

#include <QDragEnterEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QUrl>
#include <QVBoxLayout>

namespace burdock {
namespace {

constexpr int widest = 1240, recentWidth = 270, stepWidth = 284;

QLabel* softLine(const QString& text, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    label->setProperty("role", "soft");
    label->setWordWrap(true);
    return label;
}

/// A first step: its button above what it does.
QVBoxLayout* firstStep(QPushButton* button, QWidget* below) {
    button->setMinimumHeight(46);
    button->setFixedWidth(stepWidth);
    button->setIconSize(QSize(18, 18));
    below->setFixedWidth(stepWidth);
    auto* column = new QVBoxLayout;
    column->setSpacing(6);
    column->addWidget(button);
    column->addWidget(below);
    column->addStretch();
    return column;
}

/// The one file or folder that is dragged; empty: there is none, or several.
QString draggedPath(const QMimeData& mime) {
    const QList<QUrl> urls = mime.urls();
    return urls.size() == 1 && urls.front().isLocalFile() ? urls.front().toLocalFile() : QString();
}

} // namespace

StartPage::StartPage(std::shared_ptr<storage::Notebook> notebook, const DatasetCatalog& catalog,
                     QWidget* parent)
    : QWidget(parent)
    , catalog_(catalog)
    , times_(new TrainingTimes(std::move(notebook), catalog, this))
    , gallery_(new Gallery(catalog, *times_, this))
    , recent_(new RecentList(this))
    , area_(new QScrollArea(this))
    , train_(new QPushButton(tr("Train the lecture's CNN"), this))
    , firstResult_(softLine({}, this))
    , search_(new QLineEdit(this))
    , dropHint_(new QLabel(tr("Drop it to train on it"), this)) {
    setObjectName(QStringLiteral("startPage"));
    setAcceptDrops(true);
    setFocusPolicy(Qt::StrongFocus);

    auto* column = new QWidget(this);
    column->setMaximumWidth(widest);
    auto* rows = new QVBoxLayout(column);
    rows->setContentsMargins(24, 20, 24, 24);
    rows->setSpacing(18);
    rows->addWidget(makeHeader());
    rows->addWidget(makeSearch());
    rows->addWidget(gallery_);
    rows->addStretch();
    auto* content = new QWidget(this);
    auto* middle = new QHBoxLayout(content);
    middle->setContentsMargins(0, 0, 0, 0);
    middle->addStretch();
    middle->addWidget(column, 1000);
    middle->addStretch();
    area_->setObjectName(QStringLiteral("startScroll"));
    area_->setWidgetResizable(true);
    area_->setFrameShape(QFrame::NoFrame);
    area_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area_->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn); // rows would jump as a search empties them
    area_->setFocusPolicy(Qt::NoFocus);
    area_->setWidget(content);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(area_);

    dropHint_->setObjectName(QStringLiteral("dropHint"));
    dropHint_->setAlignment(Qt::AlignCenter);
    dropHint_->setFont(Theme::instance().font(QStringLiteral("display")));
    dropHint_->setAttribute(Qt::WA_TransparentForMouseEvents);
    dropHint_->hide();

    connect(gallery_, &Gallery::openWanted, this, &StartPage::openWanted);
    connect(gallery_, &Gallery::trainWanted, this, &StartPage::train);
    connect(gallery_, &Gallery::currentChanged, this,
            [this](QWidget* card) { area_->ensureWidgetVisible(card, 0, 40); });
    connect(gallery_, &Gallery::leftAtTop, this, [this] {
        search_->setFocus();
        area_->verticalScrollBar()->setValue(0);
    });
    connect(gallery_, &Gallery::searchCleared, this, [this] {
        search_->clear();
        search_->setFocus();
    });
    connect(times_, &TrainingTimes::changed, this, &StartPage::showFirst);
    showFirst();
}

QWidget* StartPage::makeHeader() {
    auto* header = new QWidget(this);
    header->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    auto* title = new QLabel(tr("What would you like to train?"), header);
    title->setFont(Theme::instance().font(QStringLiteral("display")));
    train_->setObjectName(QStringLiteral("trainFirst"));
    train_->setProperty("primary", true);
    train_->setIcon(Theme::instance().icon(QStringLiteral("play"), QStringLiteral("on.accent")));
    connect(train_, &QPushButton::clicked, this, [this] { train(first); });

    auto* bring = new QPushButton(tr("Bring your data…"), header);
    bring->setObjectName(QStringLiteral("bringData"));
    bring->setIcon(Theme::instance().icon(QStringLiteral("folder")));
    connect(bring, &QPushButton::clicked, this, &StartPage::fileWanted);
    auto* below = new QWidget(header);
    auto* lines = new QVBoxLayout(below);
    lines->setContentsMargins(0, 0, 0, 0);
    lines->setSpacing(2);
    lines->addWidget(softLine(tr("A table (CSV, Excel), pictures, recordings, a text or arrays. Or drop a "
                                 "file or folder anywhere on this page."),
                              below));
    auto* folder = new QPushButton(tr("Choose a folder…"), below);
    folder->setObjectName(QStringLiteral("bringFolder"));
    folder->setProperty("link", true);
    folder->setAccessibleName(tr("Bring your data: choose a folder"));
    connect(folder, &QPushButton::clicked, this, &StartPage::folderWanted);
    lines->addWidget(folder, 0, Qt::AlignLeft);

    auto* steps = new QHBoxLayout;
    steps->setSpacing(16);
    steps->addLayout(firstStep(train_, firstResult_));
    steps->addLayout(firstStep(bring, below));
    steps->addStretch();
    auto* left = new QVBoxLayout;
    left->setSpacing(14);
    left->addWidget(title);
    left->addLayout(steps);
    left->addStretch();
    recent_->setFixedWidth(recentWidth);
    auto* columns = new QHBoxLayout(header);
    columns->setContentsMargins(0, 0, 0, 0);
    columns->setSpacing(24);
    columns->addLayout(left, 1);
    columns->addWidget(recent_);
    return header;
}

QWidget* StartPage::makeSearch() {
    auto* row = new QWidget(this);
    auto* title = new QLabel(tr("Or begin with a template"), row);
    title->setFont(Theme::instance().font(QStringLiteral("title")));
    search_->setObjectName(QStringLiteral("templateSearch"));
    search_->setPlaceholderText(tr("Search names and layers"));
    search_->setAccessibleName(tr("Search the templates"));
    search_->setClearButtonEnabled(true);
    search_->addAction(Theme::instance().icon(QStringLiteral("search"), QStringLiteral("ink.soft")),
                       QLineEdit::LeadingPosition);
    search_->setFixedWidth(recentWidth);
    search_->setAcceptDrops(false); // it would take a file's path as what is searched for
    search_->installEventFilter(this);
    connect(search_, &QLineEdit::textChanged, gallery_, &Gallery::setSearch);
    auto* columns = new QHBoxLayout(row);
    columns->setContentsMargins(0, 0, 0, 0);
    columns->addWidget(title);
    columns->addStretch();
    columns->addWidget(search_);
    return row;
}

void StartPage::train(const std::string& templateId) {
    emit trainWanted(templateId, firstData(*findTemplate(templateId), catalog_, *times_));
}

void StartPage::showFirst() {
    const ModelTemplate* model = findTemplate(first);
    const std::string chosen = firstData(*model, catalog_, *times_);
    const DatasetEntry* entry = catalog_.find(chosen);
    train_->setEnabled(entry != nullptr);
    const QString data = entry ? QString::fromStdString(entry->title) : QString();
    const auto time = times_->of(first);
    if (!entry)
        firstResult_->setText(tr("Its data are not here: install Burdock anew."));
    else if (time && chosen == model->dataset)
        firstResult_->setText(tr("On %1. Its curves move at once; the first result comes after about %2.")
                                  .arg(data, roughDuration(time->seconds)));
    else
        firstResult_->setText(tr("On %1. Its curves move at once.").arg(data));
    train_->setAccessibleDescription(firstResult_->text());
}

void StartPage::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    times_->begin();
}

/// Not the first button: a key that was meant for something else would begin a run.
void StartPage::focusInEvent(QFocusEvent*) {
    search_->setFocus(Qt::OtherFocusReason);
}

void StartPage::resizeEvent(QResizeEvent*) {
    dropHint_->setGeometry(rect().adjusted(16, 16, -16, -16));
}

void StartPage::dragEnterEvent(QDragEnterEvent* event) {
    if (draggedPath(*event->mimeData()).isEmpty()) return;
    event->acceptProposedAction();
    dropHint_->show();
    dropHint_->raise();
}

void StartPage::dragLeaveEvent(QDragLeaveEvent*) {
    dropHint_->hide();
}

void StartPage::dropEvent(QDropEvent* event) {
    dropHint_->hide();
    const QString path = draggedPath(*event->mimeData());
    if (path.isEmpty()) return;
    event->acceptProposedAction();
    emit dropped(path);
}

/// From the search down to what it has found.
bool StartPage::eventFilter(QObject* watched, QEvent* event) {
    if (watched != search_ || event->type() != QEvent::KeyPress) return QWidget::eventFilter(watched, event);
    switch (static_cast<QKeyEvent*>(event)->key()) {
    case Qt::Key_Down:
        gallery_->enter();
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter: // of a single answer, there is nothing else to mean
        if (const auto found = gallery_->shown(); found.size() == 1)
            found.front()->click();
        else
            gallery_->enter();
        return true;
    case Qt::Key_Escape:
        search_->clear();
        return true;
    default:
        return false;
    }
}

} // namespace burdock
