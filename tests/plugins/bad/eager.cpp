// A plugin that adds an entry while it is loaded, and then does not implement what it should.
#include "plugin_api/plugin.h"

#include <QObject>

namespace {

[[maybe_unused]] const bool added = [] {
    burdock::LossSchema loss = burdock::losses().front();
    loss.id = "test.eager";
    return burdock::losses().add(std::move(loss)).has_value();
}();

} // namespace

class EagerPlugin : public QObject {
    Q_OBJECT
    Q_PLUGIN_METADATA(IID BURDOCK_PLUGIN_IID FILE "metadata.json")
};

#include "eager.moc"
