#include "dashboard/curve_export.h"

#include "dashboard/curve_chart.h"
#include "session/csv_field.h"
#include "session/whole_file.h"
#include "theme/file_question.h"

#include <QApplication>
#include <QBuffer>
#include <QClipboard>
#include <QImage>
#include <QMenu>
#include <QStatusTipEvent>
#include <QTextStream>
#include <QWidget>

#include <map>

namespace burdock {
namespace {

QImage picture(QWidget& widget) {
    constexpr int resolution = 2;
    QImage image(widget.size() * resolution, QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(resolution);
    image.fill(widget.palette().color(QPalette::Base));
    widget.render(&image);
    return image;
}

/// In the window's status bar, whichever window it is.
void tell(QWidget& widget, const QString& path, const std::optional<QString>& failure) {
    QStatusTipEvent told(failure ? CurveChart::tr("%1 could not be written: %2.").arg(path, *failure)
                                 : CurveChart::tr("Saved: %1").arg(path));
    QApplication::sendEvent(&widget, &told);
}

} // namespace

QMenu* exportMenu(CurveChart& chart, QWidget& picture) {
    auto* menu = new QMenu(&chart);
    const auto ask = [&chart](const QString& filter, const QString& suffix, auto save) {
        auto* dialog = fileQuestion(&chart, CurveChart::tr("Export chart"), filter);
        dialog->setAcceptMode(QFileDialog::AcceptSave);
        dialog->setDefaultSuffix(suffix);
        QObject::connect(dialog, &QFileDialog::fileSelected, &chart, save);
        dialog->open();
    };
    menu->addAction(CurveChart::tr("Save picture…"), &chart, [&chart, ask] {
        ask(CurveChart::tr("Pictures (*.png)"), QStringLiteral("png"),
            [&chart](const QString& path) { tell(chart, path, chart.savePng(path)); });
    });
    menu->addAction(CurveChart::tr("Save values…"), &chart, [&chart, ask] {
        ask(CurveChart::tr("Tables (*.csv)"), QStringLiteral("csv"),
            [&chart](const QString& path) { tell(chart, path, chart.saveCsv(path)); });
    });
    menu->addAction(CurveChart::tr("Copy picture"), &chart, [&picture] { copyPicture(picture); });
    return menu;
}

std::optional<QString> savePicture(QWidget& widget, const QString& path) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    if (!buffer.open(QIODevice::WriteOnly) || !picture(widget).save(&buffer, "PNG"))
        return CurveChart::tr("It is no picture");
    return writeWhole(path, bytes);
}

void copyPicture(QWidget& widget) {
    QApplication::clipboard()->setImage(picture(widget));
}

std::optional<QString> saveCurves(const QString& path, const QString& xName,
                                  const QList<std::pair<QString, Points>>& curves) {
    const auto width = curves.size();
    std::map<double, QStringList> rows;
    for (qsizetype i = 0; i < width; ++i)
        for (const QPointF& p : curves[i].second) {
            QStringList& row = rows[p.x()];
            if (row.isEmpty()) row.resize(width);
            row[i] = QString::number(p.y(), 'g', 9);
        }
    QByteArray bytes;
    QTextStream out(&bytes);
    out << csvField(xName);
    for (const auto& [label, points] : curves)
        out << ',' << csvField(label);
    out << '\n';
    for (const auto& [x, row] : rows)
        out << QString::number(x, 'g', 12) << ',' << row.join(QLatin1Char(',')) << '\n';
    out.flush();
    return writeWhole(path, bytes);
}

} // namespace burdock
