#include "datapage/seen_view.h"

#include "datapage/row_table.h"
#include "engine/data/picture.h"
#include "samples/sample_picture.h"
#include "theme/plain_text.h"
#include "theme/theme.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedWidget>
#include <QTableWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace burdock {
namespace {

constexpr std::int64_t shownSamples = 8, shownEpochs = 5;
constexpr int mostFeatures = 500; ///< of a table that is written out

QString shapeWords(const burdock::Shape& shape) {
    return QString::fromStdString(toString(shape));
}

/// The names of the rows. The style keeps room for a sort mark below them, and would cut them there.
class RowNames final : public QHeaderView {
  public:
    explicit RowNames(QWidget* parent)
        : QHeaderView(Qt::Vertical, parent) {}

  protected:
    void paintSection(QPainter* painter, const QRect& rect, int section) const override {
        const Theme& theme = Theme::instance();
        painter->save();
        painter->fillRect(rect, theme.color(QStringLiteral("surface")));
        painter->setPen(theme.color(QStringLiteral("line")));
        painter->drawLine(rect.bottomLeft(), rect.bottomRight());
        painter->drawLine(rect.topRight(), rect.bottomRight());
        painter->setPen(theme.color(QStringLiteral("ink.soft")));
        painter->setFont(theme.font(QStringLiteral("strong")));
        const QRect room = rect.adjusted(theme.space(2), 0, -theme.space(2), 0);
        const QString name = model()->headerData(section, Qt::Vertical).toString();
        painter->drawText(room, Qt::AlignLeft | Qt::AlignVCenter,
                          painter->fontMetrics().elidedText(name, Qt::ElideRight, room.width()));
        painter->restore();
    }
};

} // namespace

/// A row for each sample: as it is, then as each epoch gives it.
class SeenPictures final : public QWidget {
  public:
    using QWidget::QWidget;
    void setSeen(const SeenSamples* seen) {
        seen_ = seen && isPicture(seen->shape) ? seen : nullptr;
        setMinimumHeight(seen_ ? head + static_cast<int>(seen_->samples.size()) * (side + gap) : 0);
        setMinimumWidth(label + 16 + (1 + static_cast<int>(shownEpochs)) * (side + gap));
        update();
    }

  protected:
    void paintEvent(QPaintEvent*) override {
        if (!seen_) return;
        QPainter painter(this);
        const Theme& theme = Theme::instance();
        painter.setFont(theme.font(QStringLiteral("caption")));
        painter.setPen(theme.color(QStringLiteral("ink.soft")));
        const std::size_t epochs = seen_->samples.empty() ? 0 : seen_->samples.front().fitted.size();
        const auto title = [&](std::size_t column, const QString& text) {
            painter.drawText(QRect(placeAt(column, 0).left(), 0, side + 2 * gap, head - 4),
                             Qt::AlignLeft | Qt::AlignBottom, text);
        };
        title(0, SeenView::tr("in the data"));
        for (std::size_t e = 0; e < epochs; ++e)
            title(e + 1, epochs == 1 ? SeenView::tr("given") : SeenView::tr("epoch %1").arg(e + 1));
        for (std::size_t i = 0; i < seen_->samples.size(); ++i) {
            const SeenSample& sample = seen_->samples[i];
            const int y = placeAt(0, i).top();
            painter.setFont(theme.font(QStringLiteral("body")));
            painter.setPen(theme.color(QStringLiteral("ink")));
            const QString words = painter.fontMetrics().elidedText(QString::fromStdString(sample.target),
                                                                   Qt::ElideRight, label - 10);
            painter.drawText(QRect(0, y, label - 10, side / 2), Qt::AlignLeft | Qt::AlignBottom, words);
            painter.setFont(theme.font(QStringLiteral("caption")));
            painter.setPen(theme.color(QStringLiteral("ink.soft")));
            painter.drawText(QRect(0, y + side / 2 + 2, label - 10, side / 2), Qt::AlignLeft | Qt::AlignTop,
                             SeenView::tr("sample %1").arg(exactCount(sample.index + 1)));
            if (isPicture(seen_->original)) draw(painter, placeAt(0, i), seen_->original, sample.original);
            for (std::size_t e = 0; e < sample.fitted.size(); ++e)
                draw(painter, placeAt(e + 1, i), seen_->shape, sample.fitted[e]);
        }
    }

  private:
    static constexpr int side = 64, gap = 8, label = 112, head = 24;
    static QRect placeAt(std::size_t column, std::size_t row) {
        const int apart = column > 0 ? 16 : 0; // the original stands for itself
        return {label + apart + static_cast<int>(column) * (side + gap),
                head + static_cast<int>(row) * (side + gap), side, side};
    }
    static void draw(QPainter& painter, const QRect& place, const burdock::Shape& shape,
                     const std::vector<float>& values) {
        painter.drawImage(fittedInto(place, shape), samplePicture(shape, values.data()));
    }
    const SeenSamples* seen_ = nullptr;
};

SeenView::SeenView(QWidget* parent)
    : QWidget(parent)
    , scaling_(std::make_shared<KeptScaling>())
    , facts_(new QLabel(this))
    , others_(new QPushButton(tr("Other samples"), this))
    , stack_(new QStackedWidget(this))
    , pictures_(new SeenPictures(this))
    , table_(new QTableWidget(this)) {
    setObjectName(QStringLiteral("seenView"));
    facts_->setObjectName(QStringLiteral("seenFacts"));
    facts_->setWordWrap(true);
    others_->setIcon(Theme::instance().icon(QStringLiteral("reload")));
    connect(others_, &QPushButton::clicked, this, [this] {
        ++turn_;
        workOut();
    });
    auto* area = new QScrollArea(this);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setWidget(pictures_);
    area->setAccessibleName(tr("Samples as the network gets them"));
    table_->setAccessibleName(tr("Samples as the network gets them"));
    table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table_->setShowGrid(false);
    table_->setVerticalHeader(new RowNames(table_));
    table_->verticalHeader()->setDefaultSectionSize(26);
    stack_->addWidget(area);
    stack_->addWidget(table_);
    auto* bar = new QHBoxLayout;
    bar->addWidget(facts_, 1);
    bar->addWidget(others_, 0, Qt::AlignTop);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 8, 0, 0);
    layout->addLayout(bar);
    layout->addWidget(stack_, 1);
    connect(&Theme::instance(), &Theme::changed, pictures_, qOverload<>(&QWidget::update));
}

SeenView::~SeenView() = default;

void SeenView::setSeen(std::shared_ptr<const Dataset> data, const std::optional<burdock::Shape>& input,
                       const TrainConfig& config) {
    if (data != data_) {
        pictures_->setSeen(nullptr);
        table_->setRowCount(0);
        shown_.reset();
        facts_->clear();
    }
    data_ = std::move(data);
    input_ = input;
    config_ = config;
    isVisible() ? workOut() : work_.drop();
    outdated_ = !isVisible();
}

void SeenView::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    if (std::exchange(outdated_, false)) workOut();
}

void SeenView::workOut() {
    work_.drop();
    others_->setEnabled(data_ != nullptr);
    if (!data_) return;
    work_.start(
        this,
        [data = data_, input = input_, config = config_, turn = turn_, scaling = scaling_] {
            return seenBy(data, input, config, turn, shownSamples, shownEpochs, *scaling);
        },
        [this](Result<SeenSamples> seen) { take(std::move(seen)); });
}

void SeenView::take(Result<SeenSamples> seen) {
    setRole(*facts_, seen && seen->fits ? "soft" : "warning");
    pictures_->setSeen(nullptr);
    shown_.reset();
    if (!seen) {
        table_->setRowCount(0);
        facts_->setText(QString::fromStdString(oneLine(seen.error())));
        emit changed();
        return;
    }
    shown_ = std::make_unique<const SeenSamples>(std::move(*seen));
    QStringList facts;
    if (shown_->original == shown_->shape)
        facts << shapeWords(shown_->shape);
    else
        facts << tr("%1 fitted to %2").arg(shapeWords(shown_->original), shapeWords(shown_->shape));
    facts << (shown_->normalised ? tr("normalised") : tr("not normalised"));
    const bool ids = data_->tokenizer() != nullptr;
    if (!ids)
        facts << tr("these samples: mean %1, deviation %2, from %3 to %4")
                     .arg(humanNumber(shown_->mean), humanNumber(shown_->deviation),
                          humanNumber(shown_->minimum), humanNumber(shown_->maximum));
    else
        facts = QStringList{tr("%1 tokens, by their numbers").arg(shapeWords(shown_->shape))};
    if (!shown_->fits && input_)
        facts << tr("the network takes %1: they do not go together yet").arg(shapeWords(*input_));
    facts_->setText(facts.join(QStringLiteral(" · ")));
    if (isPicture(shown_->shape)) {
        pictures_->setSeen(shown_.get());
        stack_->setCurrentIndex(0);
    } else {
        fillTable();
        stack_->setCurrentIndex(1);
    }
    emit changed();
}

void SeenView::fillTable() {
    const auto& names = data_->info().featureNames;
    const int rows = static_cast<int>(std::min<std::int64_t>(shown_->shape.size(), mostFeatures));
    const int samples = static_cast<int>(shown_->samples.size());
    table_->clear();
    table_->setRowCount(rows);
    table_->setColumnCount(samples);
    for (int row = 0; row < rows; ++row) {
        const auto i = static_cast<std::size_t>(row);
        table_->setVerticalHeaderItem(row,
                                      new QTableWidgetItem(i < names.size() ? QString::fromStdString(names[i])
                                                                            : QString::number(row + 1)));
        for (int column = 0; column < samples; ++column) {
            const SeenSample& sample = shown_->samples[static_cast<std::size_t>(column)];
            const double before = i < sample.original.size() ? sample.original[i] : 0,
                         after = sample.given[i];
            const QString was = std::isnan(before) ? tr("missing") : valueText(before);
            auto* item = new QTableWidgetItem(
                before == after ? was : was + QStringLiteral(" → ") + humanNumber(after));
            item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
            item->setFont(Theme::instance().font(QStringLiteral("mono")));
            table_->setItem(row, column, item);
        }
    }
    for (int column = 0; column < samples; ++column) {
        const SeenSample& sample = shown_->samples[static_cast<std::size_t>(column)];
        const QString target = QString::fromStdString(sample.target);
        auto* head = new QTableWidgetItem(tr("sample %1").arg(exactCount(sample.index + 1)) +
                                          (target.isEmpty() ? QString() : QStringLiteral("\n") + target));
        head->setToolTip(plainTip(target));
        table_->setHorizontalHeaderItem(column, head);
    }
    table_->resizeColumnsToContents();
}

} // namespace burdock
