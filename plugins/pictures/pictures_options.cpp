#include "pictures_options.h"

namespace burdock {
namespace {

void addPictures(ParamTable<PictureOptions>& table) {
    table.add(&PictureOptions::size,
              {.key = "size",
               .label = "Size",
               .minimum = 0,
               .maximum = 4096,
               .unit = "pixels",
               .doc = "Height and width all pictures get; 0 × 0: the commonest, at most 256.",
               .defaultText = "automatic"});
    table.addChoice(&PictureOptions::colour,
                    {.key = "colour", .label = "Colours", .doc = "What is kept of them."},
                    {{"auto", "As they are", "Grey if all pictures are."},
                     {"grey", "Grey", "One channel."},
                     {"colour", "Colour", "Red, green and blue."}});
    table.addChoice(&PictureOptions::background,
                    {.key = "background", .label = "Background", .doc = "What transparent pixels become."},
                    {{"white", "White", ""}, {"black", "Black", ""}});
    table.addChoice(&PictureOptions::damaged,
                    {.key = "damaged",
                     .label = "Damaged pictures",
                     .doc = "What is done where a picture cannot be read.",
                     .advanced = true},
                    {{"refuse", "Refuse the folder", "And name the file."},
                     {"skip", "Leave them out", "And count them."}});
    table.add(&PictureOptions::memory,
              {.key = "memory",
               .label = "Memory for pictures",
               .minimum = 0,
               .maximum = 1e7,
               .unit = "MB",
               .doc = "As many as it holds are kept decoded, a byte a value; the others are decoded again "
                      "whenever they are read, while the network learns from those before. 0: half of the "
                      "memory that is free.",
               .advanced = true,
               .defaultText = "automatic"});
}

void addParts(ParamTable<PictureOptions>& table) {
    table.add(&PictureOptions::testShare, {.key = "test_share",
                                           .label = "Test share",
                                           .minimum = 0,
                                           .maximum = 0.9,
                                           .doc = "Split off for the test where there is no folder test/."});
    table.addChoice(&PictureOptions::validation,
                    {.key = "validation",
                     .label = "Validation folder",
                     .doc = "What pictures in a folder such as validation/, val/ or dev/ are for."},
                    {{"auto", "By the folders", "The test if there is no test folder, else the validation."},
                     {"validation", "Validation", "Of every run."},
                     {"test", "Test", ""},
                     {"train", "Training", ""},
                     {"leave", "Nothing", "They are left out."}});
}

void addLabels(ParamTable<PictureOptions>& table) {
    table.add(&PictureOptions::labels,
              {.key = "labels",
               .label = "Table of labels",
               .doc =
                   "A CSV file in the folder with names of pictures and their labels; empty: the folders are "
                   "the classes, or the table is looked for."});
    table.add(&PictureOptions::column,
              {.key = "column",
               .label = "Column of labels",
               .doc = "Of the table, by its name or number; several are joined by +. "
                      "Empty: by its usual name."});
    table.addChoice(&PictureOptions::task,
                    {.key = "task", .label = "Labels are", .doc = "What the table's labels stand for."},
                    {{"auto", "By their values", "Words and few whole numbers are classes."},
                     {"classes", "Classes", "Just one for each picture."},
                     {"number", "Numbers", "To be predicted."},
                     {"labels", "Labels", "Any number of them for each picture."}});
    table.addChoice(&PictureOptions::border,
                    {.key = "border",
                     .label = "Mask value 255",
                     .doc = "What pixels of this value in a grey mask or a palette are.",
                     .advanced = true},
                    {{"auto", "By the others", "A border without a label beside classes up to 64."},
                     {"label", "A label", ""},
                     {"none", "No label", ""}});
}

} // namespace

const ParamTable<PictureOptions>& pictureOptions() {
    static const ParamTable<PictureOptions> table = [] {
        ParamTable<PictureOptions> made;
        addPictures(made);
        addParts(made);
        addLabels(made);
        return made;
    }();
    return table;
}

} // namespace burdock
