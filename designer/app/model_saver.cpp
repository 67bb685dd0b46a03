#include "app/model_saver.h"

#include <QThreadPool>

namespace burdock {

struct ModelSaver::Worker {
    QThreadPool pool;
};

ModelSaver::ModelSaver(std::shared_ptr<storage::Notebook> notebook, QObject* parent)
    : QObject(parent)
    , notebook_(std::move(notebook))
    , worker_(std::make_unique<Worker>())
    , slot_(std::make_shared<std::atomic<qint64>>(0)) {
    worker_->pool.setMaxThreadCount(1);
}

ModelSaver::~ModelSaver() {
    flush();
}

void ModelSaver::open(storage::ModelId id) {
    slot_ = std::make_shared<std::atomic<qint64>>(id.value);
    if (!id) return;
    worker_->pool.start([notebook = notebook_, id] {
        // Which model was open is a convenience: a notebook that cannot be written says so on the next save.
        (void)notebook->setSetting(openModelSetting, QString::number(id.value));
    });
}

storage::ModelId ModelSaver::current() const {
    return {slot_->load()};
}

void ModelSaver::save(storage::ModelRow row) {
    worker_->pool.start([this, notebook = notebook_, slot = slot_, row = std::move(row)]() mutable {
        row.id = {slot->load()};
        const auto id = notebook->saveModel(row);
        if (!id) {
            QMetaObject::invokeMethod(
                this, [this, error = id.error()] { emit failed(error); }, Qt::QueuedConnection);
            return;
        }
        if (!row.id) (void)notebook->setSetting(openModelSetting, QString::number(id->value));
        slot->store(id->value);
        QMetaObject::invokeMethod(this, &ModelSaver::saved, Qt::QueuedConnection);
    });
}

void ModelSaver::flush() {
    worker_->pool.waitForDone();
}

} // namespace burdock
