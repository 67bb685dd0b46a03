#include "app/model_saver.h"

namespace burdock {

ModelSaver::ModelSaver(std::shared_ptr<storage::Notebook> notebook, QObject* parent)
    : QObject(parent)
    , notebook_(std::move(notebook))
    , slots_{std::make_shared<Slot>()} {}

ModelSaver::~ModelSaver() = default;

void ModelSaver::open(storage::ModelId id) {
    std::erase_if(slots_, [](const auto& slot) { return slot->waiting.load() == 0 && !slot->unsaved; });
    slots_.push_back(std::make_shared<Slot>());
    slots_.back()->id = id.value;
    // Which model was open is a convenience: a notebook that cannot be written says so on the next save.
    if (id) keepSetting(openModelSetting, QString::number(id.value), [](const storage::Outcome<void>&) {});
}

storage::ModelId ModelSaver::current() const {
    return {slots_.back()->id.load()};
}

void ModelSaver::save(storage::ModelRow row) {
    ++slots_.back()->waiting;
    const auto work = [notebook = notebook_, slot = slots_.back(),
                       row = std::move(row)]() mutable -> storage::Outcome<void> {
        row.id = {slot->id.load()};
        const auto id = notebook->saveModel(row);
        slot->unsaved = id ? std::nullopt : std::optional(row);
        --slot->waiting; // the window may let go of the slot from here on
        if (!id) return storage::refuse(id.error());
        if (!row.id) (void)notebook->setSetting(openModelSetting, QString::number(id->value));
        slot->id.store(id->value);
        return {};
    };
    worker_.post(this, work, [this](const storage::Outcome<void>& done) {
        if (done)
            emit saved();
        else
            emit failed(done.error());
    });
}

void ModelSaver::keepSetting(const QString& key, const QString& value,
                             std::function<void(storage::Outcome<void>)> done) {
    worker_.post(
        this, [notebook = notebook_, key, value] { return notebook->setSetting(key, value); },
        std::move(done));
}

void ModelSaver::readModels(QObject* context,
                            std::function<void(storage::Outcome<QVector<storage::ModelRow>>)> done) {
    worker_.post(
        context, [notebook = notebook_] { return notebook->models(); }, std::move(done));
}

std::vector<storage::ModelRow> ModelSaver::unsaved() {
    worker_.flush();
    std::vector<storage::ModelRow> rows;
    for (const auto& slot : slots_)
        if (slot->unsaved) rows.push_back(*slot->unsaved);
    return rows;
}

} // namespace burdock
