#include "start/network_picture.h"

#include "theme/theme.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

namespace burdock {
namespace {

enum class Form { Bar, Neurons, Dot };

Form formOf(const NetworkPicture::Cell& cell) {
    if (cell.category == Category::Merge) return Form::Dot;
    return cell.shape.isFlat() ? Form::Neurons : Form::Bar;
}

/// So many circles stand for so many features: few as they are, more by their logarithm.
int neuronsFor(std::int64_t features) {
    return features <= 6 ? static_cast<int>(std::max<std::int64_t>(features, 1))
                         : std::min(16, 3 + static_cast<int>(std::log2(features)));
}

double log2Of(std::int64_t n) {
    return std::log2(static_cast<double>(std::max<std::int64_t>(n, 1)));
}

double widthOf(const NetworkPicture::Cell& cell) {
    switch (formOf(cell)) {
    case Form::Neurons:
        return 11;
    case Form::Dot:
        return 7;
    case Form::Bar:
        break;
    }
    if (cell.category == Category::Pooling) return 4;
    return 3 + 1.7 * log2Of(cell.shape.isSequence() ? cell.shape.width : cell.shape.channels);
}

class Painting {
  public:
    Painting(QPainter& painter, const NetworkPicture& picture, const QRectF& box)
        : p_(painter)
        , picture_(picture)
        , box_(box) {
        const bool arcs = std::ranges::any_of(picture.cells, [&](const auto& cell) {
            return std::ranges::any_of(cell.from, [&](int from) { return isSkip(cell, at(from)); });
        });
        field_ = box.adjusted(0, arcs ? box.height() * 0.2 : 2, 0, picture.frames.empty() ? -2 : -13);
        for (const NetworkPicture::Cell& cell : picture.cells)
            if (formOf(cell) == Form::Bar && !cell.shape.isSequence())
                highest_ = std::max(highest_, static_cast<double>(cell.shape.height));
        placeColumns();
        for (const NetworkPicture::Cell& cell : picture.cells)
            places_.push_back(placeOf(cell));
    }

    void paint() {
        paintFrames();
        for (std::size_t i = 0; i < picture_.cells.size(); ++i)
            for (const int from : picture_.cells[i].from)
                paintLink(static_cast<std::size_t>(from), i);
        for (std::size_t i = 0; i < picture_.cells.size(); ++i)
            paintCell(picture_.cells[i], places_[i]);
    }

  private:
    const NetworkPicture::Cell& at(int i) const { return picture_.cells[static_cast<std::size_t>(i)]; }
    static bool isSkip(const NetworkPicture::Cell& to, const NetworkPicture::Cell& from) {
        return to.column - from.column > 1;
    }

    void placeColumns() {
        const auto columns = static_cast<std::size_t>(picture_.columns());
        std::vector<double> widths(columns, 0), gaps(columns, 6);
        lanes_.assign(columns, 0);
        for (const NetworkPicture::Cell& cell : picture_.cells) {
            const auto c = static_cast<std::size_t>(cell.column);
            widths[c] = std::max(widths[c], widthOf(cell));
            lanes_[c] = std::max(lanes_[c], cell.lane + 1);
            if (formOf(cell) != Form::Neurons || cell.from.size() != 1) continue;
            gaps[c] = formOf(at(cell.from.front())) == Form::Neurons ? 34 : 20; // for the links of all to all
        }
        double x = 0;
        for (std::size_t c = 0; c < columns; ++c) {
            x += c == 0 ? 0 : gaps[c];
            columns_.emplace_back(x, widths[c]);
            x += widths[c];
        }
        scale_ = std::min(1.7, box_.width() / std::max(x, 1.0));
        left_ = box_.left() + (box_.width() - x * scale_) / 2;
    }

    QRectF placeOf(const NetworkPicture::Cell& cell) const {
        const auto c = static_cast<std::size_t>(cell.column);
        const double lane = field_.height() / lanes_[c];
        const double middle = field_.top() + lane * (cell.lane + 0.5);
        double share = 0.66;
        if (formOf(cell) == Form::Neurons) share = 1;
        if (formOf(cell) == Form::Bar && !cell.shape.isSequence())
            share = std::max(0.13, std::sqrt(static_cast<double>(cell.shape.height) / highest_));
        const double height = formOf(cell) == Form::Dot ? std::min(7.0, 7 * std::max(scale_, 0.6))
                                                        : lane * share * (lanes_[c] > 1 ? 0.86 : 1);
        const double width = std::max(1.2, widthOf(cell) * scale_);
        const double center = left_ + (columns_[c].first + columns_[c].second / 2) * scale_;
        return {center - width / 2, middle - height / 2, width, height};
    }

    void paintFrames() {
        const Theme& theme = Theme::instance();
        QColor ground = theme.color(QStringLiteral("ink.soft"));
        ground.setAlphaF(0.1F);
        p_.setFont(theme.font(QStringLiteral("caption")));
        double taken = box_.left();
        for (const NetworkPicture::Frame& frame : picture_.frames) {
            const auto& first = columns_[static_cast<std::size_t>(frame.first)];
            const auto& last = columns_[static_cast<std::size_t>(frame.last)];
            const double from = left_ + first.first * scale_ - 2;
            const double to = left_ + (last.first + last.second) * scale_ + 2;
            p_.setPen(Qt::NoPen);
            p_.setBrush(ground);
            p_.drawRoundedRect(QRectF(from, field_.top() - 2, to - from, field_.height() + 4), 3, 3);
            const QString label = QStringLiteral("×%1").arg(frame.repeat);
            const double width = p_.fontMetrics().horizontalAdvance(label);
            const double x = std::max((from + to - width) / 2, box_.left());
            if (x < taken || x + width > box_.right()) continue; // one below the other would be a blot
            taken = x + width + 4;
            p_.setPen(theme.color(QStringLiteral("ink.soft")));
            p_.drawText(QRectF(x, field_.bottom() + 1, width + 2, 13), Qt::AlignCenter, label);
        }
    }

    /// The middles of a column of neurons, from the top.
    std::vector<QPointF> neurons(const NetworkPicture::Cell& cell, const QRectF& place) const {
        const int count = neuronsFor(cell.shape.channels);
        const double pitch = std::min(place.height() / count, 18.0);
        std::vector<QPointF> middles;
        for (int i = 0; i < count; ++i)
            middles.emplace_back(place.center().x(), place.center().y() + (i - (count - 1) / 2.0) * pitch);
        return middles;
    }

    void paintLink(std::size_t from, std::size_t to) {
        const NetworkPicture::Cell &source = picture_.cells[from], &target = picture_.cells[to];
        const QRectF &a = places_[from], &b = places_[to];
        QColor color = Theme::instance().color(QStringLiteral("edge"));
        p_.setBrush(Qt::NoBrush);
        if (isSkip(target, source)) {
            p_.setPen(QPen(color, 1.2));
            const double span = b.center().x() - a.center().x();
            const double top = std::min(a.top(), b.top());
            const double rise = std::min(top - box_.top(), 4 + span * 0.25) * 1.3; // a curve stays below
            QPainterPath arc(QPointF(a.center().x(), a.top()));
            arc.cubicTo(QPointF(a.center().x(), top - rise), QPointF(b.center().x(), top - rise),
                        QPointF(b.center().x(), b.top()));
            p_.drawPath(arc);
            return;
        }
        if (formOf(source) == Form::Neurons && formOf(target) == Form::Neurons) {
            color.setAlphaF(0.45F);
            p_.setPen(QPen(color, 0.6));
            for (const QPointF& one : neurons(source, a))
                for (const QPointF& other : neurons(target, b))
                    p_.drawLine(one, other);
            return;
        }
        if (formOf(target) == Form::Neurons) {
            p_.setPen(QPen(color, 0.8));
            for (const QPointF& one : neurons(target, b))
                p_.drawLine(QPointF(a.right(), a.center().y()), one);
            return;
        }
        p_.setPen(QPen(color, 1.2));
        p_.drawLine(QPointF(a.right(), a.center().y()), QPointF(b.left(), b.center().y()));
    }

    void paintCell(const NetworkPicture::Cell& cell, const QRectF& place) {
        const Theme& theme = Theme::instance();
        const std::string_view key = categoryKey(cell.category);
        QColor color = theme.color(QStringLiteral("category.") +
                                   QString::fromUtf8(key.data(), static_cast<qsizetype>(key.size())));
        p_.setPen(Qt::NoPen);
        if (formOf(cell) == Form::Neurons) {
            const auto middles = neurons(cell, place);
            const double pitch = middles.size() > 1 ? middles[1].y() - middles[0].y() : 18;
            const double radius = std::min({pitch * 0.4, place.width() * 0.48, 6.5});
            p_.setBrush(color);
            for (const QPointF& middle : middles)
                p_.drawEllipse(middle, radius, radius);
            return;
        }
        p_.setBrush(color);
        if (formOf(cell) == Form::Dot) {
            p_.drawEllipse(place.center(), place.height() / 2, place.height() / 2);
            return;
        }
        const double round = std::min(2.0, place.width() / 3);
        p_.drawRoundedRect(place, round, round);
    }

    QPainter& p_;
    const NetworkPicture& picture_;
    QRectF box_, field_;
    double highest_ = 1, scale_ = 1, left_ = 0;
    std::vector<std::pair<double, double>> columns_; ///< left edges and widths, before scaling
    std::vector<int> lanes_;
    std::vector<QRectF> places_; ///< by cell
};

} // namespace

void paintNetwork(QPainter& painter, const NetworkPicture& picture, const QRectF& box) {
    if (picture.isEmpty()) return;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    Painting(painter, picture, box).paint();
    painter.restore();
}

} // namespace burdock
