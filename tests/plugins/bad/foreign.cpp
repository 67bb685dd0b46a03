#include <QObject>
#include <QtPlugin>

/// A plugin of another program.
class ForeignPlugin final : public QObject {
    Q_OBJECT
    Q_PLUGIN_METADATA(IID "org.example.Other/3" FILE "metadata.json")
};

#include "foreign.moc"
