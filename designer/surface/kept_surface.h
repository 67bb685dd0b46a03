#pragma once

#include "surface/surface_box.h"

class QComboBox;
class QLabel;
class QStackedLayout;

namespace burdock {

/// The surface of a run that the notebook keeps, of its best or of its last weights. The data set and the
/// weights are loaded when it is seen.
class KeptSurface : public QWidget {
    Q_OBJECT
  public:
    KeptSurface(std::shared_ptr<storage::Notebook> notebook, const DatasetCatalog& catalog,
                QWidget* parent = nullptr);
    /// Whether the run's network may have a surface, as far as the network alone can tell.
    static bool mayBeOf(const storage::RunStart& start);

    void setRun(storage::RunId run);
    SurfaceBox& box() const { return *box_; }
    QComboBox* weightsField() const { return weights_; }
    QString message() const; ///< why there is no surface; empty where there is one

  protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

  private:
    void make();
    void say(const QString& text);

    SurfaceMaker maker_;
    storage::RunId run_;
    QStackedLayout* stack_;
    SurfaceBox* box_;
    QComboBox* weights_;
    QLabel* message_;
};

} // namespace burdock
