#include "table_options.h"

#include "files/text_encoding.h"

namespace burdock {
namespace {

const std::vector<Choice> delimiterChoices{
    {"auto", "Found", "The one that the lines agree on."},
    {"comma", "Comma", ""},
    {"semicolon", "Semicolon", ""},
    {"tab", "Tab", ""},
    {"space", "Blanks", "Any number of blanks and tabs between two columns."},
    {"pipe", "Vertical bar", ""}};

void addDialect(ParamTable<TableOptions>& t) {
    t.addChoice(&TableOptions::delimiterKey,
                {.key = "delimiter", .label = "Delimiter", .doc = "What stands between the columns."},
                delimiterChoices);
    t.addChoice(&TableOptions::separator,
                {.key = "separator",
                 .label = "Separator",
                 .doc = "An older name of the delimiter; used where that is found.",
                 .advanced = true},
                delimiterChoices);
    t.addChoice(&TableOptions::header,
                {.key = "header", .label = "Header", .doc = "Whether the first line names the columns."},
                {{"auto", "Found", "By what stands below it."}, {"yes", "Yes", ""}, {"no", "No", ""}});
    t.addChoice(&TableOptions::decimal,
                {.key = "decimal", .label = "Decimal sign", .doc = "What parts a number's fraction."},
                {{"auto", "Found", "Column by column; where one does not tell, as the others."},
                 {"point", "Point", "1,234.5"},
                 {"comma", "Comma", "1.234,5"}});
    t.addChoice(&TableOptions::encoding,
                {.key = "encoding", .label = "Encoding", .doc = "Of the file's text."}, textEncodings());
}

void addColumns(ParamTable<TableOptions>& t) {
    t.add(&TableOptions::ignore,
          {.key = "ignore", .label = "Leave out", .doc = "Columns that are no features: id+name."});
    t.add(&TableOptions::keep, {.key = "keep",
                                .label = "Keep",
                                .doc = "Columns that are features though they look like identifiers."});
    t.add(&TableOptions::missing,
          {.key = "missing",
           .label = "Missing",
           .doc = "Cells that mark a missing value besides the usual ones: -999+unknown."});
    t.add(&TableOptions::words, {.key = "words",
                                 .label = "Words",
                                 .doc = "Columns whose numbers are names, such as codes: read as words.",
                                 .advanced = true});
}

void addSequences(ParamTable<TableOptions>& t) {
    constexpr double most = 1 << 20;
    t.add(&TableOptions::window,
          {.key = "window",
           .label = "Window",
           .minimum = 0,
           .maximum = most,
           .unit = "rows",
           .doc = "Rows of a sample, for recurrent layers and Conv1D; 0: each row is a sample."});
    t.add(&TableOptions::horizon,
          {.key = "horizon",
           .label = "Horizon",
           .minimum = 0,
           .maximum = most,
           .unit = "rows",
           .doc = "The target is that of so many rows after the window's last one. Above 0, earlier "
                  "values of the target are features."});
    t.add(&TableOptions::order,
          {.key = "order",
           .label = "Order",
           .doc =
               "The column that rows are sorted by before windows are cut, such as a time. A split by time "
               "goes by it."});
    t.add(&TableOptions::group,
          {.key = "group",
           .label = "Group",
           .doc = "The column that tells which sequence a row is of, or which patient: no feature, no window "
                  "holds rows of two, and a split by groups does not part them."});
}

} // namespace

const ParamTable<TableOptions>& TableOptions::table() {
    static const ParamTable<TableOptions> t = [] {
        ParamTable<TableOptions> made;
        made.add(
            &TableOptions::target,
            {.key = "target",
             .label = "Target",
             .doc =
                 "What to predict: a column's name or number, or several parted by +; empty: the one named "
                 "target, label, class or species, else the last."});
        made.addChoice(&TableOptions::task,
                       {.key = "task", .label = "Task", .doc = "What the target stands for."},
                       {{"auto", "By the values", "Words and few whole numbers make classes."},
                        {"classes", "Classes", "Each value is a class."},
                        {"number", "A number", "It is predicted as it is."}});
        addColumns(made);
        addDialect(made);
        addSequences(made);
        made.add(&TableOptions::testShare, {.key = "test_share",
                                            .label = "Test share",
                                            .minimum = 0,
                                            .maximum = 0.9,
                                            .doc = "The rows that are held out for the test."});
        made.add(&TableOptions::sheet,
                 {.key = "sheet",
                  .label = "Sheet",
                  .doc = "Which of a workbook's: its name, or its number from 1; empty: the first."});
        return made;
    }();
    return t;
}

} // namespace burdock
