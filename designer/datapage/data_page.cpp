#include "datapage/data_page.h"

#include "datapage/class_view.h"
#include "datapage/data_words.h"
#include "datapage/findings_list.h"
#include "datapage/seen_view.h"
#include "datapage/table_view.h"
#include "datapage/token_view.h"
#include "engine/data/picture.h"
#include "theme/elided_label.h"
#include "theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QStackedWidget>
#include <QTabWidget>
#include <QVBoxLayout>

namespace burdock {

DataPage::DataPage(QWidget* parent)
    : QWidget(parent)
    , surveyor_(new Surveyor(this))
    , title_(new ElidedLabel({}, this))
    , facts_(new ElidedLabel({}, this))
    , progress_(new QLabel(this))
    , state_(new QLabel(this))
    , stack_(new QStackedWidget(this))
    , tabs_(new QTabWidget(this))
    , table_(new TableView(*surveyor_, tabs_))
    , classes_(new ClassView(*surveyor_, tabs_))
    , tokens_(new TokenView(tabs_))
    , seen_(new SeenView(tabs_))
    , findings_(new FindingsList(this)) {
    setObjectName(QStringLiteral("dataPage"));
    title_->setFont(Theme::instance().font(QStringLiteral("title")));
    title_->setObjectName(QStringLiteral("dataTitle"));
    facts_->setProperty("role", "soft");
    facts_->setObjectName(QStringLiteral("dataFacts"));
    progress_->setProperty("role", "soft");
    state_->setProperty("role", "soft");
    state_->setAlignment(Qt::AlignCenter);
    state_->setWordWrap(true);
    for (QWidget* page : std::initializer_list<QWidget*>{table_, classes_, tokens_, seen_})
        page->hide();
    stack_->addWidget(state_);
    stack_->addWidget(tabs_);
    auto* head = new QHBoxLayout;
    head->setSpacing(12);
    head->addWidget(title_);
    head->addWidget(facts_, 1);
    head->addWidget(progress_);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 12, 16, 12);
    layout->addLayout(head);
    layout->addWidget(stack_, 1);

    connect(surveyor_, &Surveyor::changed, this, &DataPage::refresh);
    connect(surveyor_, &Surveyor::progressed, this, &DataPage::showProgress);
    connect(table_, &TableView::optionsWanted, this, &DataPage::optionsWanted);
    connect(findings_, &FindingsList::optionsWanted, this, &DataPage::optionsWanted);
    setData({}, {});
}

void DataPage::setData(std::shared_ptr<const Dataset> data, const std::optional<DatasetRef>& reference,
                       const QString& state) {
    use_ = ColumnUse(reference, data.get());
    state_->setText(state);
    const bool other = data != surveyor_->data();
    surveyor_->setData(std::move(data));
    stack_->setCurrentIndex(surveyor_->data() ? 1 : 0);
    table_->setUse(use_);
    if (!other) return refresh();
    showTabs();
    setSeen(input_, config_);
}

void DataPage::setSeen(const std::optional<burdock::Shape>& input, const TrainConfig& config) {
    input_ = input;
    config_ = config;
    seen_->setSeen(surveyor_->data(), input, config);
}

/// Those that suit the kind of data.
void DataPage::showTabs() {
    const auto& data = surveyor_->data();
    tokens_->setData(data && data->tokenizer() ? data : nullptr);
    const QString before = tabs_->tabText(tabs_->currentIndex());
    tabs_->clear();
    title_->setText(data ? QString::fromStdString(data->info().title) : QString());
    if (!data) return facts_->clear();
    const DatasetInfo& info = data->info();
    QStringList facts{tr("%1 samples").arg(exactCount(info.trainSize))};
    if (info.testSize > 0) facts << tr("%1 for the test").arg(exactCount(info.testSize));
    facts << inputWords(*data) << QString::fromStdString(info.task->asks(info));
    facts_->setText(facts.join(QStringLiteral(" · ")));
    const bool pictures = isPicture(info.input), classes = info.task->targetKind != TargetKind::Number;
    if (data->tokenizer()) {
        tabs_->addTab(tokens_, tr("Text"));
        tabs_->addTab(classes_, tr("Tokens"));
    } else if (pictures) {
        tabs_->addTab(classes_, classes ? tr("Classes") : tr("Pictures"));
        tabs_->addTab(table_, tr("Brightness"));
    } else {
        tabs_->addTab(table_, tr("Table"));
        if (classes) tabs_->addTab(classes_, tr("Classes"));
    }
    tabs_->addTab(seen_, tr("As the network sees it"));
    for (int i = 0; i < tabs_->count(); ++i)
        if (tabs_->tabText(i) == before) tabs_->setCurrentIndex(i);
}

void DataPage::refresh() {
    table_->refresh();
    classes_->refresh();
    const auto& survey = surveyor_->survey();
    if (survey)
        findings_->setFindings(findingsIn(surveyor_->data()->info(), *survey, use_),
                               surveyor_->data()->tokenizer()
                                   ? tr("Nothing that speaks against training on them: tokens and duplicates "
                                        "were looked at.")
                                   : tr("Nothing that speaks against training on them: classes, columns and "
                                        "duplicates were looked at."));
    else if (surveyor_->problem())
        findings_->setFindings({{QString::fromStdString(oneLine(*surveyor_->problem())), {}, {}}}, {});
    else
        findings_->setFindings({},
                               surveyor_->data() ? tr("The samples are being looked through…") : QString());
    showProgress();
}

void DataPage::showProgress() {
    const int percent = static_cast<int>(100 * surveyor_->share());
    progress_->setText(surveyor_->isWorking() ? tr("Looking through the samples… %1 %").arg(percent)
                                              : QString());
}

} // namespace burdock
