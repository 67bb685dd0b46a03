#pragma once

#include "engine/data/dataset_catalog.h"
#include "session/worker.h"

#include <QObject>

#include <array>
#include <atomic>
#include <memory>
#include <optional>

namespace burdock {

/// Keeps the chosen data set open, so that checks know its shape and training starts at once. It is read on a
/// thread of its own; of several choices in a row only the last one counts, and it does not wait for one
/// before it that is still being read.
class DatasetLoader : public QObject {
    Q_OBJECT
  public:
    explicit DatasetLoader(const DatasetCatalog& catalog, QObject* parent = nullptr);
    ~DatasetLoader() override; ///< waits until what is being read is broken off

    void load(const QString& idOrPath);
    bool isLoading() const { return loading_; }
    /// What the choice names, as far as that is known: before the data are read, and until resolved() what
    /// the choice before it named. None if it names nothing.
    const std::optional<DatasetRef>& reference() const { return reference_; }
    const std::shared_ptr<const Dataset>& data() const { return data_; } ///< null while loading or refused
    const std::optional<Diagnostic>& problem() const { return problem_; }

  signals:
    void resolved(); ///< there is another reference()
    void changed();

  private:
    struct Reader {
        int open = 0; ///< jobs that have not answered
        Worker worker;
    };
    void take(int request, Result<std::shared_ptr<const Dataset>> result);

    const DatasetCatalog& catalog_;
    int request_ = 0;
    bool loading_ = false;
    QString wantedText_; ///< the choice
    std::optional<DatasetRef> reference_;
    std::shared_ptr<const Dataset> data_;
    std::optional<Diagnostic> problem_;
    std::atomic<int> wanted_{0}; ///< request_, for the worker: what was superseded is not read at all
    /// Two, as a reader may be slow to break off: one ends what nobody wants any more. Last: they end before
    /// what their jobs use.
    std::array<Reader, 2> readers_;
};

} // namespace burdock
