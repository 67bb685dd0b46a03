#include "app/command_palette.h"

#include "theme/theme.h"

#include <QApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>

namespace burdock {

int commandMatch(const QString& title, const QString& query) {
    const QString text = title.toLower();
    int total = 1;
    for (const QString& word : query.toLower().split(u' ', Qt::SkipEmptyParts)) {
        if (text.startsWith(word)) {
            total += 100;
        } else if (text.contains(u' ' + word)) {
            total += 60;
        } else if (text.contains(word)) {
            total += 20;
        } else {
            qsizetype at = 0;
            for (const QChar c : text)
                if (at < word.size() && word[at] == c) ++at;
            if (at < word.size() || word.size() < 3) return 0;
            total += 2;
        }
    }
    return total;
}

namespace {

/// Whether each word that was typed begins one of the text.
bool hasWords(const QString& text, const QString& query) {
    const QStringList typed = query.split(u' ', Qt::SkipEmptyParts);
    return !typed.isEmpty() && std::ranges::all_of(typed, [&text](const QString& word) {
        const QString begun = u' ' + word;
        return text.startsWith(word, Qt::CaseInsensitive) || text.contains(begun, Qt::CaseInsensitive);
    });
}

} // namespace

CommandPalette::CommandPalette(QWidget* window)
    : QFrame(window)
    , search_(new QLineEdit(this))
    , list_(new QListWidget(this))
    , none_(new QLabel(tr("No command is called that. Try another word for it, or F1 for the reference."),
                       this)) {
    setObjectName(QStringLiteral("commandPalette"));
    setProperty("card", true);
    setAccessibleName(tr("Commands"));
    search_->setPlaceholderText(tr("What do you want to do?"));
    search_->setAccessibleName(tr("Search commands"));
    search_->setFont(Theme::instance().font(QStringLiteral("title")));
    search_->setMinimumHeight(34);
    search_->installEventFilter(this);
    list_->setProperty("flatList", true);
    list_->setUniformItemSizes(true);
    list_->setFocusPolicy(Qt::NoFocus);
    list_->setAccessibleName(tr("Commands"));
    list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    none_->setObjectName(QStringLiteral("noCommand"));
    none_->setProperty("role", "soft");
    none_->setContentsMargins(8, 0, 8, 0);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(10, 10, 10, 10);
    layout->setSpacing(8);
    layout->addWidget(search_);
    layout->addWidget(list_, 1);
    layout->addWidget(none_);
    layout->addStretch();
    connect(search_, &QLineEdit::textChanged, this, &CommandPalette::filter);
    connect(list_, &QListWidget::itemClicked, this, &CommandPalette::choose);
    hide();
}

void CommandPalette::open(std::vector<Command> commands) {
    commands_ = std::move(commands);
    const QSize room = parentWidget()->size();
    const int width = std::min(600, room.width() - 40);
    setGeometry((room.width() - width) / 2, 64, width, std::min(440, room.height() - 100));
    if (!isVisible()) before_ = QApplication::focusWidget();
    raise();
    show();
    search_->clear();
    filter({});
    search_->setFocus();
}

void CommandPalette::filter(const QString& query) {
    std::vector<std::pair<int, std::size_t>> found;
    for (std::size_t i = 0; i < commands_.size(); ++i) {
        const Command& command = commands_[i];
        int match = commandMatch(command.group + u' ' + command.title, query);
        if (match > 0 && commandMatch(command.title, query) > 0) match += 50;
        if (match == 0 && hasWords(command.title + u' ' + command.keywords, query)) match = 1;
        if (match > 0) found.emplace_back(match, i);
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    list_->clear();
    for (const auto& [match, index] : found) {
        const Command& command = commands_[index];
        auto* item = new QListWidgetItem(list_);
        item->setData(Qt::UserRole, static_cast<int>(index));
        item->setData(Qt::AccessibleTextRole, command.title);
        item->setSizeHint({0, 32});
        if (!command.enabled) item->setFlags(Qt::NoItemFlags);
        auto* row = new QWidget(list_);
        row->setAttribute(Qt::WA_TransparentForMouseEvents);
        auto* layout = new QHBoxLayout(row);
        layout->setContentsMargins(8, 0, 8, 0);
        auto* group = new QLabel(command.group, row);
        group->setProperty("role", "soft");
        group->setFixedWidth(84);
        auto* title = new QLabel(command.title, row);
        auto* keys = new QLabel(command.shortcut, row);
        keys->setProperty("role", "soft");
        for (QLabel* label : {group, title, keys})
            label->setEnabled(command.enabled);
        layout->addWidget(group);
        layout->addWidget(title, 1);
        layout->addWidget(keys);
        list_->setItemWidget(item, row);
    }
    list_->setVisible(list_->count() > 0);
    none_->setVisible(list_->count() == 0);
    // As high as what was found, within the window.
    const int rows = 64 + std::max(1, list_->count()) * 32;
    resize(width(), std::min({rows, 440, parentWidget()->height() - 100}));
    for (int i = 0; i < list_->count(); ++i)
        if (list_->item(i)->flags() & Qt::ItemIsEnabled) {
            list_->setCurrentRow(i);
            break;
        }
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event) {
    if (watched == search_ && event->type() == QEvent::FocusOut) {
        hide();
    } else if (watched == search_ && event->type() == QEvent::KeyPress) {
        switch (static_cast<QKeyEvent*>(event)->key()) {
        case Qt::Key_Escape:
            dismiss();
            return true;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            choose();
            return true;
        case Qt::Key_Up:
        case Qt::Key_Down:
        case Qt::Key_PageUp:
        case Qt::Key_PageDown: {
            QKeyEvent passed(event->type(), static_cast<QKeyEvent*>(event)->key(), Qt::NoModifier);
            QCoreApplication::sendEvent(list_, &passed);
            return true;
        }
        default:
            break;
        }
    }
    return QFrame::eventFilter(watched, event);
}

void CommandPalette::dismiss() {
    // Before hiding, which would hand the focus to whatever comes next in the window.
    if (before_)
        before_->setFocus();
    else
        parentWidget()->setFocus();
    hide();
}

void CommandPalette::choose() {
    const QListWidgetItem* item = list_->currentItem();
    if (!item || !(item->flags() & Qt::ItemIsEnabled)) return;
    const Command command = commands_[static_cast<std::size_t>(item->data(Qt::UserRole).toInt())];
    dismiss();
    // After the focus is back where it was before: commands may act on it.
    QTimer::singleShot(0, parentWidget(), command.run);
}

} // namespace burdock
