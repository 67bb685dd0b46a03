#pragma once

#include "app/catalog_fixture.h"
#include "app/design_place.h"
#include "app/main_window.h"
#include "app/workspace.h"
#include "canvas/canvas_view.h"
#include "support/await.h"
#include "theme/theme.h"

#include <QApplication>
#include <QPushButton>

#include <functional>

namespace burdock::test {

/// The real window on a notebook of its own, for every test anew.
class WindowFixture : protected CatalogFixture {
  protected:
    void prepare(const QString& program) {
        CatalogFixture::prepare(program);
        Theme::instance().install(*qApp);
    }
    void open() {
        folder_ = std::make_unique<QTemporaryDir>();
        show([](Workspace& workspace) { workspace.settings().setDataset(QStringLiteral("iris")); });
    }
    /// Closes the window and begins again on the same notebook.
    void startAgain() {
        window_.reset();
        show([](Workspace&) {});
    }
    void show(const std::function<void(Workspace&)>& before) {
        auto notebook = storage::Notebook::open(folder_->filePath(QStringLiteral("lab.burdock")));
        QVERIFY(notebook);
        auto workspace = std::make_unique<Workspace>(*notebook, catalog_);
        window_ = std::make_unique<MainWindow>(std::move(workspace));
        workspace_ = &window_->workspace();
        before(*workspace_);
        workspace_->reopen();
        window_->resize(1440, 900);
        window_->show();
        window_->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(window_.get()));
        canvas_ = &window_->designPlace().canvas();
        canvas_->setAnimated(false);
    }
    /// Two problems that a click each mends: a softmax where yes or no is asked, and a loss for classes.
    void openTwoProblems() {
        Graph graph;
        const NodeId input = graph.add(
            "input",
            {{"channels", std::int64_t{30}}, {"height", std::int64_t{1}}, {"width", std::int64_t{1}}});
        const NodeId dense = graph.add("dense", {{"units", std::int64_t{1}}});
        const NodeId softmax = graph.add("softmax");
        QVERIFY(graph.connect(input, dense) && graph.connect(dense, softmax));
        TrainConfig config;
        config.loss = "softmax-cross-entropy";
        workspace_->newModel(graph, QStringLiteral("breast-cancer"), config);
    }
    void close() {
        window_.reset();
        folder_.reset();
    }

    const std::vector<Node>& nodes() const { return workspace_->document().graph().nodes(); }
    QPushButton* trainButton() const {
        return window_->findChild<QPushButton*>(QStringLiteral("trainButton"));
    }

    std::unique_ptr<MainWindow> window_;
    Workspace* workspace_ = nullptr;
    CanvasView* canvas_ = nullptr;
};

} // namespace burdock::test
