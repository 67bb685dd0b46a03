#include "notebook/run_reader.h"

#include "session/damage.h"

namespace burdock {
namespace {

std::shared_ptr<const RunRecord> readRecord(const storage::Notebook& notebook, storage::RunId id) {
    auto record = std::make_shared<RunRecord>();
    record->id = id;
    const auto take = [&](auto outcome, auto& into) {
        if (outcome)
            into = std::move(*outcome);
        else
            record->problem = outcome.error().oneLine();
    };
    take(notebook.epochs(id), record->epochs);
    take(notebook.steps(id), record->steps);
    take(notebook.checkpoints(id), record->checkpoints);
    return record;
}

} // namespace

QList<SeriesCurve> curvesOf(const RunRecord& record) {
    return curvesOf(record.epochs, record.steps);
}

QString damageOf(const storage::RunSummary& run, const RunRecord* record) {
    const bool isRead = record && record->problem.isEmpty();
    return isRead ? damageOf(run, record->epochs, record->steps, record->checkpoints) : damageOf(run);
}

RunReader::RunReader(std::shared_ptr<storage::Notebook> notebook, QObject* parent)
    : QObject(parent)
    , notebook_(std::move(notebook)) {}

std::shared_ptr<const RunRecord> RunReader::get(storage::RunId id) {
    if (const auto* kept = kept_.object(id.value)) return *kept;
    if (underWay_.contains(id.value)) return nullptr;
    underWay_.insert(id.value);
    worker_.post(
        this,
        [notebook = notebook_, id]() -> storage::Outcome<std::shared_ptr<const RunRecord>> {
            return readRecord(*notebook, id);
        },
        [this, id](storage::Outcome<std::shared_ptr<const RunRecord>> outcome) {
            underWay_.remove(id.value);
            std::shared_ptr<const RunRecord> record;
            if (outcome) {
                record = std::move(*outcome);
            } else {
                RunRecord broken;
                broken.id = id;
                broken.problem = outcome.error().oneLine();
                record = std::make_shared<const RunRecord>(std::move(broken));
            }
            if (!again_.remove(id.value))
                kept_.insert(id.value, new std::shared_ptr<const RunRecord>(record));
            emit read(record);
        });
    return nullptr;
}

void RunReader::outdate(storage::RunId id) {
    kept_.remove(id.value);
    if (underWay_.contains(id.value)) again_.insert(id.value);
}

} // namespace burdock
