#pragma once

#include "plugin_api/plugin_host.h"
#include "plugin_api/registries.h"

#include <QSettings>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

namespace burdock::test {

/// The shipped data sets, and settings of the tests' own.
class CatalogFixture {
  protected:
    void prepare(const QString& program) {
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName(QStringLiteral("Burdock tests"));
        QCoreApplication::setApplicationName(program);
        QSettings().clear();
        loadPlugins(pluginFolders(), Registries(catalog_));
        QVERIFY(catalog_.find("iris"));
    }

    DatasetCatalog catalog_;
    std::unique_ptr<QTemporaryDir> folder_;
};

} // namespace burdock::test
