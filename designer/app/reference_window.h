#pragma once

#include <QDialog>

#include <map>

class QTextBrowser;

namespace burdock {

class DatasetCatalog;

/// The reference documentation, made from the registries when it is opened.
class ReferenceWindow : public QDialog {
    Q_OBJECT
  public:
    ReferenceWindow(const DatasetCatalog& catalog, QWidget* parent);

    /// "layers.html#conv2d"; empty: the first page.
    void showPage(const QString& address);
    QTextBrowser& browser() { return *browser_; }

  private:
    QTextBrowser* browser_;
};

} // namespace burdock
