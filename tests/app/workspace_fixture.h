#pragma once

#include "app/workspace.h"
#include "plugin_api/plugin_host.h"
#include "plugin_api/registries.h"
#include "support/await.h"

#include <QSettings>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

namespace burdock::test {

/// A workspace on a notebook of its own, for every test anew.
class WorkspaceFixture {
  protected:
    void prepare(const QString& program) {
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName(QStringLiteral("Burdock tests"));
        QCoreApplication::setApplicationName(program);
        QSettings().clear();
        loadPlugins(pluginFolders(), Registries(catalog_));
        QVERIFY(catalog_.find("iris"));
    }
    void begin() {
        folder_ = std::make_unique<QTemporaryDir>();
        open();
        workspace_->reopen();
    }
    void open() {
        auto notebook = storage::Notebook::open(folder_->filePath(QStringLiteral("test.burdock")));
        QVERIFY2(notebook, notebook ? "" : qPrintable(notebook.error().oneLine()));
        workspace_ = std::make_unique<Workspace>(*notebook, catalog_);
    }

    DatasetCatalog catalog_;
    std::unique_ptr<QTemporaryDir> folder_;
    std::unique_ptr<Workspace> workspace_;
};

} // namespace burdock::test
