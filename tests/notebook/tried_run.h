#pragma once

#include "await.h"
#include "notebook/try_panel.h"
#include "open_notebook.h"
#include "session/run_queue.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

namespace burdock::testing {

/// A network trained on one data set, in a notebook of its own.
struct TriedRun {
    QTemporaryDir folder;
    DatasetCatalog catalog;
    std::shared_ptr<storage::Notebook> notebook;
    storage::RunId run;

    TriedRun(std::shared_ptr<const Dataset> data, TrainingRequest request) {
        DatasetEntry entry;
        entry.id = entry.title = data->info().id;
        entry.available = true;
        entry.open = [data](const ParamValues&) -> Result<std::shared_ptr<const Dataset>> { return data; };
        if (!catalog.add(std::move(entry))) qFatal("the data are not taken");
        notebook = openNotebook(folder.filePath(QStringLiteral("n.burdock")));
        RunQueue queue(notebook, catalog);
        QSignalSpy finished(&queue, &RunQueue::finished);
        request.dataset = QString::fromStdString(data->info().id);
        request.config.threads = 1;
        const TrainingRun& trained = queue.enqueue(request);
        if (!finished.wait(test::patience)) qFatal("the run does not end");
        run = trained.runId();
    }
};

} // namespace burdock::testing
