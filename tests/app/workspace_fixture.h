#pragma once

#include "app/catalog_fixture.h"
#include "app/workspace.h"
#include "support/await.h"

namespace burdock::test {

/// A workspace on a notebook of its own, for every test anew.
class WorkspaceFixture : protected CatalogFixture {
  protected:
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

    std::unique_ptr<Workspace> workspace_;
};

} // namespace burdock::test
