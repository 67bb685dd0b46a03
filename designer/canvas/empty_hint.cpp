#include "canvas/empty_hint.h"

#include "theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace burdock {

EmptyHint::EmptyHint(QWidget* parent)
    : QWidget(parent) {
    setObjectName(QStringLiteral("emptyHint"));
    auto* title = new QLabel(tr("An empty page"), this);
    title->setFont(Theme::instance().font(QStringLiteral("title")));
    title->setAlignment(Qt::AlignCenter);
    auto* text = new QLabel(tr("Drag a layer here from the palette, double-click anywhere to search for one, "
                               "or open a template. Every network begins with an Input."),
                            this);
    text->setAlignment(Qt::AlignCenter);
    text->setWordWrap(true);
    auto* input = new QPushButton(tr("Add an Input"), this);
    input->setDefault(true);
    auto* search = new QPushButton(tr("Search layers…"), this);
    connect(input, &QPushButton::clicked, this, &EmptyHint::inputWanted);
    connect(search, &QPushButton::clicked, this, &EmptyHint::searchWanted);

    const int space = Theme::instance().space(3);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(space);
    buttons->addStretch();
    buttons->addWidget(input);
    buttons->addWidget(search);
    buttons->addStretch();
    auto* column = new QVBoxLayout(this);
    column->setSpacing(space);
    column->addWidget(title);
    column->addWidget(text);
    column->addLayout(buttons);
}

} // namespace burdock
