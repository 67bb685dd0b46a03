#pragma once

#include <QDBusVariant>
#include <QObject>

namespace burdock {

/// Whether the desktop asks for dark: from the settings portal of the session, as far as there is one, and
/// from the desktop's own palette otherwise. Asks without blocking; changed() follows.
class SystemScheme : public QObject {
    Q_OBJECT
  public:
    explicit SystemScheme(QObject* parent = nullptr);
    bool isDark() const { return dark_; }

  signals:
    void changed();

  private slots:
    void onSetting(const QString& group, const QString& key, const QDBusVariant& value);

  private:
    void setDark(bool dark);
    bool dark_ = false;
};

} // namespace burdock
