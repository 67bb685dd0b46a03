#include "support.h"

#include "support/several.h"

#include <QSet>

using namespace burdock::storage;

/// Networks as the canvas saves them, and the notebook's small settings.
class ModelsTest : public FolderTest {
    Q_OBJECT

  private slots:
    void aModelThatOthersChangedIsSavedApart();
    void keepsModelsAndSettings();
};

/// By two windows: neither takes the other's edits away.
void ModelsTest::aModelThatOthersChangedIsSavedApart() {
    auto notebook = open();
    const auto opened = notebook->saveModel({{}, QStringLiteral("net"), "{1}", "{}", {}});
    REQUIRE_OK(opened);
    QTest::qSleep(3); // changedAt counts milliseconds
    const auto one =
        notebook->saveModel({opened->id, QStringLiteral("net"), "{64}", "{}", opened->changedAt});
    const auto other =
        notebook->saveModel({opened->id, QStringLiteral("net"), "{16}", "{}", opened->changedAt});
    REQUIRE_OK(one);
    REQUIRE_OK(other);
    QVERIFY(!one->apart && other->apart && one->id == opened->id && other->id != opened->id);
    QTest::qSleep(3);
    const auto next = notebook->saveModel({other->id, QStringLiteral("net"), "{17}", "{}", other->changedAt});
    REQUIRE_OK(next);
    QVERIFY(!next->apart && next->id == other->id);
    REQUIRE_OK(notebook->removeModel(opened->id));
    QVERIFY(notebook->saveModel({opened->id, QStringLiteral("net"), "{65}", "{}", one->changedAt})->apart);
    QSet<QByteArray> graphs;
    const auto models = notebook->models();
    REQUIRE_OK(models);
    for (const ModelRow& model : *models)
        graphs.insert(model.graphJson);
    QCOMPARE(graphs, (QSet<QByteArray>{"{17}", "{65}"}));
}

void ModelsTest::keepsModelsAndSettings() {
    auto notebook = open();
    auto first = notebook->saveModel({{}, QStringLiteral("one"), "{1}", "{}", {}});
    REQUIRE_OK(first);
    QTest::qSleep(3); // changedAt counts milliseconds
    REQUIRE_OK(notebook->saveModel({{}, QStringLiteral("two"), "{2}", {}, {}}));
    QTest::qSleep(3);
    auto again =
        notebook->saveModel({first->id, QStringLiteral("one changed"), "{3}", "{4}", first->changedAt});
    REQUIRE_OK(again);
    QVERIFY(again->id == first->id && !again->apart && again->changedAt > first->changedAt);
    REQUIRE_OK(notebook->setSetting(QStringLiteral("open"), QStringLiteral("1")));
    REQUIRE_OK(notebook->setSetting(QStringLiteral("open"), QStringLiteral("2")));
    notebook.reset();
    notebook = open();
    auto models = notebook->models();
    REQUIRE_OK(models);
    QCOMPARE(models->size(), 2);
    QCOMPARE(models->at(0).name, QStringLiteral("one changed"));
    QCOMPARE(models->at(0).graphJson, QByteArray("{3}"));
    QCOMPARE(models->at(0).settingsJson, QByteArray("{4}"));
    QVERIFY(models->at(0).changedAt.isValid() && !models->at(0).damaged);
    QCOMPARE(notebook->setting(QStringLiteral("open")), QStringLiteral("2"));
    QCOMPARE(notebook->setting(QStringLiteral("none"), QStringLiteral("fallback")),
             QStringLiteral("fallback"));
    REQUIRE_OK(notebook->removeModel(first->id));
    QCOMPARE(notebook->models()->size(), 1);
}

ADD_TEST_CLASS(ModelsTest)
#include "models_test.moc"
