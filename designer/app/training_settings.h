#pragma once

#include "engine/train/train_config.h"

#include <QObject>

namespace burdock {

/// What the training form holds: everything a run needs beside the network.
class TrainingSettings : public QObject {
    Q_OBJECT
  public:
    using QObject::QObject;

    const QString& dataset() const { return dataset_; } ///< a catalog id or a file's path
    const TrainConfig& config() const { return config_; }
    const QString& runName() const { return runName_; }

    void setDataset(const QString& idOrPath);
    void setConfig(const TrainConfig& config);
    void setRunName(const QString& name);
    /// One value of TrainConfig::table(); where it names an entry, with those settings of the entry's own.
    void setValue(const QString& key, const burdock::ParamValue& value, const burdock::ParamValues& own = {});

    /// What is kept with a model.
    QByteArray toJson() const;
    /// Takes what can be read. The settings that cannot are the usual ones, never another network's: then it
    /// says so.
    Status fromJson(const QByteArray& json);

  signals:
    void datasetChanged();
    void changed(); ///< anything, the data too

  private:
    QString dataset_ = QStringLiteral("fashion-mnist");
    TrainConfig config_;
    QString runName_;
};

} // namespace burdock
