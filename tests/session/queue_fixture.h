#pragma once

#include "await.h"
#include "fake_dataset.h"
#include "open_notebook.h"
#include "session/run_queue.h"

#include <QTemporaryDir>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <atomic>
#include <functional>
#include <semaphore>

namespace burdock::testing {

/// As "fake", and a test has a hand in what is read of it while it is trained on.
class Watched final : public FakeDataset {
  public:
    using Watch = std::function<void(std::int64_t reads, float* values)>; ///< on a trainer's thread
    explicit Watched(Watch watch)
        : watch_(std::move(watch)) {}
    void readInput(Part part, std::int64_t index, float* values) const override {
        FakeDataset::readInput(part, index, values);
        watch_(++reads_, values);
    }

  private:
    const Watch watch_;
    mutable std::atomic<std::int64_t> reads_ = 0;
};

/// A notebook of its own for each test, and data that are quickly trained on.
class QueueFixture {
  protected:
    static TrainingRequest request(const char* data = "fake", std::int64_t epochs = 3) {
        TrainingRequest r;
        r.graph = fakePerceptron();
        r.dataset = QString::fromLatin1(data);
        r.config.epochs = epochs;
        r.config.batch = 24;
        r.config.learningRate = 0.02;
        r.config.threads = 1;
        return r;
    }

    void addData() {
        fillWithFakes(catalog_);
        using Opened = Result<std::shared_ptr<const Dataset>>;
        const auto add = [this](const char* id, auto open) {
            DatasetEntry entry;
            entry.id = entry.title = id;
            entry.available = true;
            entry.open = [open](const ParamValues&) { return open(); };
            catalog_.add(std::move(entry));
        };
        add("watched", [this]() -> Opened { return std::make_shared<const Watched>(watch_); });
        // Takes as long to load as the test wants it to.
        add("gated", [this]() -> Opened {
            gate_.acquire();
            return std::make_shared<const FakeDataset>();
        });
    }
    void makeNotebook() {
        folder_ = std::make_unique<QTemporaryDir>();
        notebook_ = openNotebook(folder_->filePath("n.burdock"));
    }

    std::unique_ptr<QTemporaryDir> folder_;
    std::shared_ptr<storage::Notebook> notebook_;
    DatasetCatalog catalog_;
    Watched::Watch watch_;
    std::binary_semaphore gate_{0};
};

} // namespace burdock::testing
