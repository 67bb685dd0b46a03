#include "start/training_times.h"

#include "engine/data/reading.h"
#include "engine/graph/check_graph.h"
#include "session/expected_time.h"
#include "session/machine.h"

#include <QSettings>
#include <QThread>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <utility>

using namespace std::chrono_literals;

namespace burdock {
namespace {

/// The one by whose multiply-adds the others are estimated.
constexpr std::string_view standard = "lecture-cnn";

QString settingOf(const std::string& id) {
    return QStringLiteral("start/epoch/") + QString::fromStdString(id);
}

constexpr auto soon = 50ms;    // after a measurement
constexpr auto quiet = 1500ms; // that the window has before the first one

const QString undisturbed = QStringLiteral("undisturbed");

/// What a time holds for: another processor or another version has another.
QString conditions() {
    return machineDescription() + QStringLiteral(" · ") + programVersion();
}

struct Measured {
    EpochTime time;
    std::optional<double> speed; ///< multiply-adds a second; none where it is only estimated
};

/// `speed`: by which to estimate what takes too long to be measured.
Result<Measured> measure(const ModelTemplate& model, const DatasetCatalog& catalog,
                         std::optional<double> speed, const std::function<bool()>& stopped) {
    const ReadingScope scope(stopped);
    const GraphReport report = checkGraph(model.build());
    const auto macs = 3 * static_cast<double>(report.macs); // forwards and backwards
    const auto data = catalog.open(model.dataset);
    if (!data) return refuse(data.error());
    const double fraction = model.settings.validationFraction;
    const double validation = fraction / 3; // forwards only
    const std::int64_t samples = (*data)->info().trainSize;
    const double stepMacs = macs * static_cast<double>(model.settings.batch);
    if (stepMacs > TrainingTimes::mostMeasured) {
        if (!speed) return refuse({});
        const double epoch = macs * static_cast<double>(samples) * (1 - fraction + validation);
        return Measured{{epoch / *speed, samples, EpochTime::Source::Estimated}, {}};
    }
    const auto expected = measureTime(report, *data, model.settings, QThread::idealThreadCount(), stopped);
    if (!expected) return refuse(expected.error());
    const double all = macs * static_cast<double>(samples) * (1 - fraction + validation);
    return Measured{{expected->epoch, samples, EpochTime::Source::Measured}, all / expected->epoch};
}

/// Whether a run was that of the template, as it brings it.
bool isOf(const ModelTemplate& model, const std::string& name, std::int64_t parameters,
          const storage::RunStart& run) {
    if (run.modelName.toStdString() != name || run.parameters != parameters ||
        run.datasetId.toStdString() != model.dataset)
        return false;
    const auto json = nlohmann::json::parse(run.configJson.toStdString(), nullptr, false);
    if (json.is_discarded()) return false;
    const auto config = trainConfigFromJson(json);
    return config && config->batch == model.settings.batch && config->folds == 0;
}

} // namespace

TrainingTimes::TrainingTimes(std::shared_ptr<storage::Notebook> notebook, const DatasetCatalog& catalog,
                             QObject* parent)
    : QObject(parent)
    , notebook_(std::move(notebook))
    , catalog_(catalog) {
    later_.setSingleShot(true);
    connect(&later_, &QTimer::timeout, this, &TrainingTimes::measureNext);
    takeRemembered();
}

TrainingTimes::~TrainingTimes() {
    ++wanted_;
}

void TrainingTimes::takeRemembered() {
    const QSettings settings;
    for (const ModelTemplate& model : modelTemplates()) {
        const DatasetEntry* entry = catalog_.find(model.dataset.substr(0, model.dataset.find(':')));
        if (!entry || !entry->available) continue;
        const QStringList kept = settings.value(settingOf(model.id)).toStringList();
        if (kept.size() == 5 && kept[0] == conditions()) {
            measured_[model.id] = {kept[1].toDouble(), kept[2].toLongLong(), EpochTime::Source::Measured};
            if (model.id == standard) speed_ = kept[3].toDouble();
            if (kept[4] == undisturbed) continue;
        }
        model.id == standard ? open_.push_front(&model) : open_.push_back(&model);
    }
}

void TrainingTimes::begin() {
    begun_ = true;
    readRuns();
    if (!busy_ && !measuring_ && !open_.empty()) later_.start(quiet);
}

void TrainingTimes::setBusy(bool busy) {
    if (std::exchange(busy_, busy) == busy) return;
    if (busy) {
        ++wanted_;
        later_.stop();
    } else if (begun_ && !measuring_ && !open_.empty()) {
        later_.start(quiet);
    }
}

void TrainingTimes::readRuns() {
    using Times = std::map<std::string, EpochTime>;
    worker_.post(
        this,
        [notebook = notebook_]() -> storage::Outcome<Times> {
            const auto runs = notebook->runs();
            if (!runs) return tl::unexpected(runs.error());
            Times times;
            const QString here = machineDescription();
            for (const ModelTemplate& model : modelTemplates()) {
                if (model.dataset.empty()) continue;
                const Graph graph = model.build();
                const std::int64_t parameters = checkGraph(graph).parameters;
                for (const storage::RunSummary& run : *runs)
                    if (run.epochs > 0 && run.start.machine == here && !run.changed &&
                        isOf(model, graph.name, parameters, run.start))
                        times.try_emplace(model.id,
                                          EpochTime{run.seconds / static_cast<double>(run.epochs), 0,
                                                    EpochTime::Source::Run}); // the latest comes first
            }
            return times;
        },
        [this](storage::Outcome<Times> times) {
            if (!times) return;
            runs_ = std::move(*times);
            emit changed();
        });
}

void TrainingTimes::measureNext() {
    if (busy_ || measuring_ || open_.empty()) return;
    const ModelTemplate* model = open_.front();
    measuring_ = true;
    const int request = ++wanted_;
    worker_.post(
        this,
        [this, model, speed = speed_, request] {
            return measure(*model, catalog_, speed, [this, request] { return request != wanted_; });
        },
        [this, model, request](Result<Measured> measured) {
            measuring_ = false;
            if (request == wanted_) { // else a run has had its share, and that would be told as slow
                open_.pop_front();
                if (measured) remember(*model, measured->time, measured->speed);
                emit changed();
            }
            if (!busy_ && !open_.empty()) later_.start(request == wanted_ ? soon : quiet);
        });
}

void TrainingTimes::remember(const ModelTemplate& model, EpochTime time, std::optional<double> speed) {
    if (const auto before = measured_.find(model.id);
        before != measured_.end() && before->second.seconds < time.seconds && speed) {
        *speed *= time.seconds / before->second.seconds; // the faster one, of before
        time.seconds = before->second.seconds;
    }
    measured_[model.id] = time;
    if (model.id == standard) speed_ = speed;
    if (!speed) return; // an estimate is soon made anew
    const auto exact = [](double number) { return QString::number(number, 'g', 17); };
    QSettings().setValue(settingOf(model.id),
                         QStringList{conditions(), exact(time.seconds), QString::number(time.samples),
                                     exact(*speed), machineIsBusy() ? QString() : undisturbed});
}

std::optional<EpochTime> TrainingTimes::of(const std::string& templateId) const {
    const auto run = runs_.find(templateId), measured = measured_.find(templateId);
    std::optional<EpochTime> time;
    if (measured != measured_.end()) time = measured->second;
    if (run != runs_.end())
        time = EpochTime{run->second.seconds, time ? time->samples : 0, EpochTime::Source::Run};
    return time;
}

std::optional<double> TrainingTimes::speed() const {
    return speed_;
}

bool TrainingTimes::isOpen(const std::string& templateId) const {
    return std::ranges::any_of(open_, [&](const ModelTemplate* model) { return model->id == templateId; });
}

} // namespace burdock
