#pragma once

#include "engine/tensor/shape.h"

#include <QImage>
#include <QList>
#include <QWidget>

#include <span>
#include <vector>

class QSlider;

namespace burdock {

/// A mask as a picture: each pixel in the colour of the label with the largest share above one half, clear
/// where there is none. `shares` holds a map for each of mask.channels labels, 0..1.
QImage maskPicture(const Shape& mask, std::span<const float> shares, const QList<QColor>& colours);

/// A picture with the mask that a network gave drawn over it, beside it the true one where it is known, and
/// below them the labels with their colours and shares. How much the masks cover is chosen with a slider.
class MaskView final : public QWidget {
    Q_OBJECT
  public:
    explicit MaskView(QWidget* parent = nullptr);

    void setLabels(const std::vector<std::string>& names);
    /// `answer`: a map of 0..1 for each of mask.channels labels; `truth`: the same of zeros and ones, or
    /// empty.
    void setSample(const QImage& picture, const Shape& mask, std::vector<float> answer,
                   std::vector<float> truth = {});
    void clear();

    QSlider* opacity() const { return opacity_; }
    /// As they are shown, in their full size of pixels; null where there is none.
    QImage answerPicture() const;
    QImage truthPicture() const;
    /// The legend's lines: "disc 12.3 %, in truth 11.9 %".
    QStringList legend() const;

    QSize minimumSizeHint() const override;
    QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    struct Label {
        QString name;
        double share = 0, truth = 0; ///< of the pixels
    };
    void refresh();
    void place();
    QImage covered(const QImage& mask) const;
    int titleHeight() const;
    int lineHeight() const;
    QSize pictureSize() const; ///< as large as there is room for
    QRect legendPlace() const;
    QString figures(const Label& label) const;
    std::vector<const Label*> shownLabels() const;

    QStringList names_;
    QImage picture_, answer_, truth_;
    Shape shape_;
    std::vector<float> answerShares_, truthShares_;
    std::vector<Label> labels_;
    QSlider* opacity_;
};

} // namespace burdock
