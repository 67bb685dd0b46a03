#include "storage/notebook/model_rows.h"

#include "storage/notebook/schema.h"

#include <QSqlQuery>
#include <QVariant>

namespace burdock::storage {
namespace {

/// Whether the row is as whoever saves had last seen it.
Outcome<bool> isAsSeen(const Database& database, const ModelRow& model) {
    if (!model.changedAt.isValid()) return true;
    const auto changed =
        database.value(QStringLiteral("SELECT changed_at FROM model WHERE id = ?"), {model.id.value});
    if (!changed) return refuse(changed.error());
    return *changed == timeValue(model.changedAt);
}

} // namespace

Outcome<SavedModel> writeModel(Database& database, const ModelRow& model) {
    const auto seen = model.id ? isAsSeen(database, model) : Outcome<bool>(true);
    if (!seen) return refuse(seen.error());
    const QVariant now = timeValue(QDateTime::currentDateTimeUtc());
    const Fields fields{{QStringLiteral("name"), textValue(model.name)},
                        {QStringLiteral("graph_json"), blobValue(model.graphJson)},
                        {QStringLiteral("settings_json"), blobValue(model.settingsJson)},
                        {QStringLiteral("changed_at"), now}};
    SavedModel saved{model.id, timeOf(now), !*seen};
    if (model.id && *seen) {
        auto done = updateRow(database, modelTable(), model.id.value, fields);
        if (!done) return refuse(done.error());
        return saved;
    }
    auto key = insertRow(database, modelTable(), fields);
    if (!key) return refuse(key.error());
    saved.id = ModelId{*key};
    return saved;
}

Outcome<QVector<ModelRow>> readModels(const Database& database) {
    QVector<ModelRow> models;
    auto read = database.each(QStringLiteral("SELECT %1 FROM model ORDER BY changed_at DESC, id DESC")
                                  .arg(modelTable().selectList()),
                              {}, [&](const QSqlQuery& row) {
                                  models
                                      << ModelRow{{row.value(0).toLongLong()}, row.value(1).toString(),
                                                  row.value(2).toByteArray(),  row.value(3).toByteArray(),
                                                  timeOf(row.value(4)),        !sealHolds(row, modelTable())};
                              });
    if (!read) return refuse(read.error());
    return models;
}

Outcome<void> deleteModel(Database& database, ModelId id) {
    return deleteRow(database, modelTable(), id.value);
}

Outcome<void> writeSetting(Database& database, const QString& name, const QString& value) {
    // Deleted first, which also mends a damaged one.
    auto gone = database.run(QStringLiteral("DELETE FROM setting WHERE name = ?"), {textValue(name)});
    if (!gone) return gone;
    auto key =
        insertRow(database, settingTable(),
                  {{QStringLiteral("name"), textValue(name)}, {QStringLiteral("value"), textValue(value)}});
    if (!key) return refuse(key.error());
    return {};
}

Outcome<std::optional<QString>> readSetting(const Database& database, const QString& name) {
    std::optional<QString> value;
    auto read = database.each(
        QStringLiteral("SELECT %1 FROM setting WHERE name = ?").arg(settingTable().selectList()),
        {textValue(name)}, [&](const QSqlQuery& row) {
            if (sealHolds(row, settingTable())) value = row.value(2).toString();
        });
    if (!read) return refuse(read.error());
    return value;
}

} // namespace burdock::storage
