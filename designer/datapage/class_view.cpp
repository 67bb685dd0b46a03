#include "datapage/class_view.h"

#include "datapage/row_table.h"
#include "samples/sample_grid.h"
#include "samples/sample_picture.h"
#include "theme/plain_text.h"
#include "theme/theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QListView>
#include <QPainter>
#include <QSplitter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace burdock {
namespace {

constexpr int shareRole = Qt::UserRole + 1, countsRole = Qt::UserRole + 2;

/// Name, bar and counts of a class; behind them some of its pictures.
class ClassLine final : public QStyledItemDelegate {
  public:
    ClassLine(const Surveyor& surveyor, const ClassList& classes, QObject* parent)
        : QStyledItemDelegate(parent)
        , surveyor_(surveyor)
        , classes_(classes) {}

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
        return {320, hasPictures() ? picture + 8 : 30};
    }
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        QStyleOptionViewItem ground(option);
        initStyleOption(&ground, index);
        ground.text.clear();
        ground.widget->style()->drawControl(QStyle::CE_ItemViewItem, &ground, painter, ground.widget);
        const Theme& theme = Theme::instance();
        const QRect room = option.rect.adjusted(10, 0, -8, 0);
        painter->setPen(theme.color(QStringLiteral("ink")));
        painter->setFont(theme.font(index.row() == 0 ? QStringLiteral("strong") : QStringLiteral("body")));
        const int names = std::clamp(room.width() / 5, 96, 160);
        const QRect name(room.left(), room.top(), names, room.height());
        painter->drawText(
            name.adjusted(0, 0, -8, 0), Qt::AlignVCenter | Qt::AlignLeft,
            painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, names - 8));
        const bool pictures = hasPictures();
        const int bars = pictures ? std::clamp(room.width() / 8, 48, 110)
                                  : std::clamp(room.width() - names - counts - 24, 110, 420);
        const double share = index.data(shareRole).toDouble();
        const int middle = room.center().y();
        if (share >= 0) {
            const QRectF bar(name.right(), middle - 5, bars, 10);
            painter->setPen(Qt::NoPen);
            painter->setBrush(theme.color(QStringLiteral("line")));
            painter->drawRoundedRect(bar, 3, 3);
            painter->setBrush(theme.curve(0));
            painter->drawRoundedRect(QRectF(bar.left(), bar.top(), std::max(2.0, bars * share), 10), 3, 3);
        }
        painter->setPen(theme.color(QStringLiteral("ink.soft")));
        painter->setFont(theme.font(QStringLiteral("body")));
        const QRect figures(name.right() + bars + 12, room.top(), counts, room.height());
        painter->drawText(figures, Qt::AlignVCenter | Qt::AlignLeft, index.data(countsRole).toString());
        if (pictures)
            paintPictures(*painter, index.row(), {figures.right() + 8, room.top() + 4}, room.right());
    }

  private:
    static constexpr int counts = 176, picture = 40;
    bool hasPictures() const { return surveyor_.data() && isPicture(surveyor_.data()->info().input); }
    void paintPictures(QPainter& painter, int row, QPoint at, int right) const {
        const auto& data = surveyor_.data();
        const burdock::Shape& shape = data->info().input;
        values_.resize(static_cast<std::size_t>(shape.size()));
        painter.setRenderHint(QPainter::SmoothPixmapTransform, std::min(shape.height, shape.width) > picture);
        for (const std::int64_t sample : classes_.line(row).first) {
            const QRect rect(at, QSize(picture, picture));
            if (rect.right() > right) return;
            try {
                data->readInput(Part::Train, sample, values_.data());
            } catch (const std::exception&) { // the survey says why
                return;
            }
            painter.drawImage(fittedInto(rect, shape), samplePicture(shape, values_.data()));
            at.rx() += picture + 4;
        }
    }

    const Surveyor& surveyor_;
    const ClassList& classes_;
    mutable std::vector<float> values_;
};

QString countsText(std::int64_t train, std::int64_t test, std::int64_t of) {
    const QString share =
        of > 0 ? humanPercent(static_cast<double>(train) / static_cast<double>(of)) : QString();
    QString text = exactCount(train);
    if (test > 0) text += ClassView::tr(" + %1 test").arg(exactCount(test));
    return share.isEmpty() ? text : text + QStringLiteral(" · ") + share;
}

std::vector<ClassList::Line> linesOf(const Dataset& data, const DataSurvey& survey) {
    std::vector<ClassList::Line> lines;
    const bool tokens = data.tokenizer() != nullptr;
    std::int64_t train = 0, test = 0, most = 1;
    for (const ClassSurvey& of : survey.classes) {
        train += of.train;
        test += of.test;
        most = std::max(most, of.train);
    }
    if (!tokens) train = survey.trainSize; // of labels a sample has several
    std::vector<std::int64_t> first(static_cast<std::size_t>(
        std::min<std::int64_t>(32, data.info().testSize > 0 ? survey.trainSize : data.info().trainSize)));
    std::iota(first.begin(), first.end(), 0);
    lines.push_back({tokens ? ClassView::tr("All tokens") : ClassView::tr("All samples"),
                     countsText(train, tokens ? test : survey.testSize, 0), -1, std::move(first)});
    std::vector<const ClassSurvey*> order;
    for (const ClassSurvey& of : survey.classes)
        if (!tokens || of.train + of.test > 0) order.push_back(&of);
    if (tokens) // the most frequent first
        std::ranges::stable_sort(order, std::greater(), &ClassSurvey::train);
    for (const ClassSurvey* of : order)
        lines.push_back({QString::fromStdString(of->name), countsText(of->train, of->test, train),
                         static_cast<double>(of->train) / static_cast<double>(most), of->first});
    return lines;
}

} // namespace

void ClassList::setLines(std::vector<Line> lines) {
    beginResetModel();
    lines_ = std::move(lines);
    endResetModel();
}

int ClassList::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(lines_.size());
}

QVariant ClassList::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const Line& at = line(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return at.name;
    case Qt::AccessibleTextRole:
        return QStringLiteral("%1: %2").arg(at.name, at.counts);
    case Qt::ToolTipRole:
        return plainTip(QStringLiteral("%1: %2").arg(at.name, at.counts));
    case shareRole:
        return at.share;
    case countsRole:
        return at.counts;
    default:
        return {};
    }
}

ClassView::ClassView(Surveyor& surveyor, QWidget* parent)
    : QWidget(parent)
    , surveyor_(surveyor)
    , classes_(new ClassList(this))
    , list_(new QListView(this))
    , below_(new QWidget(this))
    , part_(new QComboBox(below_))
    , sample_(new QLabel(below_))
    , grid_(new SampleGrid(below_)) {
    list_->setObjectName(QStringLiteral("classes"));
    list_->setAccessibleName(tr("Classes and how many samples they have"));
    list_->setModel(classes_);
    list_->setItemDelegate(new ClassLine(surveyor_, *classes_, list_));
    list_->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    part_->addItem(tr("Training"), int(Part::Train));
    part_->addItem(tr("Test"), int(Part::Test));
    part_->setAccessibleName(tr("Part of the data set"));
    sample_->setProperty("role", "soft");
    sample_->setObjectName(QStringLiteral("chosenSample"));

    auto* bar = new QHBoxLayout;
    bar->addWidget(part_);
    bar->addWidget(sample_, 1);
    auto* rows = new QVBoxLayout(below_);
    rows->setContentsMargins(0, 6, 0, 0);
    rows->addLayout(bar);
    rows->addWidget(grid_, 1);
    auto* parts = new QSplitter(Qt::Vertical, this);
    parts->setHandleWidth(1);
    parts->addWidget(list_);
    parts->addWidget(below_);
    parts->setChildrenCollapsible(false);
    parts->setStretchFactor(0, 3);
    parts->setStretchFactor(1, 2);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(parts);

    connect(list_->selectionModel(), &QItemSelectionModel::currentChanged, this, &ClassView::showSamples);
    connect(part_, &QComboBox::currentIndexChanged, this, &ClassView::showSamples);
    connect(grid_, &SampleGrid::chosen, this, &ClassView::showSample);
}

void ClassView::refresh() {
    const auto& data = surveyor_.data();
    const auto& survey = surveyor_.survey();
    work_.drop();
    grid_->setData({}, Part::Train, {});
    sample_->clear();
    classes_->setLines(data && survey ? linesOf(*data, *survey) : std::vector<ClassList::Line>());
    below_->setVisible(data && isPicture(data->info().input));
    part_->setVisible(data && data->info().testSize > 0);
    if (classes_->rowCount() > 0) choose(0);
}

void ClassView::choose(int row) {
    list_->setCurrentIndex(classes_->index(row));
}

void ClassView::showSamples() {
    const auto& data = surveyor_.data();
    const int row = list_->currentIndex().row();
    if (!data || !isPicture(data->info().input) || row < 0) return;
    const Part part = part_->isHidden() ? Part::Train : static_cast<Part>(part_->currentData().toInt());
    using Samples = std::vector<std::int64_t>;
    work_.start(
        this,
        [data, part, row]() -> Result<Samples> { // beside the window: there may be millions
            const DatasetInfo& info = data->info();
            Samples samples;
            std::vector<float> target(static_cast<std::size_t>(data->targetWidth()));
            const std::size_t wanted = static_cast<std::size_t>(std::max(row - 1, 0));
            const bool labels = hasLabels(info);
            const std::size_t each =
                labels ? target.size() / std::max<std::size_t>(1, info.classNames.size()) : 1;
            for (std::int64_t i = 0; i < data->size(part); ++i) {
                if (row > 0) {
                    if (i % 1024 == 0) continueReading();
                    data->readCheckedTarget(part, i, target);
                    const auto begin =
                        target.begin() + static_cast<std::ptrdiff_t>(labels ? wanted * each : 0);
                    const bool is = labels ? std::any_of(begin, begin + static_cast<std::ptrdiff_t>(each),
                                                         [](float v) { return v > 0; })
                                           : static_cast<std::size_t>(target[0]) == wanted;
                    if (!is) continue;
                }
                samples.push_back(i);
            }
            return samples;
        },
        [this, data, part](Result<Samples> samples) {
            shown_ = samples ? std::move(*samples) : Samples();
            grid_->setData(data, part, shown_);
            showSample(0);
        });
}

void ClassView::showSample(std::int64_t place) {
    const auto& data = surveyor_.data();
    if (!data || place < 0 || place >= std::ssize(shown_)) return sample_->clear();
    const Part part = part_->isHidden() ? Part::Train : static_cast<Part>(part_->currentData().toInt());
    const std::int64_t sample = shown_[static_cast<std::size_t>(place)];
    std::vector<float> target(static_cast<std::size_t>(data->targetWidth()));
    data->readTarget(part, sample, target.data());
    const QString words = data->info().mask ? QString() : QStringLiteral(" · ") + targetText(*data, target);
    sample_->setText(tr("Sample %1%2").arg(exactCount(sample + 1), words));
}

} // namespace burdock
