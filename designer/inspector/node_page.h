#pragma once

#include "engine/graph/graph.h"
#include "engine/plan/plan.h"
#include "engine/schema/diagnostic.h"

#include <QWidget>

#include <functional>

class QCheckBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QVBoxLayout;

namespace burdock {

class FactList;
class GraphDocument;
class FieldMessage;
class ParamForm;
struct LayerSchema;

/// The inspector's page for one selected node, be it within blocks, or for several of the same type, whose
/// hyperparameters are edited together.
class NodePage : public QWidget {
    Q_OBJECT
  public:
    explicit NodePage(GraphDocument& document, QWidget* parent = nullptr);

    /// `nodes` is not empty.
    void show(const std::vector<NodePath>& nodes);
    /// After the graph has changed: new values, figures and problems in the same fields.
    void refresh();
    void editName();
    /// What the layers of the network as it is now run on; empty where that is not known.
    void setKernels(std::vector<NodeKernel> kernels);
    /// What the layer is and does, with its formula; of a block, what it is made of; and what
    /// it runs on, where that is known. Rich text.
    QString helpText() const;

  signals:
    void dataWanted(); ///< of the network's input: what enters it is to be seen
    /// What is typed into its fields and is no value.
    void textsRefused(const std::vector<burdock::Diagnostic>& texts);
    /// What stands in no field, or has a fix; whenever it may have changed.
    void problemsFound(const std::vector<burdock::Diagnostic>& problems);

  private:
    void buildHeader(QVBoxLayout& layout);
    void rename(const QString& name);
    void setParam(const QString& key, const ParamValue& value);
    void setFrozen();
    void refreshFrozen();
    void refreshFacts();
    void refreshProblems();
    std::vector<Diagnostic> problems() const;
    const Node* at(const NodePath& path) const;
    void editAll(Graph& graph, const std::function<void(Node&)>& change) const;
    /// What the only selected node runs on: in a word or two, in full, and why not on something faster.
    struct KernelWords {
        QString brief, full, why;
    };
    KernelWords kernelWords() const;

    GraphDocument& document_;
    std::vector<NodePath> nodes_;
    const LayerSchema* schema_ = nullptr; ///< none: a block, an unknown type, or several types
    QString shownSchema_;
    std::vector<NodeKernel> kernels_;

    QLabel *icon_, *kind_, *formula_, *doc_, *weightsTitle_, *factsTitle_;
    QLineEdit* name_;
    FieldMessage* nameMessage_;
    QCheckBox* frozen_;
    QPushButton* look_ = nullptr;
    ParamForm* form_;
    FactList *facts_, *weights_;
};

} // namespace burdock
