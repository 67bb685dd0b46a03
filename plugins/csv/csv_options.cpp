#include "csv_options.h"

namespace burdock {

const ParamTable<CsvOptions>& CsvOptions::table() {
    static const ParamTable<CsvOptions> t = [] {
        ParamTable<CsvOptions> made;
        made.add(
            &CsvOptions::target,
            {.key = "target",
             .label = "Target",
             .doc = "The column to predict, by name or number; empty: the one named target, label, class or "
                    "species, else the last."});
        made.addChoice(&CsvOptions::task,
                       {.key = "task", .label = "Task", .doc = "What the target stands for."},
                       {{"auto", "By the values", "Words and few whole numbers make classes."},
                        {"classes", "Classes", "Each value is a class."},
                        {"number", "A number", "It is predicted as it is."}});
        made.addChoice(&CsvOptions::separator,
                       {.key = "separator", .label = "Separator", .doc = "What stands between the columns."},
                       {{"auto", "Found", "Tab, semicolon or comma, whichever the first lines agree on."},
                        {"comma", "Comma", ""},
                        {"semicolon", "Semicolon", "Numbers may have a decimal comma."},
                        {"tab", "Tab", ""},
                        {"space", "Space", "One between two columns."}});
        made.add(&CsvOptions::testShare, {.key = "test_share",
                                          .label = "Test share",
                                          .minimum = 0,
                                          .maximum = 0.9,
                                          .doc = "The rows that are held out for the test."});
        return made;
    }();
    return t;
}

} // namespace burdock
