#include "app/shortcuts_dialog.h"

#include "theme/theme.h"

#include <QAction>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QScrollArea>

#include <algorithm>

namespace burdock {
namespace {

QWidget* groupWidget(const ShortcutsDialog::Group& group, QWidget* parent) {
    auto* widget = new QWidget(parent);
    auto* grid = new QGridLayout(widget);
    grid->setContentsMargins(0, 0, 0, 12);
    grid->setVerticalSpacing(5);
    grid->setHorizontalSpacing(18);
    grid->setColumnStretch(0, 1);
    auto* title = new QLabel(group.title, widget);
    title->setFont(Theme::instance().font(QStringLiteral("strong")));
    grid->addWidget(title, 0, 0, 1, 2);
    int row = 0;
    for (const auto& [what, keys] : group.rows) {
        auto* label = new QLabel(what, widget);
        auto* key = new QLabel(keys, widget);
        key->setProperty("role", "soft");
        key->setAlignment(Qt::AlignRight);
        grid->addWidget(label, ++row, 0);
        grid->addWidget(key, row, 1);
    }
    return widget;
}

} // namespace

ShortcutsDialog::ShortcutsDialog(const QList<Group>& groups, QWidget* parent)
    : QDialog(parent) {
    setWindowTitle(tr("Keys and mouse"));
    auto* page = new QWidget(this);
    auto* columns = new QHBoxLayout(page);
    columns->setContentsMargins(20, 16, 20, 8);
    columns->setSpacing(32);
    qsizetype total = 0, used = 0;
    for (const Group& group : groups)
        total += group.rows.size() + 2;
    QVBoxLayout* left = new QVBoxLayout;
    QVBoxLayout* right = new QVBoxLayout;
    columns->addLayout(left, 1);
    columns->addLayout(right, 1);
    for (const Group& group : groups) {
        (used * 2 < total ? left : right)->addWidget(groupWidget(group, page));
        used += group.rows.size() + 2;
    }
    left->addStretch();
    right->addStretch();
    auto* area = new QScrollArea(this);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->viewport()->setAutoFillBackground(false);
    area->setWidget(page);
    page->setAutoFillBackground(false);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(area);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setMinimumWidth(page->minimumSizeHint().width() + 20);
    resize(std::max(820, area->minimumWidth()), 620);
}

ShortcutsDialog::Group ShortcutsDialog::groupOf(const QString& title, const QList<QAction*>& actions) {
    Group group{title, {}};
    for (const QAction* action : actions) {
        if (!action) continue;
        QStringList keys;
        for (const QKeySequence& key : action->shortcuts())
            if (!key.isEmpty()) keys << key.toString(QKeySequence::NativeText);
        if (keys.isEmpty()) continue;
        const QString brief = action->property("brief").toString();
        const QString name = brief.isEmpty() ? action->text() : brief;
        group.rows.append({QString(name).remove(u'&').remove(QStringLiteral("…")), keys.join(tr(" or "))});
    }
    return group;
}

ShortcutsDialog::Group ShortcutsDialog::mouseGroup() {
    return {tr("On the canvas"),
            {{tr("Add a layer at the pointer"), tr("Double-click or Space")},
             {tr("Move over the paper"), tr("Middle-drag or Space-drag")},
             {tr("Zoom at the pointer"), tr("Wheel")},
             {tr("Select several"), tr("Drag a frame; Shift-click")},
             {tr("Connect"), tr("Drag from port to port")},
             {tr("Offer what fits"), tr("Drag from a port to empty space")},
             {tr("Insert into an edge"), tr("Drop a layer on it")},
             {tr("Walk along edges"), tr("Arrows and Tab")},
             {tr("Edit the settings"), tr("Enter")},
             {tr("In the truth table: next layer, one back, from the start, play"), tr("→, ←, Home, P")},
             {tr("What the layer or the setting does; elsewhere, the reference"), tr("F1")}}};
}

} // namespace burdock
