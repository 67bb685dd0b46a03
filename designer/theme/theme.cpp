#include "theme/theme.h"

#include "theme/plain_text.h"
#include "theme/system_scheme.h"
#include "theme/themed_icon.h"

#include <QApplication>
#include <QFile>
#include <QFontDatabase>
#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QPalette>
#include <QRegularExpression>
#include <QSettings>
#include <QStyle>
#include <QStyleFactory>
#include <QToolTip>
#include <QVariant>
#include <QWidget>

static void initLook() {
    Q_INIT_RESOURCE(look);
}

namespace burdock {
namespace {

struct FontToken {
    int size = 13;
    int weight = QFont::Normal;
    bool figures = false;
};

struct Scheme {
    QHash<QString, QColor> colors;
    QVector<QColor> curves;
};

QByteArray readResource(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

Scheme readScheme(const QJsonObject& tokens, const QString& mode) {
    Scheme scheme;
    const QJsonObject colors = tokens[mode].toObject();
    for (auto it = colors.begin(); it != colors.end(); ++it)
        scheme.colors[it.key()] = QColor(it->toString());
    for (const QJsonValue& curve : tokens[u"curves"].toObject()[mode].toArray())
        scheme.curves.append(QColor(curve.toString()));
    return scheme;
}

QStringList strings(const QJsonArray& array) {
    QStringList all;
    for (const QJsonValue& value : array)
        all << value.toString();
    return all;
}

} // namespace

struct Theme::Impl {
    Scheme light, dark;
    QHash<QString, FontToken> fonts;
    QStringList families, figureFamilies;
    QString sheet;
    int grid = 4, radius = 6;
    Mode mode = Mode::System;
    bool isDark = false;
    QApplication* app = nullptr;
    SystemScheme* system = nullptr;

    const Scheme& scheme() const { return isDark ? dark : light; }

    void read() {
        initLook();
        const QJsonObject tokens =
            QJsonDocument::fromJson(readResource(QStringLiteral(":/theme/tokens.json"))).object();
        light = readScheme(tokens, QStringLiteral("light"));
        dark = readScheme(tokens, QStringLiteral("dark"));
        grid = tokens[u"grid"].toInt(4);
        radius = tokens[u"radius"].toInt(6);
        const QJsonObject f = tokens[u"fonts"].toObject();
        families = strings(f[u"family"].toArray());
        figureFamilies = strings(f[u"figures"].toArray());
        for (auto it = f.begin(); it != f.end(); ++it)
            if (it->isObject()) {
                const QJsonObject font = it->toObject();
                fonts[it.key()] = {font[u"size"].toInt(13), font[u"weight"].toInt(QFont::Normal),
                                   font[u"figures"].toBool()};
            }
        sheet = QString::fromUtf8(readResource(QStringLiteral(":/theme/style.qss")));
    }

    QPalette palette() const {
        const auto c = [this](const char* token) { return scheme().colors.value(QLatin1String(token)); };
        QPalette p;
        p.setColor(QPalette::Window, c("paper"));
        p.setColor(QPalette::WindowText, c("ink"));
        p.setColor(QPalette::Base, c("raised"));
        p.setColor(QPalette::AlternateBase, c("paper"));
        p.setColor(QPalette::Text, c("ink"));
        p.setColor(QPalette::PlaceholderText, c("ink.soft"));
        p.setColor(QPalette::Button, c("raised"));
        p.setColor(QPalette::ButtonText, c("ink"));
        p.setColor(QPalette::BrightText, c("error"));
        p.setColor(QPalette::Link, c("accent"));
        p.setColor(QPalette::LinkVisited, c("accent"));
        p.setColor(QPalette::Highlight, c("selection"));
        p.setColor(QPalette::HighlightedText, c("on.selection"));
        p.setColor(QPalette::ToolTipBase, c("tooltip"));
        p.setColor(QPalette::ToolTipText, c("on.tooltip"));
        p.setColor(QPalette::Light, c("raised"));
        p.setColor(QPalette::Midlight, c("hover"));
        p.setColor(QPalette::Mid, c("line"));
        p.setColor(QPalette::Dark, c("line.strong"));
        p.setColor(QPalette::Shadow, c("ink"));
        for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
            p.setColor(QPalette::Disabled, role, c("ink.faint"));
        return p;
    }

    QString filledSheet() const {
        static const QRegularExpression placeholder(QStringLiteral("@([a-z.]+)@"));
        QString out;
        qsizetype at = 0;
        for (auto it = placeholder.globalMatch(sheet); it.hasNext();) {
            const auto match = it.next();
            out += QStringView(sheet).mid(at, match.capturedStart() - at);
            const QString name = match.captured(1);
            if (name == QLatin1String("mode"))
                out += isDark ? QLatin1String("dark") : QLatin1String("light");
            else if (name == QLatin1String("radius"))
                out += QString::number(radius);
            else
                out += scheme().colors.value(name).name();
            at = match.capturedEnd();
        }
        return out += QStringView(sheet).mid(at);
    }

    bool wantsDark() const {
        return mode == Mode::Dark || (mode == Mode::System && system && system->isDark());
    }

    void apply() {
        isDark = wantsDark();
        if (!app) return;
        const QPalette p = palette();
        app->setPalette(p);
        QToolTip::setPalette(p);
        app->setStyleSheet(filledSheet());
    }
};

Theme::Theme()
    : impl_(new Impl) {
    impl_->read();
}

Theme& Theme::instance() {
    static Theme theme;
    return theme;
}

void Theme::install(QApplication& app) {
    impl_->app = &app;
    app.installEventFilter(new PlainText(&app));
    impl_->system = new SystemScheme(&app); // before our palette hides the desktop's
    connect(impl_->system, &SystemScheme::changed, this, [this] {
        if (impl_->mode != Mode::System || impl_->wantsDark() == impl_->isDark) return;
        impl_->apply();
        emit changed();
    });
    connect(&app, &QObject::destroyed, this, [this] {
        impl_->app = nullptr;
        impl_->system = nullptr;
    });
    for (const char* file : {"Regular", "SemiBold"})
        QFontDatabase::addApplicationFont(
            QStringLiteral(":/fonts/BurdockFigures-%1.otf").arg(QLatin1String(file)));
    const QString kept = QSettings().value(QStringLiteral("theme")).toString();
    impl_->mode = kept == QLatin1String("dark")    ? Mode::Dark
                  : kept == QLatin1String("light") ? Mode::Light
                                                   : Mode::System;
    app.setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    app.setFont(font());
    QToolTip::setFont(font());
    impl_->apply();
    emit changed();
}

Theme::Mode Theme::mode() const {
    return impl_->mode;
}

void Theme::setMode(Mode mode) {
    if (mode == impl_->mode) return;
    impl_->mode = mode;
    QSettings().setValue(QStringLiteral("theme"), mode == Mode::Dark    ? QStringLiteral("dark")
                                                  : mode == Mode::Light ? QStringLiteral("light")
                                                                        : QStringLiteral("system"));
    if (impl_->wantsDark() == impl_->isDark) return;
    impl_->apply();
    emit changed();
}

bool Theme::isDark() const {
    return impl_->isDark;
}

QColor Theme::color(const QString& token) const {
    const auto& colors = impl_->scheme().colors;
    const auto it = colors.constFind(token);
    // A category that a plugin brought has no token of its own.
    return it != colors.constEnd() ? *it : colors.value(QStringLiteral("ink.soft"));
}

QColor Theme::curve(int index) const {
    const auto& curves = impl_->scheme().curves;
    const auto n = static_cast<int>(curves.size());
    return curves[(index % n + n) % n];
}

QColor Theme::runColor(qint64 runId) const {
    const auto n = static_cast<qint64>(impl_->scheme().curves.size());
    return curve(static_cast<int>(((runId - 1) % n + n) % n));
}

int Theme::space(int steps) const {
    return impl_->grid * steps;
}

int Theme::radius() const {
    return impl_->radius;
}

QFont Theme::font(const QString& role) const {
    const FontToken token = impl_->fonts.value(role, impl_->fonts.value(QStringLiteral("body")));
    QFont font;
    font.setFamilies(token.figures ? impl_->figureFamilies + impl_->families : impl_->families);
    font.setPixelSize(token.size);
    font.setWeight(static_cast<QFont::Weight>(token.weight));
    font.setHintingPreference(QFont::PreferNoHinting);
    return font;
}

void setLook(QWidget& widget, const char* property, const QVariant& value) {
    const QVariant now = widget.property(property);
    if (now.isValid() ? now == value : !value.toBool()) return; // what was never set looks like "" and false
    widget.setProperty(property, value);
    widget.style()->unpolish(&widget);
    widget.style()->polish(&widget);
}

void setRole(QWidget& widget, const char* role) {
    setLook(widget, "role", QString::fromLatin1(role));
}

QIcon Theme::icon(const QString& name, const QString& colorToken) const {
    return themedIcon(name, colorToken);
}

} // namespace burdock
