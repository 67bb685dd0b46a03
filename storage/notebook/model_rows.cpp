#include "storage/notebook/model_rows.h"

#include "storage/notebook/schema.h"

#include <QSqlQuery>
#include <QVariant>

namespace burdock::storage {

Outcome<ModelId> writeModel(Database& database, const ModelRow& model) {
    const Fields fields{
        {QStringLiteral("name"), textValue(model.name)},
        {QStringLiteral("graph_json"), blobValue(model.graphJson)},
        {QStringLiteral("settings_json"), blobValue(model.settingsJson)},
        {QStringLiteral("changed_at"), QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs)}};
    if (model.id) {
        auto done = updateRow(database, modelTable(), model.id.value, fields);
        if (!done) return refuse(done.error());
        return model.id;
    }
    auto key = insertRow(database, modelTable(), fields);
    if (!key) return refuse(key.error());
    return ModelId{*key};
}

Outcome<QVector<ModelRow>> readModels(const Database& database) {
    QVector<ModelRow> models;
    auto read = database.each(
        QStringLiteral("SELECT %1 FROM model ORDER BY changed_at DESC, id DESC")
            .arg(modelTable().selectList()),
        {}, [&](const QSqlQuery& row) {
            models << ModelRow{{row.value(0).toLongLong()},
                               row.value(1).toString(),
                               row.value(2).toByteArray(),
                               row.value(3).toByteArray(),
                               QDateTime::fromString(row.value(4).toString(), Qt::ISODateWithMs).toUTC(),
                               !sealHolds(row, modelTable())};
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
