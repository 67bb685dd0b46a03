#pragma once

#include "session/worker.h"
#include "storage/notebook/notebook.h"

#include <QLabel>

namespace burdock {

/// What is damaged in a notebook, or left of runs that another program has deleted; hidden where there is
/// nothing to tell. What is left of runs can be deleted by its link. Looks for it on a thread of its own,
/// since that takes a while in a large notebook.
class DamageBar final : public QLabel {
    Q_OBJECT
  public:
    explicit DamageBar(std::shared_ptr<storage::Notebook> notebook, QWidget* parent = nullptr);

    /// Looks anew if the files are no longer as they were at the last look: what is told can be mended by
    /// another program, and that can leave something behind. A look that failed is repeated.
    void look(const QString& stamp);

  private:
    void tell(const std::optional<storage::StorageError>& damage);
    void askToRemoveOrphans();
    void removeOrphans();

    std::shared_ptr<storage::Notebook> notebook_;
    QString seen_; ///< the files at the last look
    bool looking_ = false;
    Worker worker_; // last: it ends before what its jobs use
};

} // namespace burdock
