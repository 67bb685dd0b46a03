#include "app/model_saver.h"

namespace burdock {

ModelSaver::ModelSaver(std::shared_ptr<storage::Notebook> notebook, QObject* parent)
    : QObject(parent)
    , notebook_(std::move(notebook))
    , slot_(std::make_shared<Slot>())
    , unsaved_(std::make_shared<Unsaved>()) {}

ModelSaver::~ModelSaver() = default;

void ModelSaver::open(storage::ModelId id, const QDateTime& changedAt) {
    slot_ = std::make_shared<Slot>();
    slot_->id = id.value;
    slot_->changedAt = changedAt;
    // Which model was open is a convenience: a notebook that cannot be written says so on the next save.
    if (id) keepSetting(openModelSetting, QString::number(id.value), [](const storage::Outcome<void>&) {});
}

storage::ModelId ModelSaver::current() const {
    return {slot_->id.load()};
}

void ModelSaver::save(storage::ModelRow row) {
    const auto work = [notebook = notebook_, slot = slot_, unsaved = unsaved_,
                       row = std::move(row)]() mutable -> storage::Outcome<bool> {
        row.id = {slot->id.load()};
        row.changedAt = slot->changedAt;
        (*unsaved)[slot] = row; // until it is, whatever is thrown
        const auto now = notebook->saveModel(row);
        if (!now) return storage::refuse(now.error());
        unsaved->erase(slot);
        if (now->id.value != row.id.value)
            (void)notebook->setSetting(openModelSetting, QString::number(now->id.value));
        slot->id.store(now->id.value);
        slot->changedAt = now->changedAt;
        return now->apart;
    };
    worker_.post(this, work, [this](const storage::Outcome<bool>& apart) {
        if (!apart) return emit failed(apart.error());
        emit saved();
        if (*apart) emit savedApart();
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
