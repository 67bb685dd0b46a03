#include "inspector/problem_card.h"

#include "theme/theme.h"

#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

namespace burdock {

ProblemCard::ProblemCard(const Diagnostic& problem, QWidget* parent)
    : QFrame(parent)
    , isError_(problem.severity == Severity::Error) {
    const auto text = [](const std::string& s) { return QString::fromStdString(s); };
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(14, 8, 10, 8);
    layout->setSpacing(4);
    auto* what = new QLabel(text(headline(problem)), this);
    what->setFont(Theme::instance().font(QStringLiteral("strong")));
    what->setProperty("role", isError_ ? "error" : "warning");
    what->setWordWrap(true);
    layout->addWidget(what);
    QString rest = text(problem.why);
    if (!problem.mend.empty())
        rest += (rest.isEmpty() ? QString() : QStringLiteral(" ")) + text(problem.mend);
    if (!rest.isEmpty()) {
        auto* mend = new QLabel(rest, this);
        mend->setWordWrap(true);
        layout->addWidget(mend);
    }
    if (problem.fix) {
        auto* fix = new QPushButton(text(problem.fix->label), this);
        fix->setObjectName(QStringLiteral("fix"));
        // A click ends the card: the focus must not go on from here to whatever comes next.
        fix->setFocusPolicy(Qt::TabFocus);
        fix->setIcon(Theme::instance().icon(QStringLiteral("fix"), QStringLiteral("accent")));
        layout->addWidget(fix, 0, Qt::AlignLeft);
        connect(fix, &QPushButton::clicked, this, [this, f = *problem.fix] { emit fixRequested(f); });
    }
}

void ProblemCard::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.color(isError_ ? QStringLiteral("error.soft") : QStringLiteral("warning.soft")));
    painter.drawRoundedRect(rect(), theme.radius(), theme.radius());
    painter.setBrush(theme.color(isError_ ? QStringLiteral("error") : QStringLiteral("warning")));
    painter.drawRoundedRect(QRectF(4, 6, 3, height() - 12), 1.5, 1.5);
}

} // namespace burdock
