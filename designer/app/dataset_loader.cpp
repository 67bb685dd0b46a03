#include "app/dataset_loader.h"

#include "session/diagnostics.h"

#include <QThreadPool>

namespace burdock {

struct DatasetLoader::Worker {
    QThreadPool pool;
};

DatasetLoader::DatasetLoader(const DatasetCatalog& catalog, QObject* parent)
    : QObject(parent)
    , catalog_(catalog)
    , worker_(std::make_unique<Worker>()) {
    worker_->pool.setMaxThreadCount(1);
}

DatasetLoader::~DatasetLoader() {
    worker_->pool.clear();
    worker_->pool.waitForDone();
}

void DatasetLoader::load(const QString& idOrPath) {
    const int request = ++request_;
    worker_->pool.clear();
    loading_ = true;
    data_.reset();
    problem_.reset();
    emit changed();
    worker_->pool.start([this, request, id = idOrPath.toStdString()] {
        // Here and not in the window: a file is looked into to know its format.
        auto reference = guarded(brokenOff("Data"), [&] { return catalog_.resolve(id); });
        QMetaObject::invokeMethod(
            this,
            [this, request, r = std::move(reference)]() mutable {
                if (request != request_) return;
                reference_.reset();
                if (r) reference_ = std::move(*r);
                emit resolved();
            },
            Qt::QueuedConnection);
        auto result = guarded(brokenOff("Data"), [&] { return catalog_.open(id); });
        QMetaObject::invokeMethod(
            this, [this, request, r = std::move(result)]() mutable { take(request, std::move(r)); },
            Qt::QueuedConnection);
    });
}

void DatasetLoader::take(int request, Result<std::shared_ptr<const Dataset>> result) {
    if (request != request_) return; // an older choice
    loading_ = false;
    if (result)
        data_ = std::move(*result);
    else
        problem_ = result.error();
    emit changed();
}

} // namespace burdock
