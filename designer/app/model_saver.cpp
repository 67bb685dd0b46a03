#include "app/model_saver.h"

namespace burdock {

ModelSaver::ModelSaver(std::shared_ptr<storage::Notebook> notebook, QObject* parent)
    : QObject(parent)
    , notebook_(std::move(notebook))
    , slot_(std::make_shared<Slot>())
    , unsaved_(std::make_shared<Unsaved>()) {}

ModelSaver::~ModelSaver() = default;

void ModelSaver::open(storage::ModelId id) {
    slot_ = std::make_shared<Slot>();
    slot_->id = id.value;
    // Which model was open is a convenience: a notebook that cannot be written says so on the next save.
    if (id) keepSetting(openModelSetting, QString::number(id.value), [](const storage::Outcome<void>&) {});
}

storage::ModelId ModelSaver::current() const {
    return {slot_->id.load()};
}

void ModelSaver::save(storage::ModelRow row) {
    const auto work = [notebook = notebook_, slot = slot_, unsaved = unsaved_,
                       row = std::move(row)]() mutable -> storage::Outcome<void> {
        row.id = {slot->id.load()};
        (*unsaved)[slot] = row; // until it is, whatever is thrown
        const auto id = notebook->saveModel(row);
        if (!id) return storage::refuse(id.error());
        unsaved->erase(slot);
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
    for (const auto& [slot, row] : *unsaved_)
        rows.push_back(row);
    return rows;
}

} // namespace burdock
