#pragma once

#include "theme/theme.h"

#include <QLabel>

namespace burdock {

/// The heading of a part of a form or page, with some air above it.
inline QLabel* sectionTitle(const QString& title, QWidget* parent) {
    auto* label = new QLabel(title, parent);
    label->setFont(Theme::instance().font(QStringLiteral("strong")));
    label->setContentsMargins(0, Theme::instance().space(2), 0, 0);
    return label;
}

} // namespace burdock
