#include "app/data_place.h"

#include "app/augmentation_list.h"
#include "app/dataset_chooser.h"
#include "app/text.h"
#include "app/workspace.h"
#include "datapage/data_page.h"
#include "datapage/findings_list.h"
#include "engine/data/picture.h"
#include "theme/section_title.h"
#include "theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QSplitter>
#include <QVBoxLayout>

#include <algorithm>

namespace burdock {
namespace {

/// Whether two networks compute the same, wherever their cards are.
bool isSameNetwork(const Graph& a, const Graph& b) {
    return std::ranges::equal(a.edges(), b.edges()) &&
           std::ranges::equal(a.nodes(), b.nodes(), [](Node left, const Node& right) {
               left.position = right.position;
               return left == right;
           });
}

} // namespace

DataPlace::DataPlace(Workspace& workspace, QWidget* parent)
    : QWidget(parent)
    , workspace_(workspace)
    , datasets_(new DatasetChooser(workspace, this))
    , propose_(new QPushButton(tr("Open the proposed network"), this))
    , proposalTitle_(sectionTitle(tr("Proposed network"), this))
    , proposal_(new QLabel(this))
    , page_(new DataPage(this)) {
    setObjectName(QStringLiteral("dataPlace"));
    auto* form = new QWidget(this);
    auto* rows = new QVBoxLayout(form);
    rows->setContentsMargins(16, 10, 12, 16);
    rows->setSpacing(8);
    auto* augmentationTitle = sectionTitle(tr("Augmentation"), form);
    auto* augmentation = new AugmentationList(workspace, form);
    auto* head = new QHBoxLayout; // in sight however long the options are
    head->addWidget(sectionTitle(tr("Data"), form), 1);
    head->addWidget(propose_, 0, Qt::AlignBottom);
    rows->addLayout(head);
    rows->addWidget(datasets_);
    propose_->setObjectName(QStringLiteral("proposeNetwork"));
    propose_->setToolTip(tr("A network with settings to begin with on these data; what is on the canvas is "
                            "kept in the notebook"));
    connect(propose_, &QPushButton::clicked, this,
            [this] { workspace_.proposeNetwork([this] { emit designWanted(); }); });
    proposal_->setObjectName(QStringLiteral("proposal"));
    proposal_->setAccessibleName(tr("What was proposed, and why"));
    proposal_->setTextFormat(Qt::PlainText);
    proposal_->setWordWrap(true);
    proposal_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    rows->addWidget(proposalTitle_);
    rows->addWidget(proposal_);
    withdrawProposal();
    rows->addWidget(sectionTitle(tr("Found in the data"), form));
    rows->addWidget(&page_->findings());
    rows->addWidget(augmentationTitle);
    rows->addWidget(augmentation);
    rows->addStretch();
    const auto showAugmentation = [=, this] {
        const auto& data = workspace_.dataset().data();
        const bool wanted =
            (data && isPicture(data->info().input)) || !workspace_.settings().config().augmentation.empty();
        augmentationTitle->setVisible(wanted);
        augmentation->setVisible(wanted);
    };
    auto* area = new QScrollArea(this);
    area->setObjectName(QStringLiteral("dataScroll"));
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setMinimumWidth(300);
    area->setProperty("panel", true);
    area->setAttribute(Qt::WA_StyledBackground);
    area->viewport()->setAutoFillBackground(false);
    form->setAutoFillBackground(false);
    area->setWidget(form);

    auto* columns = new QSplitter(Qt::Horizontal, this);
    columns->setHandleWidth(1);
    columns->addWidget(area);
    columns->addWidget(page_);
    columns->setStretchFactor(1, 1);
    columns->setChildrenCollapsible(false);
    columns->setSizes({330, 900});
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(columns);

    connect(&workspace_.dataset(), &DatasetLoader::changed, this, &DataPlace::showData);
    connect(&workspace_.dataset(), &DatasetLoader::resolved, this, &DataPlace::showData);
    connect(&workspace_.dataset(), &DatasetLoader::changed, this, showAugmentation);
    connect(&workspace_.settings(), &TrainingSettings::changed, this, showAugmentation);
    connect(&workspace_.settings(), &TrainingSettings::changed, this, &DataPlace::showSeen);
    connect(&workspace_.document(), &GraphDocument::graphChanged, this, &DataPlace::showSeen);
    connect(&workspace_, &Workspace::proposed, this, &DataPlace::showProposal);
    connect(&workspace_.dataset(), &DatasetLoader::changed, this, &DataPlace::withdrawProposal);
    connect(&workspace_.document(), &GraphDocument::graphChanged, this, [this] {
        if (proposed_ && !isSameNetwork(*proposed_, workspace_.document().graph())) withdrawProposal();
    });
    connect(page_, &DataPage::optionsWanted, this, [this](const ParamValues& options) {
        auto reference = workspace_.dataset().reference();
        if (!reference) return;
        for (const auto& [key, value] : options)
            reference->options[key] = value;
        workspace_.settings().setDataset(text(reference->text()));
    });
    // The way on, as long as what is on the canvas cannot be trained on them.
    const auto urge = [this] {
        const bool first = workspace_.hindrance().has_value();
        setLook(*propose_, "primary", first);
        propose_->setIcon(Theme::instance().icon(QStringLiteral("design"), first ? QStringLiteral("on.accent")
                                                                                 : QStringLiteral("ink")));
    };
    connect(&workspace_, &Workspace::problemsChanged, this, urge);
    urge();
    showAugmentation();
    showData();
    showSeen();
}

void DataPlace::showData() {
    const DatasetLoader& loader = workspace_.dataset();
    propose_->setVisible(loader.data() != nullptr);
    page_->setData(loader.data(), loader.reference(),
                   loader.isLoading() ? tr("Reading the data…")
                   : loader.problem() ? text(oneLine(*loader.problem()))
                                      : tr("Choose data at the left."));
}

void DataPlace::showProposal(const QStringList& lines) {
    proposed_ = workspace_.document().graph();
    proposal_->setText(lines.join(u'\n'));
    proposalTitle_->show();
    proposal_->show();
}

void DataPlace::withdrawProposal() {
    proposed_.reset();
    proposal_->clear();
    proposalTitle_->hide();
    proposal_->hide();
}

void DataPlace::showSeen() {
    const GraphReport& report = workspace_.document().report();
    page_->setSeen(report.network ? std::optional(report.network->inputShape()) : std::nullopt,
                   workspace_.settings().config());
}

} // namespace burdock
