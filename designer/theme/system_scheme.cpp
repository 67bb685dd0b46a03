#include "theme/system_scheme.h"

#include <QGuiApplication>
#include <QPalette>

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDBusVariant>

namespace burdock {
namespace {

const QString appearance = QStringLiteral("org.freedesktop.appearance");
const QString colorScheme = QStringLiteral("color-scheme");

} // namespace

SystemScheme::SystemScheme(QObject* parent)
    : QObject(parent) {
    dark_ = QGuiApplication::palette().color(QPalette::Window).lightness() < 128 ||
            qEnvironmentVariable("GTK_THEME").contains(QLatin1String("dark"), Qt::CaseInsensitive);
    // Without an address libdbus would start a bus of its own, which takes long and serves nobody.
    if (qEnvironmentVariableIsEmpty("DBUS_SESSION_BUS_ADDRESS")) return;
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected()) return;
    const QString service = QStringLiteral("org.freedesktop.portal.Desktop"),
                  path = QStringLiteral("/org/freedesktop/portal/desktop"),
                  interface = QStringLiteral("org.freedesktop.portal.Settings");
    bus.connect(service, path, interface, QStringLiteral("SettingChanged"), this,
                SLOT(onSetting(QString, QString, QDBusVariant)));
    QDBusMessage ask = QDBusMessage::createMethodCall(service, path, interface, QStringLiteral("Read"));
    ask << appearance << colorScheme;
    auto* watcher = new QDBusPendingCallWatcher(bus.asyncCall(ask), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this](QDBusPendingCallWatcher* done) {
        const QDBusPendingReply<QDBusVariant> reply = *done;
        if (!reply.isError()) onSetting(appearance, colorScheme, reply.value());
        done->deleteLater();
    });
}

void SystemScheme::onSetting(const QString& group, const QString& key, const QDBusVariant& value) {
    if (group != appearance || key != colorScheme) return;
    QVariant inner = value.variant();
    while (inner.canConvert<QDBusVariant>())
        inner = inner.value<QDBusVariant>().variant();
    // 0: no preference, 1: dark, 2: light (xdg-desktop-portal, org.freedesktop.appearance).
    if (const uint preference = inner.toUInt(); preference != 0) setDark(preference == 1);
}

void SystemScheme::setDark(bool dark) {
    if (dark == dark_) return;
    dark_ = dark;
    emit changed();
}

} // namespace burdock
