#include "app/reference_window.h"

#include "reference/reference.h"

#include <QTextBrowser>
#include <QVBoxLayout>

namespace burdock {
namespace {

/// Shows pages that are nowhere but in memory.
class Pages final : public QTextBrowser {
  public:
    Pages(const DatasetCatalog& catalog, QWidget* parent)
        : QTextBrowser(parent) {
        for (const ReferencePage& page : referencePages(catalog))
            pages_[QString::fromStdString(page.file)] = QString::fromStdString(page.html);
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
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
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
