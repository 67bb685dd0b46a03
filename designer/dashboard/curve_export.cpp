#include "dashboard/curve_export.h"

#include "session/csv_field.h"
#include "session/whole_file.h"

#include <QApplication>
#include <QClipboard>
#include <QImage>
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

} // namespace

bool savePicture(QWidget& widget, const QString& path) {
    return picture(widget).save(path, "PNG");
}

void copyPicture(QWidget& widget) {
    QApplication::clipboard()->setImage(picture(widget));
}

bool saveCurves(const QString& path, const QString& xName, const QList<std::pair<QString, Points>>& curves) {
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
    return !writeWhole(path, bytes);
}

} // namespace burdock
