#include "app/reference_window.h"

#include "reference/reference.h"
#include "theme/theme.h"

#include <QAction>
#include <QHBoxLayout>
#include <QTextBrowser>
#include <QToolButton>
#include <QVBoxLayout>

namespace burdock {
namespace {

/// Shows pages that are nowhere but in memory.
class Pages final : public QTextBrowser {
  public:
    Pages(const DatasetCatalog& catalog, QWidget* parent)
        : QTextBrowser(parent) {
        // Files have the font that a browser likes, the window has its own.
        const QString font = QStringLiteral("font-family: '%1'").arg(Theme::instance().font().family());
        for (const ReferencePage& page : referencePages(catalog))
            pages_[QString::fromStdString(page.file)] =
                QString::fromStdString(page.html).replace(QStringLiteral("font-family: sans-serif"), font);
        setOpenExternalLinks(false);
    }
    QVariant loadResource(int type, const QUrl& name) override {
        if (type != QTextDocument::HtmlResource) return {};
        const auto page = pages_.find(name.path());
        return page == pages_.end() ? QVariant() : QVariant(page->second);
    }

  private:
    std::map<QString, QString> pages_;
};

} // namespace

ReferenceWindow::ReferenceWindow(const DatasetCatalog& catalog, QWidget* parent)
    : QDialog(parent)
    , browser_(new Pages(catalog, this)) {
    setWindowTitle(tr("Reference"));
    setModal(false);
    resize(860, 680);
    browser_->setAccessibleName(tr("Reference"));
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(8, 6, 8, 6);
    const auto button = [&](const QString& icon, const QString& text, const QKeySequence& keys) {
        auto* made = new QToolButton(this);
        auto* action = new QAction(Theme::instance().icon(icon), text, this);
        action->setShortcut(keys);
        made->setDefaultAction(action);
        made->setAccessibleName(text);
        made->setToolTip(QStringLiteral("%1 (%2)").arg(text, keys.toString(QKeySequence::NativeText)));
        made->setAutoRaise(true);
        bar->addWidget(made);
        return action;
    };
    QAction* back = button(QStringLiteral("chevron-left"), tr("Back"), Qt::ALT | Qt::Key_Left);
    QAction* forward = button(QStringLiteral("chevron-right"), tr("Forward"), Qt::ALT | Qt::Key_Right);
    QAction* contents = button(QStringLiteral("notebook"), tr("Contents"), Qt::ALT | Qt::Key_Home);
    bar->addStretch(1);
    back->setEnabled(false);
    forward->setEnabled(false);
    connect(browser_, &QTextBrowser::backwardAvailable, back, &QAction::setEnabled);
    connect(browser_, &QTextBrowser::forwardAvailable, forward, &QAction::setEnabled);
    connect(back, &QAction::triggered, browser_, &QTextBrowser::backward);
    connect(forward, &QAction::triggered, browser_, &QTextBrowser::forward);
    connect(contents, &QAction::triggered, this, [this] { showPage({}); });
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(bar);
    layout->addWidget(browser_);
}

void ReferenceWindow::showPage(const QString& address) {
    browser_->setSource(QUrl(address.isEmpty() ? QStringLiteral("index.html") : address));
    show();
    raise();
    activateWindow();
    browser_->setFocus();
}

} // namespace burdock
