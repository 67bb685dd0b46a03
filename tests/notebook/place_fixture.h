#pragma once

#include "await.h"
#include "fake_text.h"
#include "kept_runs.h"
#include "notebook/notebook_place.h"
#include "notebook/runs_panel.h"
#include "open_notebook.h"
#include "session/run_queue.h"
#include "theme/theme.h"

#include <QSettings>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

namespace burdock::testing {

/// The Notebook with three runs: one of pictures and one of a text that were trained, and one that was not.
class PlaceFixture {
  protected:
    QTemporaryDir folder_;
    std::shared_ptr<storage::Notebook> notebook_;
    DatasetCatalog catalog_;
    std::unique_ptr<RunQueue> queue_;
    std::unique_ptr<NotebookPlace> place_;
    storage::RunId trained_, second_, writer_;

    /// Once for all tests of a program.
    void begin(const QString& program) {
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setApplicationName(program);
        QSettings().clear();
        Theme::instance().install(*qApp);
        fillWithFakes(catalog_);
        addFakeText(catalog_);
        notebook_ = openNotebook(folder_.filePath(QStringLiteral("n.burdock")));
        queue_ = std::make_unique<RunQueue>(notebook_, catalog_);
        QSignalSpy finished(queue_.get(), &RunQueue::finished);
        TrainingRequest request;
        request.runName = QStringLiteral("Stripes");
        request.graph = fakePerceptron();
        request.dataset = QStringLiteral("fake");
        request.config.epochs = 5;
        request.config.learningRate = 0.05;
        request.config.threads = 1;
        const TrainingRun& run = queue_->enqueue(request);
        QVERIFY(finished.wait(test::patience));
        trained_ = run.runId();
        request.runName = QStringLiteral("Letters");
        request.graph = fakeWriter();
        request.dataset = QStringLiteral("letters");
        request.config.epochs = 20;
        request.config.learningRate = 0.02;
        const TrainingRun& text = queue_->enqueue(request);
        QVERIFY(finished.wait(test::patience));
        writer_ = text.runId();
        second_ = keepRun(*notebook_, QStringLiteral("Kept"), {}, 0.6);
    }
    /// For each of them anew.
    void open() {
        place_ = std::make_unique<NotebookPlace>(notebook_, *queue_, catalog_);
        place_->resize(1300, 860);
        place_->show();
        QVERIFY(QTest::qWaitForWindowExposed(place_.get()));
        AWAIT_VERIFY(table().model()->rowCount() >= 2); // more after the tests that train
    }

    QTableView& table() { return *place_->runs().table(); }
    /// Clicks the run's row, with modifiers.
    void click(storage::RunId run, Qt::KeyboardModifiers keys = {}) {
        for (int row = 0; row < table().model()->rowCount(); ++row) {
            const QModelIndex index = table().model()->index(row, columnOf(QStringLiteral("name")));
            if (index.data(RunsModel::RunIdRole).toLongLong() != run.value) continue;
            QTest::mouseClick(table().viewport(), Qt::LeftButton, keys, table().visualRect(index).center());
            QTest::qWait(10);
            return;
        }
        QFAIL("the run is not in the table");
    }
};

} // namespace burdock::testing
