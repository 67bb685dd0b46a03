#include "app/dataset_chooser.h"

#include "app/refused_texts.h"
#include "app/text.h"
#include "app/workspace.h"
#include "datapage/data_words.h"
#include "inspector/param_form.h"
#include "notebook/find_data.h"
#include "session/moved_data.h"
#include "theme/file_question.h"
#include "theme/move_focus.h"
#include "theme/plain_text.h"
#include "theme/theme.h"

#include <QComboBox>
#include <QFileInfo>
#include <QLabel>
#include <QMenu>
#include <QMetaMethod>
#include <QPushButton>
#include <QStandardItemModel>
#include <QVBoxLayout>
#include <QWheelEvent>

#include <algorithm>

namespace burdock {
namespace {

/// The wheel scrolls the form.
class CalmCombo final : public QComboBox {
  public:
    using QComboBox::QComboBox;

  protected:
    void wheelEvent(QWheelEvent* event) override { event->ignore(); }
};

} // namespace

DatasetChooser::DatasetChooser(Workspace& workspace, QWidget* parent)
    : QWidget(parent)
    , workspace_(workspace)
    , combo_(new CalmCombo(this))
    , doc_(new QLabel(this))
    , facts_(new QLabel(this))
    , problem_(new QLabel(this))
    , look_(new QPushButton(tr("Look at the data"), this))
    , find_(new QPushButton(tr("Find…"), this))
    , options_(new ParamForm(this)) {
    combo_->setObjectName(QStringLiteral("dataset"));
    combo_->setAccessibleName(tr("Data set"));
    combo_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    combo_->setMinimumContentsLength(12);
    auto* open = new QPushButton(tr("Open file…"), this);
    open->setIcon(Theme::instance().icon(QStringLiteral("folder")));
    open->setToolTip(tr("Train on data of your own"));
    for (QLabel* label : {doc_, facts_, problem_})
        label->setWordWrap(true);
    doc_->setProperty("role", "soft");
    problem_->setProperty("role", "error");

    auto* row = new QHBoxLayout;
    row->setSpacing(6);
    row->addWidget(combo_, 1);
    row->addWidget(open);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    layout->addLayout(row);
    layout->addWidget(facts_);
    layout->addWidget(look_, 0, Qt::AlignLeft);
    layout->addWidget(doc_);
    layout->addWidget(problem_);
    layout->addWidget(find_, 0, Qt::AlignLeft);
    layout->addWidget(options_); // after what was guessed, which they can change

    look_->setObjectName(QStringLiteral("lookAtData"));
    look_->setIcon(Theme::instance().icon(QStringLiteral("dataset")));
    look_->hide();
    find_->setObjectName(QStringLiteral("findData"));
    find_->setIcon(Theme::instance().icon(QStringLiteral("search")));
    find_->setToolTip(tr("Tell where the same data are now: their options stay"));
    find_->hide();
    connect(find_, &QPushButton::clicked, this, &DatasetChooser::findMoved);
    connect(look_, &QPushButton::clicked, this, &DatasetChooser::pageWanted);
    for (const DatasetEntry& entry : workspace_.catalog().entries()) {
        combo_->addItem(text(entry.title), text(entry.id));
        const int at = combo_->count() - 1;
        combo_->setItemData(at, plainTip(text(entry.available ? entry.doc : entry.unavailable)),
                            Qt::ToolTipRole);
        if (auto* items = qobject_cast<QStandardItemModel*>(combo_->model()); items && !entry.available) {
            combo_->setItemText(at, tr("%1 (not installed)").arg(text(entry.title)));
            items->item(at)->setEnabled(false);
        }
    }
    connect(combo_, &QComboBox::activated, this,
            [this](int index) { workspace_.settings().setDataset(combo_->itemData(index).toString()); });
    const auto& formats = workspace_.catalog().formats();
    if (std::any_of(formats.begin(), formats.end(), [](const DatasetFormat& f) { return f.folders; })) {
        open->setText(tr("Open…"));
        auto* menu = new QMenu(open);
        menu->addAction(tr("File…"), this, &DatasetChooser::openFile);
        menu->addAction(tr("Folder…"), this, &DatasetChooser::openFolder);
        open->setMenu(menu);
    } else {
        connect(open, &QPushButton::clicked, this, &DatasetChooser::openFile);
    }
    hinderWhileRefused(workspace_, *options_);
    connect(options_, &ParamForm::changed, this, [this](const QString& key, const ParamValue& value) {
        if (!shown_) return;
        if (key.toStdString() == formatOption) shown_->options.clear(); // another format has other options
        shown_->options[key.toStdString()] = value;
        workspace_.settings().setDataset(text(shown_->text()));
    });
    connect(&workspace_.dataset(), &DatasetLoader::resolved, this, [this] {
        showChoice();
        showFacts();
    });
    connect(&workspace_.dataset(), &DatasetLoader::changed, this, &DatasetChooser::showFacts);
    options_->hide();
    showChoice();
    showFacts();
}

void DatasetChooser::connectNotify(const QMetaMethod& signal) {
    if (signal == QMetaMethod::fromSignal(&DatasetChooser::pageWanted)) look_->show();
}

void DatasetChooser::openFile() {
    QStringList all, filters;
    for (const DatasetFormat& format : workspace_.catalog().formats()) {
        QStringList patterns;
        for (const std::string& pattern : format.patterns)
            patterns << text(pattern);
        all += patterns;
        filters << QStringLiteral("%1 (%2)").arg(text(format.name), patterns.join(u' '));
    }
    if (!all.isEmpty()) filters.prepend(tr("All data files (%1)").arg(all.join(u' ')));
    filters << tr("All files (*)");
    const QString path = askToOpen(this, tr("Open data"), filters.join(QStringLiteral(";;")));
    if (!path.isEmpty()) workspace_.settings().setDataset(path);
}

void DatasetChooser::openFolder() {
    const QString path = askForFolder(this, tr("Open a folder of data"));
    if (!path.isEmpty()) workspace_.settings().setDataset(path);
}

void DatasetChooser::findMoved() {
    const QString place = askForPlace(this, partsOf(workspace_.settings().dataset()).path);
    if (!place.isEmpty()) workspace_.findData(place);
}

void DatasetChooser::showChoice() {
    const auto& chosen = workspace_.dataset().reference();
    const bool sameOptions =
        chosen && shown_ && shown_->entry == chosen->entry && shown_->format == chosen->format;
    shown_ = chosen;
    if (shown_ && !sameOptions) options_->setSpecs(shown_->params);
    if (shown_) options_->setValues(shown_->options);
    options_->setVisible(shown_ && !options_->isEmpty());
    const QString name = shown_ ? text(shown_->name) : partsOf(workspace_.settings().dataset()).path;
    int at = combo_->findData(name);
    if (at < 0) {
        combo_->addItem(QFileInfo(name).fileName(), name);
        at = combo_->count() - 1;
        combo_->setItemData(at, plainTip(name), Qt::ToolTipRole);
    }
    combo_->setCurrentIndex(at);
}

void DatasetChooser::showFacts() {
    const DatasetLoader& loader = workspace_.dataset();
    problem_->setVisible(loader.problem().has_value());
    if (loader.problem()) problem_->setText(text(oneLine(*loader.problem())));
    const bool missing = loader.problem() && loader.problem()->code == dataMissing;
    if (!missing) moveFocus(*find_, *combo_);
    find_->setVisible(missing);
    const DatasetEntry* entry = shown_ ? shown_->entry : nullptr;
    QString doc = entry ? text(entry->doc) : QString();
    if (loader.isLoading()) {
        facts_->setText(tr("Reading the data…"));
    } else if (const auto& data = loader.data()) {
        const DatasetInfo& info = data->info();
        QStringList facts{tr("%1 samples").arg(exactCount(info.trainSize - info.validationSize))};
        if (info.validationSize > 0)
            facts << tr("%1 for the validation").arg(exactCount(info.validationSize));
        if (info.testSize > 0) facts << tr("%1 for the test").arg(exactCount(info.testSize));
        facts << inputWords(*data) << text(info.task->asks(info));
        facts_->setText(facts.join(QStringLiteral(" · ")));
        if (doc.isEmpty()) doc = text(info.doc);
        for (const std::string& note : info.notes)
            doc += (doc.isEmpty() ? QString() : QStringLiteral("\n")) + QStringLiteral("• ") + text(note);
        if (!info.licence.empty())
            doc += (doc.isEmpty() ? QString() : QStringLiteral(" ")) +
                   tr("Licence: %1.").arg(text(info.licence));
        if (!info.classNames.empty()) {
            QStringList names;
            for (const std::string& name : info.classNames)
                names << text(name);
            facts_->setToolTip(plainTip(names.join(QStringLiteral(", "))));
        } else {
            facts_->setToolTip({});
        }
    } else {
        facts_->clear();
    }
    facts_->setVisible(!facts_->text().isEmpty());
    doc_->setText(doc);
    doc_->setVisible(!doc.isEmpty());
}

} // namespace burdock
