#include "samples/mask_view.h"

#include "theme/theme.h"

#include <QPainter>
#include <QSlider>

#include <algorithm>
#include <cmath>

namespace burdock {
namespace {

constexpr int smallest = 96, largest = 260, usual = 196, mostLabels = 12;

/// Apart for as many labels as the palette has.
QList<QColor> coloursFor(std::int64_t labels) {
    QList<QColor> colours;
    for (int i = 0; i < labels; ++i)
        colours << Theme::instance().curve(i);
    return colours;
}

double shareOf(std::span<const float> map) {
    return map.empty() ? 0
                       : static_cast<double>(std::ranges::count_if(map, [](float v) { return v > 0.5F; })) /
                             static_cast<double>(map.size());
}

} // namespace

QImage maskPicture(const Shape& mask, std::span<const float> shares, const QList<QColor>& colours) {
    const auto width = static_cast<int>(mask.width), height = static_cast<int>(mask.height);
    QImage image(width, height, QImage::Format_ARGB32_Premultiplied);
    const auto area = static_cast<std::size_t>(mask.area());
    for (int y = 0; y < height; ++y) {
        auto* line = reinterpret_cast<QRgb*>(image.scanLine(y));
        for (int x = 0; x < width; ++x) {
            float most = 0.5F;
            line[x] = 0;
            for (qsizetype label = 0; label < colours.size(); ++label) {
                const float share =
                    shares[static_cast<std::size_t>(label) * area + static_cast<std::size_t>(y * width + x)];
                if (!(share > most)) continue;
                most = share;
                line[x] = colours[label].rgb();
            }
        }
    }
    return image;
}

MaskView::MaskView(QWidget* parent)
    : QWidget(parent)
    , opacity_(new QSlider(Qt::Horizontal, this)) {
    opacity_->setRange(0, 100);
    opacity_->setValue(60);
    opacity_->setAccessibleName(tr("Opacity of the masks"));
    opacity_->setToolTip(tr("How much the masks cover of the picture"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setAccessibleName(tr("The sample with its mask"));
    connect(opacity_, &QSlider::valueChanged, this, qOverload<>(&QWidget::update));
    connect(&Theme::instance(), &Theme::changed, this, &MaskView::refresh);
}

void MaskView::setLabels(const std::vector<std::string>& names) {
    names_.clear();
    for (const std::string& name : names)
        names_ << QString::fromStdString(name);
    clear();
}

void MaskView::clear() {
    setSample({}, {}, {});
}

void MaskView::setSample(const QImage& picture, const Shape& mask, std::vector<float> answer,
                         std::vector<float> truth) {
    picture_ = picture;
    shape_ = mask;
    answerShares_ = std::move(answer);
    truthShares_ = std::move(truth);
    refresh();
}

void MaskView::refresh() {
    const auto area = static_cast<std::size_t>(shape_.area());
    const std::size_t all = picture_.isNull() ? 0 : static_cast<std::size_t>(shape_.channels);
    const auto has = [&](const std::vector<float>& shares) { return all > 0 && shares.size() == all * area; };
    answer_ = has(answerShares_) ? maskPicture(shape_, answerShares_, coloursFor(shape_.channels)) : QImage();
    truth_ = has(truthShares_) ? maskPicture(shape_, truthShares_, coloursFor(shape_.channels)) : QImage();
    labels_.clear();
    for (std::size_t i = 0; i < all; ++i) {
        const auto at = static_cast<qsizetype>(i);
        Label label{at < names_.size() ? names_[at] : QString::number(i + 1)};
        if (!answer_.isNull()) label.share = shareOf(std::span(answerShares_).subspan(i * area, area));
        if (!truth_.isNull()) label.truth = shareOf(std::span(truthShares_).subspan(i * area, area));
        labels_.push_back(label);
    }
    setAccessibleDescription(legend().join(QStringLiteral("; ")));
    opacity_->setVisible(!picture_.isNull());
    updateGeometry();
    place();
}

std::vector<const MaskView::Label*> MaskView::shownLabels() const {
    std::vector<const Label*> all;
    for (const Label& label : labels_)
        all.push_back(&label);
    if (std::ssize(all) <= mostLabels) return all;
    std::ranges::stable_sort(all, std::greater(),
                             [](const Label* l) { return std::max(l->share, l->truth); });
    all.resize(mostLabels);
    return all;
}

QString MaskView::figures(const Label& label) const {
    return truth_.isNull() ? humanPercent(label.share)
                           : tr("%1, in truth %2").arg(humanPercent(label.share), humanPercent(label.truth));
}

QStringList MaskView::legend() const {
    QStringList lines;
    for (const Label* label : shownLabels())
        lines << label->name + u' ' + figures(*label);
    return lines;
}

QImage MaskView::covered(const QImage& mask) const {
    if (mask.isNull()) return {};
    QImage image = picture_.convertToFormat(QImage::Format_RGB32);
    if (image.width() < mask.width()) image = image.scaled(mask.size());
    // A smaller mask labels the middle part, as that of a network without padding.
    QPainter painter(&image);
    painter.setOpacity(opacity_->value() / 100.0);
    painter.drawImage((image.width() - mask.width()) / 2, (image.height() - mask.height()) / 2, mask);
    return image;
}

QImage MaskView::answerPicture() const {
    return covered(answer_);
}

QImage MaskView::truthPicture() const {
    return covered(truth_);
}

int MaskView::titleHeight() const {
    return fontMetrics().height() + Theme::instance().space();
}

int MaskView::lineHeight() const {
    return fontMetrics().height() + Theme::instance().space(2);
}

QSize MaskView::pictureSize() const {
    const int gap = Theme::instance().space(2), pictures = truth_.isNull() ? 1 : 2;
    const int wide = (width() - (pictures - 1) * gap) / pictures;
    const int high = height() - titleHeight() - opacity_->sizeHint().height() - 2 * gap -
                     lineHeight() * static_cast<int>(shownLabels().size());
    const int side = std::clamp(std::min(wide, high), std::min(smallest, wide), largest);
    return picture_.size().scaled(side, side, Qt::KeepAspectRatio).expandedTo({1, 1});
}

QRect MaskView::legendPlace() const {
    const int top = titleHeight() + pictureSize().height() + opacity_->sizeHint().height() +
                    2 * Theme::instance().space(2);
    return {0, top, width(), height() - top};
}

QSize MaskView::minimumSizeHint() const {
    const int gap = Theme::instance().space(2), pictures = truth_.isNull() ? 1 : 2;
    return {pictures * (smallest + gap), titleHeight() + smallest + opacity_->sizeHint().height() + 2 * gap +
                                             lineHeight() * static_cast<int>(shownLabels().size())};
}

QSize MaskView::sizeHint() const {
    const int pictures = truth_.isNull() ? 1 : 2;
    return minimumSizeHint() + QSize(pictures * (usual - smallest), usual - smallest);
}

void MaskView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    place();
}

void MaskView::place() {
    const int gap = Theme::instance().space(2);
    const QSize size = pictureSize();
    const int across = truth_.isNull() ? size.width() : 2 * size.width() + gap;
    const int caption = fontMetrics().horizontalAdvance(tr("Opacity")) + gap;
    opacity_->setGeometry(caption, titleHeight() + size.height() + gap, std::max(0, across - caption),
                          opacity_->sizeHint().height());
    update();
}

void MaskView::paintEvent(QPaintEvent*) {
    if (picture_.isNull()) return;
    const Theme& theme = Theme::instance();
    const int gap = theme.space(2);
    const QSize size = pictureSize();
    QPainter painter(this);
    const int room = truth_.isNull() ? width() : size.width();
    const auto draw = [&](const QString& title, const QImage& image, int left) {
        painter.setPen(theme.color(QStringLiteral("ink.soft")));
        painter.drawText(QRect(left, 0, room, titleHeight()), Qt::AlignLeft | Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(title, Qt::ElideRight, room));
        painter.drawImage(QRect(QPoint(left, titleHeight()), size), image);
    };
    draw(truth_.isNull() ? tr("The network's mask") : tr("The network"), answerPicture(), 0);
    if (!truth_.isNull()) draw(tr("The truth"), truthPicture(), size.width() + gap);
    painter.drawText(QRect(0, opacity_->y(), opacity_->x(), opacity_->height()),
                     Qt::AlignLeft | Qt::AlignVCenter, tr("Opacity"));
    QRect line = legendPlace();
    line.setHeight(lineHeight());
    for (const Label* label : shownLabels()) {
        const auto index = static_cast<int>(label - labels_.data());
        const int side = fontMetrics().ascent();
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme.curve(index));
        painter.drawRoundedRect(QRect(0, line.center().y() - side / 2, side, side), 3, 3);
        const QString text = figures(*label);
        const int figuresWidth = painter.fontMetrics().horizontalAdvance(text);
        const int nameWidth = std::max(0, line.width() - side - 3 * gap - figuresWidth);
        painter.setPen(theme.color(QStringLiteral("ink")));
        const QString name = painter.fontMetrics().elidedText(label->name, Qt::ElideRight, nameWidth);
        painter.drawText(QRect(side + gap, line.top(), nameWidth, line.height()), Qt::AlignVCenter, name);
        painter.setPen(theme.color(QStringLiteral("ink.soft")));
        painter.drawText(QRect(side + 2 * gap + painter.fontMetrics().horizontalAdvance(name), line.top(),
                               figuresWidth + gap, line.height()),
                         Qt::AlignVCenter, text);
        line.translate(0, line.height());
    }
}

} // namespace burdock
