#pragma once

#include "storage/notebook/records.h"

#include <QByteArray>
#include <QDateTime>

#include <memory>

/// A checkpoint of one tensor that holds these bytes, as many as floats have.
inline std::shared_ptr<const burdock::storage::CheckpointData>
packed(burdock::storage::CheckpointKind kind, qint64 epoch, qint64 step, const QByteArray& bytes) {
    auto data = std::make_shared<burdock::storage::CheckpointData>();
    const auto owner = std::make_shared<const QByteArray>(bytes);
    data->info = {{}, kind, epoch, step, 0, QDateTime::currentDateTimeUtc()};
    data->tensors = {{{QStringLiteral("weights"), QStringLiteral("w"), {bytes.size() / 4}, bytes.size()},
                      owner->constData()}};
    data->owner = owner;
    return data;
}
