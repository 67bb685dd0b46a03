#include "datapage/data_words.h"

#include "theme/theme.h"

#include <QCoreApplication>

namespace burdock {

QString inputWords(const Dataset& data) {
    const auto tr = [](const char* text) { return QCoreApplication::translate("DataWords", text); };
    const burdock::Shape& input = data.info().input;
    if (data.tokenizer()) return tr("%1 tokens each").arg(exactCount(input.size()));
    if (!input.isFlat()) return QString::fromStdString(toString(input));
    return input.channels == 1 ? tr("one feature") : tr("%1 features").arg(exactCount(input.channels));
}

} // namespace burdock
