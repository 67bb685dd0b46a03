#include "theme/themed_icon.h"

#include "theme/theme.h"

#include <QFile>
#include <QHash>
#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QSvgRenderer>

namespace burdock {
namespace {

QByteArray svgText(const QString& name) {
    static QHash<QString, QByteArray> known;
    const auto it = known.constFind(name);
    if (it != known.constEnd()) return *it;
    QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
    return known[name] = file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

class ThemedIconEngine final : public QIconEngine {
  public:
    ThemedIconEngine(QString name, QString token)
        : name_(std::move(name))
        , token_(std::move(token)) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override {
        const qreal ratio = painter->device() ? painter->device()->devicePixelRatioF() : 1.0;
        QPixmap picture = drawn((QSizeF(rect.size()) * ratio).toSize(), mode);
        picture.setDevicePixelRatio(ratio);
        painter->drawPixmap(rect, picture);
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State) override { return drawn(size, mode); }
    QIconEngine* clone() const override { return new ThemedIconEngine(name_, token_); }
    QString key() const override { return QStringLiteral("burdock"); }
    bool isNull() override { return svgText(name_).isEmpty(); }

  private:
    QPixmap drawn(const QSize& size, QIcon::Mode mode) const {
        if (size.isEmpty()) return {}; // of a button that has no room yet
        const Theme& theme = Theme::instance();
        const QColor color = theme.color(mode == QIcon::Disabled ? QStringLiteral("ink.faint") : token_);
        const QString key = QStringLiteral("burdock/%1/%2/%3x%4")
                                .arg(name_, color.name(QColor::HexArgb))
                                .arg(size.width())
                                .arg(size.height());
        QPixmap picture;
        if (QPixmapCache::find(key, &picture)) return picture;
        picture = QPixmap(size);
        picture.fill(Qt::transparent);
        QSvgRenderer renderer(QByteArray(svgText(name_)).replace("currentColor", color.name().toUtf8()));
        renderer.setAspectRatioMode(Qt::KeepAspectRatio);
        QPainter painter(&picture);
        renderer.render(&painter);
        painter.end();
        QPixmapCache::insert(key, picture);
        return picture;
    }

    QString name_, token_;
};

} // namespace

QIcon themedIcon(const QString& name, const QString& colorToken) {
    if (svgText(name).isEmpty()) return {};
    return QIcon(new ThemedIconEngine(name, colorToken));
}

} // namespace burdock
