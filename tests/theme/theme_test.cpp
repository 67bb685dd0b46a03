#include "theme/contrast.h"
#include "theme/elided_label.h"
#include "theme/file_question.h"
#include "theme/plain_text.h"
#include "theme/theme.h"

#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QImage>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPainter>
#include <QRadioButton>
#include <QRegularExpression>
#include <QSet>
#include <QSettings>
#include <QSignalSpy>
#include <QSpinBox>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>
#include <QTextDocument>
#include <QToolTip>
#include <QVBoxLayout>

#include <algorithm>
#include <cstdlib>
#include <limits>

using namespace burdock;

namespace {

/// How many pixels differ so that it is seen, within a frame of that width where the inside has a caret.
int changedPixels(const QImage& before, const QImage& now, int frame) {
    const QRect inside = frame > 0 ? before.rect().adjusted(frame, frame, -frame, -frame) : QRect();
    int changed = 0;
    for (int y = 0; y < before.height(); ++y)
        for (int x = 0; x < before.width(); ++x) {
            const QColor a = before.pixelColor(x, y), b = now.pixelColor(x, y);
            const int apart =
                std::abs(a.red() - b.red()) + std::abs(a.green() - b.green()) + std::abs(a.blue() - b.blue());
            if (!inside.contains(x, y) && apart > 120) ++changed;
        }
    return changed;
}

QJsonObject tokens() {
    QFile file(QStringLiteral(":/theme/tokens.json"));
    return file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll()).object() : QJsonObject();
}

} // namespace

class TestTheme : public QObject {
    Q_OBJECT
  private slots:
    void initTestCase() {
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName(QStringLiteral("Burdock tests"));
        QSettings().clear();
        Theme::instance().install(*qApp);
        QVERIFY(!tokens().isEmpty());
    }

    /// Whatever is asked for: the next question begins where the last one was answered.
    void filesAreAskedForWhereTheLastOneWas() {
        QTemporaryDir folder;
        QVERIFY(QDir(folder.path()).mkdir(QStringLiteral("data")));
        const auto data = QDir(folder.filePath(QStringLiteral("data")));
        QWidget window;
        QFileDialog* first = fileQuestion(&window, QStringLiteral("Save"));
        QCOMPARE(first->directory(), QDir::home());
        emit first->filesSelected({data.filePath(QStringLiteral("a.csv"))});
        QCOMPARE(fileQuestion(&window, QStringLiteral("Save"))->directory(), data);
        emit first->filesSelected({data.path()}); // a folder is chosen among those beside it
        QCOMPARE(fileQuestion(&window, QStringLiteral("Open"))->directory(), QDir(folder.path()));
        emit first->filesSelected({data.filePath(QStringLiteral("a.csv"))});
        QVERIFY(QDir(folder.path()).rmdir(QStringLiteral("data")));
        QCOMPARE(fileQuestion(&window, QStringLiteral("Open"))->directory(), QDir::home());
    }

    /// A squeezed button asks for an icon without an extent.
    void iconsWithoutRoomAreSilent() {
        QTest::failOnWarning(QRegularExpression(QStringLiteral("QPainter")));
        const QIcon icon = Theme::instance().icon(QStringLiteral("play"));
        QVERIFY(!icon.isNull());
        QPixmap paper(20, 20);
        paper.fill(Qt::white);
        QPainter painter(&paper);
        for (const QSize size : {QSize(0, 0), QSize(0, 16), QSize(16, -3)}) {
            QVERIFY(icon.pixmap(size).isNull());
            icon.paint(&painter, QRect(QPoint(2, 2), size));
        }
    }

    void whatHasRoomIsNotElided() {
        for (const char* name : {"body", "strong", "caption", "title"})
            for (const char* word : {"yes", "no", "setosa", "T-shirt/top", "Wine 1", "ill", "WAW", "yy"}) {
                const QFont font = Theme::instance().font(QLatin1String(name));
                const QString text = QLatin1String(word);
                for (const double size : {9.0, 9.7, 10.4, 11.1, 13.3}) {
                    QFont sized = font;
                    sized.setPointSizeF(size);
                    QCOMPARE(QFontMetrics(sized).elidedText(text, Qt::ElideRight, wholeWidth(sized, text)),
                             text);
                }
            }
    }

    void bothSchemesHaveTheSameTokens() {
        const QStringList light = tokens()[u"light"].toObject().keys();
        QVERIFY(light.size() > 30);
        QCOMPARE(tokens()[u"dark"].toObject().keys(), light);
    }

    void textHasContrast_data() {
        QTest::addColumn<QString>("scheme");
        QTest::newRow("light") << QStringLiteral("light");
        QTest::newRow("dark") << QStringLiteral("dark");
    }
    void textHasContrast() {
        QFETCH(QString, scheme);
        const QJsonObject all = tokens(), colors = all[scheme].toObject();
        const QJsonArray pairs = all[u"textPairs"].toArray();
        QVERIFY(pairs.size() > 20);
        for (const QJsonValue& pair : pairs) {
            const QString text = pair[0].toString(), ground = pair[1].toString();
            QVERIFY2(colors.contains(text) && colors.contains(ground), qPrintable(text + " on " + ground));
            const double ratio = contrast(QColor(colors[text].toString()), QColor(colors[ground].toString()));
            QVERIFY2(ratio >= 4.5, qPrintable(QStringLiteral("%1 on %2: %3").arg(text, ground).arg(ratio)));
        }
    }

    void switchesAtRunTime() {
        Theme& theme = Theme::instance();
        theme.setMode(Theme::Mode::Light);
        QCOMPARE(theme.color(QStringLiteral("paper")), QColor(QStringLiteral("#FAF8F5")));
        QSignalSpy changed(&theme, &Theme::changed);
        theme.setMode(Theme::Mode::Dark);
        QCOMPARE(changed.size(), 1);
        QVERIFY(theme.isDark());
        QCOMPARE(theme.color(QStringLiteral("paper")), QColor(QStringLiteral("#1E1B22")));
        QCOMPARE(qApp->palette().color(QPalette::Window), theme.color(QStringLiteral("paper")));
        QCOMPARE(QSettings().value(QStringLiteral("theme")).toString(), QStringLiteral("dark"));
        theme.setMode(Theme::Mode::Light);
        QCOMPARE(qApp->palette().color(QPalette::Window), theme.color(QStringLiteral("paper")));
    }

    void styleSheetIsFilled() {
        QVERIFY(qApp->styleSheet().size() > 1000);
        QVERIFY2(!qApp->styleSheet().contains(u'@'), "a placeholder is left");
        QVERIFY2(!qApp->styleSheet().contains(QStringLiteral("#000000")), "a token of the sheet is unknown");
    }

    /// Whatever else a field shows, and in both schemes.
    void focusIsVisible() {
        QWidget page;
        QCheckBox unchecked(&page), checked(&page), several(&page);
        QRadioButton chosen(&page), elsewhere(&page);
        QLineEdit line(&page), title(&page);
        QSpinBox number(&page);
        QComboBox choice(&page);
        checked.setChecked(true);
        several.setCheckState(Qt::PartiallyChecked);
        chosen.setChecked(true);
        title.setProperty("title", true);
        QVBoxLayout column(&page);
        for (QWidget* field : page.findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly))
            column.addWidget(field);
        page.show();
        QVERIFY(QTest::qWaitForWindowActive(&page));
        for (const auto mode : {Theme::Mode::Dark, Theme::Mode::Light}) {
            Theme::instance().setMode(mode);
            for (const char* mark : {"", "invalid", "warned"})
                for (QWidget* field : page.findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly)) {
                    if (*mark) setLook(*field, mark, true);
                    page.setFocus();
                    const QImage before = field->grab().toImage();
                    field->setFocus();
                    QVERIFY(field->hasFocus());
                    const int changed = changedPixels(before, field->grab().toImage(),
                                                      qobject_cast<QAbstractButton*>(field) ? 0 : 2);
                    QVERIFY2(changed >= 20,
                             qPrintable(QStringLiteral("%1 %2: %3 pixels change")
                                            .arg(QLatin1String(mark),
                                                 QLatin1String(field->metaObject()->className()))
                                            .arg(changed)));
                    if (*mark) setLook(*field, mark, false);
                }
        }
    }

    void runColoursAreStable() {
        Theme& theme = Theme::instance();
        QSet<QRgb> different;
        for (qint64 run = 1; run <= 7; ++run)
            different.insert(theme.runColor(run).rgb());
        QCOMPARE(different.size(), 7);
        QCOMPARE(theme.runColor(8), theme.runColor(1));
        QCOMPARE(theme.runColor(3), theme.curve(2));
    }

    void figuresAreTabular() {
        const QFontMetricsF metrics(Theme::instance().font(QStringLiteral("mono")));
        for (char digit = '0'; digit <= '9'; ++digit)
            QCOMPARE(metrics.horizontalAdvance(QLatin1Char(digit)),
                     metrics.horizontalAdvance(QLatin1Char('0')));
    }

    void everyIconDrawsInTheTokensColour() {
        Theme& theme = Theme::instance();
        const QStringList files = QDir(QStringLiteral(":/icons")).entryList({QStringLiteral("*.svg")});
        QVERIFY(files.size() > 40);
        for (const QString& file : files) {
            const QString name = file.chopped(4);
            if (name == QLatin1String("burdock")) continue; // in its own colours
            const QImage image = theme.icon(name, QStringLiteral("error")).pixmap(48, 48).toImage();
            const QColor wanted = theme.color(QStringLiteral("error"));
            int inked = 0;
            for (int y = 0; y < image.height(); ++y)
                for (int x = 0; x < image.width(); ++x)
                    if (const QColor c = image.pixelColor(x, y); c.alpha() == 255 && c.rgb() == wanted.rgb())
                        ++inked;
            QVERIFY2(inked > 10, qPrintable(name));
        }
        QVERIFY(theme.icon(QStringLiteral("no such icon")).isNull());
    }

    void numbersForPeople() {
        QCOMPARE(humanCount(0), QStringLiteral("0"));
        QCOMPARE(humanCount(3200), QStringLiteral("3,200"));
        QCOMPARE(humanCount(266'610), QStringLiteral("266.6 k"));
        QCOMPARE(humanCount(999'999), QStringLiteral("1.00 M"));
        QCOMPARE(humanCount(1'413'834), QStringLiteral("1.41 M"));
        QCOMPARE(humanCount(12'345'678), QStringLiteral("12.3 M"));
        QCOMPARE(humanCount(2'400'000'000), QStringLiteral("2.40 B"));
        QCOMPARE(exactCount(1'413'834), QStringLiteral("1,413,834"));
        QCOMPARE(humanPercent(0.9234), QStringLiteral("92.3 %"));
        QCOMPARE(humanPercent(std::nan("")), QStringLiteral("–"));
        QCOMPARE(humanNumber(0.123456), QStringLiteral("0.1235"));
        QCOMPARE(humanNumber(1e-7), QStringLiteral("10⁻⁷"));
        QCOMPARE(humanNumber(-3.25e-5), QStringLiteral("-3.25·10⁻⁵"));
        QCOMPARE(humanNumber(2.5e12), QStringLiteral("2.5·10¹²"));
        QCOMPARE(humanNumber(std::numeric_limits<double>::infinity()), QStringLiteral("–"));
        QCOMPARE(humanDuration(3.21), QStringLiteral("3.2 s"));
        QCOMPARE(humanDuration(0.034), QStringLiteral("34 ms")); // not "0.0 s"
        QCOMPARE(humanDuration(0.0997), QStringLiteral("0.1 s"));
        QCOMPARE(humanDuration(0), QStringLiteral("0.0 s"));
        QCOMPARE(humanDuration(130), QStringLiteral("2:10"));
        QCOMPARE(humanDuration(9.97), QStringLiteral("0:10"));
        QCOMPARE(humanDuration(3730), QStringLiteral("1:02:10"));
        QCOMPARE(humanDuration(-1), QStringLiteral("–"));
        QCOMPARE(humanBytes(999), QStringLiteral("999 B"));
        QCOMPARE(humanBytes(5'655'336), QStringLiteral("5.7 MB"));
        QCOMPARE(humanBytes(999'960), QStringLiteral("1.0 MB"));
        QCOMPARE(humanBytes(2'793'668'100'000), QStringLiteral("2.8 TB"));
    }

    void aLabelWithoutRoomIsElided() {
        ElidedLabel label(QStringLiteral("A dense layer takes a vector, and feature maps arrive."));
        label.resize(label.sizeHint());
        QVERIFY(!label.isElided());
        const QImage whole = label.grab().toImage();
        label.resize(label.width() / 2, label.height());
        QVERIFY(label.isElided());
        // The end is drawn otherwise than by cutting the whole line off.
        const QImage half = label.grab().toImage();
        QVERIFY(half != whole.copy(0, 0, half.width(), half.height()));
    }

    void whatOthersWroteIsNoHtml() {
        const QString foreign = QStringLiteral("<h1>BIG</h1><img src='file:///etc/hostname'>");
        QWidget window;
        auto* label = new QLabel(foreign, &window);
        auto* ours = new QLabel(QStringLiteral("<b>bold</b>"), &window);
        ours->setTextFormat(Qt::RichText);
        QMessageBox box(QMessageBox::Warning, foreign, foreign);
        window.show();
        box.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        QCOMPARE(label->textFormat(), Qt::PlainText);
        QCOMPARE(label->text(), foreign);
        QCOMPARE(ours->textFormat(), Qt::RichText);
        for (const QLabel* part : box.findChildren<QLabel*>())
            QVERIFY(part->textFormat() != Qt::AutoText);

        QTextDocument shown; // as a tool tip would
        shown.setHtml(plainTip(foreign));
        QCOMPARE(shown.toPlainText(), foreign);
        QCOMPARE(plainTip(QStringLiteral("a < b")), QStringLiteral("a < b"));
        QCOMPARE(plainEntry(QStringLiteral("A & B")), QStringLiteral("A && B"));
    }

    /// In either scheme, after either was changed for the other, and over a widget with a sheet of its own.
    void toolTipsFollowTheTheme() {
        Theme& theme = Theme::instance();
        QWidget plain, own;
        own.setStyleSheet(QStringLiteral("QSplitter::handle { background: transparent; }"));
        int number = 0;
        for (const auto mode : {Theme::Mode::Dark, Theme::Mode::Light, Theme::Mode::Dark})
            for (QWidget* under : {&plain, &own}) {
                theme.setMode(mode);
                under->show();
                QToolTip::showText(under->mapToGlobal(QPoint(4, 4)), QString::number(++number), under);
                QWidget* tip = nullptr;
                for (QWidget* top : QApplication::topLevelWidgets())
                    if (top->isVisible() && top->inherits("QTipLabel")) tip = top;
                QVERIFY(tip);
                const QImage drawn = tip->grab().toImage();
                const QColor ground = theme.color(QStringLiteral("tooltip"));
                QCOMPARE(drawn.pixelColor(4, 4).name(), ground.name());
                QVERIFY(ground.lightness() < 128); // no bright box on a dark window
                double best = 1;
                for (int y = 4; y < drawn.height() - 4; ++y)
                    for (int x = 4; x < drawn.width() - 4; ++x)
                        best = std::max(best, contrast(drawn.pixelColor(x, y), ground));
                QVERIFY2(best >= 4.5, qPrintable(QString::number(best)));
            }
        QToolTip::hideText();
    }
};

QTEST_MAIN(TestTheme)
#include "theme_test.moc"
