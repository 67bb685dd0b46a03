#pragma once

#include "../support/full_disk.h"
#include "../support/packed.h"
#include "storage/notebook/checkpoint_reader.h"
#include "storage/notebook/notebook.h"
#include "storage/notebook/run_writer.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <array>

// Fails the test with the error's own words.
#define REQUIRE_OK(outcome)                                                                                  \
    do {                                                                                                     \
        const auto& checked_ = (outcome);                                                                    \
        QVERIFY2(checked_.has_value(), qPrintable(checked_ ? QString() : checked_.error().oneLine()));       \
    } while (false)

inline burdock::storage::RunStart sampleStart(const QString& name = QStringLiteral("first")) {
    burdock::storage::RunStart start;
    start.name = name;
    start.modelName = QStringLiteral("CNN");
    start.graphJson = "{\"nodes\":[1,2,3]}";
    start.configJson = "{\"lr\":0.1}";
    start.datasetId = QStringLiteral("fashion-mnist");
    start.datasetTitle = QStringLiteral("Fashion-MNIST");
    start.datasetSha256 = QStringLiteral("00ff");
    start.seed = 42;
    start.parameters = 1413834;
    start.stepsPerEpoch = 1875;
    start.epochsPlanned = 10;
    start.programVersion = QStringLiteral("0.1.0");
    start.machine = QStringLiteral("two cores");
    return start;
}

// The loss that the tests' runs write: shows any loss of steps or of their order.
inline float lossOf(qint64 step) {
    return 1.0f / static_cast<float>(step);
}

/// The bytes of all tensors of the run's newest checkpoint of that kind.
inline burdock::storage::Outcome<QByteArray> bytesOf(const burdock::storage::Notebook& notebook,
                                                     burdock::storage::RunId run,
                                                     burdock::storage::CheckpointKind kind) {
    const auto reader = notebook.openCheckpoint(run, kind);
    if (!reader) return burdock::storage::refuse(reader.error());
    QByteArray all;
    for (qsizetype i = 0; i < (*reader)->tensors().size(); ++i) {
        QByteArray values((*reader)->tensors()[i].bytes, '\0');
        if (auto read = (*reader)->read(i, values.data()); !read)
            return burdock::storage::refuse(read.error());
        all += values;
    }
    return all;
}

inline const QString trainLoss = QStringLiteral("train.loss");
inline const QString trainAccuracy = QStringLiteral("train.accuracy");
inline const QString validationLoss = QStringLiteral("validation.loss");
inline const QString validationAccuracy = QStringLiteral("validation.accuracy");

inline void writeStep(burdock::storage::RunWriter& writer, qint64 step, float loss, float accuracy) {
    static const QStringList names{trainLoss, trainAccuracy};
    writer.step(step, names, std::array{loss, accuracy});
}

inline burdock::storage::EpochRow epochRow(qint64 epoch, qint64 step, double loss, double accuracy,
                                           double lossHeldBack, double accuracyHeldBack, double speed,
                                           double seconds) {
    return {epoch,
            step,
            {{trainLoss, loss},
             {trainAccuracy, accuracy},
             {validationLoss, lossHeldBack},
             {validationAccuracy, accuracyHeldBack}},
            speed,
            seconds};
}

inline burdock::storage::NamedValues tested(double loss, double accuracy) {
    return {{QStringLiteral("test.loss"), loss}, {QStringLiteral("test.accuracy"), accuracy}};
}

/// What a series came to; all NaN where the run has none of that name.
inline burdock::storage::SeriesSummary summaryOf(const burdock::storage::RunSummary& run,
                                                 const QString& name) {
    const auto* found = run.find(name);
    return found ? *found : burdock::storage::SeriesSummary{name};
}

/// The values of a series over the steps; empty where there is none of that name.
/// Constant, so that an index copies nothing.
inline const QVector<float> valuesOf(const burdock::storage::StepCurves& curves, const QString& name) {
    const auto* found = curves.find(name);
    return found ? found->values : QVector<float>();
}

inline QByteArray contents(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

inline bool setContents(const QString& path, const QByteArray& bytes) {
    QFile file(path);
    return file.open(QIODevice::WriteOnly | QIODevice::Truncate) && file.write(bytes) == bytes.size();
}

inline QStringList filesIn(const QString& folder) {
    return QDir(folder).entryList(QDir::Files, QDir::Name);
}

/// A folder of its own for every test function.
class FolderTest : public QObject {
    Q_OBJECT

  protected:
    QString path(const QString& name = QStringLiteral("a.burdock")) const { return folder_->filePath(name); }
    QString folder() const { return folder_->path(); }
    std::shared_ptr<burdock::storage::Notebook> open() const {
        auto notebook = burdock::storage::Notebook::open(path());
        if (!notebook) qFatal("%s", qPrintable(notebook.error().oneLine()));
        return *notebook;
    }

  protected slots:
    void init() { folder_ = std::make_unique<QTemporaryDir>(); }
    void cleanup() { folder_.reset(); }

  private:
    std::unique_ptr<QTemporaryDir> folder_;
};
