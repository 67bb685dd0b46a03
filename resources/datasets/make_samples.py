#!/usr/bin/env python3
"""Makes the data sets in this folder anew from Debian's packages; only needed to change them.

Needs: apt-get install dataset-fashion-mnist python3-sklearn python3-skimage python3-pil r-base-core r-cran-modeldata r-cran-janeaustenr
The result is the same each time: no clock, no random numbers.
"""
import csv
import gzip
import io
import pathlib
import struct
import subprocess

HERE = pathlib.Path(__file__).parent
FASHION = pathlib.Path("/usr/share/datasets/fashion-mnist")
SKIMAGE = pathlib.Path("/usr/lib/python3/dist-packages/skimage/data")
SKLEARN = pathlib.Path("/usr/lib/python3/dist-packages/sklearn/datasets/data")


def write_gz(path, data):
    path.parent.mkdir(exist_ok=True)
    with open(path, "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as out:
        out.write(data)


def write_csv(name, header, rows):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    if name.endswith(".gz"):
        write_gz(HERE / name, text.getvalue().encode())
    else:
        (HERE / name).write_text(text.getvalue())


def fashion(part, per_class):
    """The first `per_class` images of each class, in the order of the file."""
    images = gzip.open(FASHION / f"{part}-images-idx3-ubyte.gz").read()
    labels = gzip.open(FASHION / f"{part}-labels-idx1-ubyte.gz").read()[8:]
    count, chosen = [0] * 10, []
    for i, label in enumerate(labels):
        if count[label] < per_class:
            count[label] += 1
            chosen.append(i)
    pixels = b"".join(images[16 + 784 * i:16 + 784 * (i + 1)] for i in chosen)
    folder = HERE / "fashion-mnist-small"
    write_gz(folder / f"{part}-images-idx3-ubyte.gz", struct.pack(">4I", 0x803, len(chosen), 28, 28) + pixels)
    write_gz(folder / f"{part}-labels-idx1-ubyte.gz",
             struct.pack(">2I", 0x801, len(chosen)) + bytes(labels[i] for i in chosen))


def textures():
    """Patches of 32×32 of three photos; those of the lower quarter, which share no pixel with the others, are the test part."""
    from PIL import Image
    parts = {"train": [], "t10k": []}
    for y in range(0, 512, 32):
        for x in range(0, 512, 32):
            for label, name in enumerate(("brick", "grass", "gravel")):
                patch = Image.open(SKIMAGE / f"{name}.png").convert("L").crop((x, y, x + 32, y + 32))
                parts["train" if y < 384 else "t10k"].append((label, patch.tobytes()))
    folder = HERE / "textures"
    for part, patches in parts.items():
        write_gz(folder / f"{part}-images-idx3-ubyte.gz",
                 struct.pack(">4I", 0x803, len(patches), 32, 32) + b"".join(pixels for _, pixels in patches))
        write_gz(folder / f"{part}-labels-idx1-ubyte.gz",
                 struct.pack(">2I", 0x801, len(patches)) + bytes(label for label, _ in patches))


def sklearn(name, header, classes=None):
    rows = list(csv.reader(open(SKLEARN / f"{name}.csv")))[1:]
    write_csv(f"{name.removesuffix('_data').replace('_', '-')}.csv", header,
              [row[:-1] + [classes[int(row[-1])]] for row in rows])


def modeldata(name, target, without=()):
    """A data frame as CSV, its target moved to the end."""
    text = subprocess.run(
        ["Rscript", "-e", f'data("{name}", package="modeldata"); write.csv({name}, row.names=FALSE, na="NA")'],
        check=True, capture_output=True, text=True).stdout
    rows = list(csv.reader(io.StringIO(text)))
    order = [i for i, key in enumerate(rows[0]) if key != target and key not in without]
    order.append(rows[0].index(target))
    write_csv(f"{name.lower()}.csv", [rows[0][i] for i in order], [[row[i] for i in order] for row in rows[1:]])


def novel():
    text = subprocess.run(["Rscript", "-e", "writeLines(janeaustenr::prideprejudice)"],
                          check=True, capture_output=True).stdout
    write_gz(HERE / "pride-and-prejudice.txt.gz", text)


def main():
    novel()
    fashion("train", 200)
    fashion("t10k", 50)
    textures()

    digits = list(csv.reader(gzip.open(SKLEARN / "digits.csv.gz", "rt")))
    write_csv("digits.csv.gz", [f"row_{y}_column_{x}" for y in range(8) for x in range(8)] + ["label"],
              [[int(float(value)) for value in row] for row in digits])

    sklearn("iris", ["sepal_length_cm", "sepal_width_cm", "petal_length_cm", "petal_width_cm", "species"],
            ["setosa", "versicolor", "virginica"])
    sklearn("wine_data",
            ["alcohol", "malic_acid", "ash", "alcalinity_of_ash", "magnesium", "total_phenols", "flavanoids",
             "nonflavanoid_phenols", "proanthocyanins", "color_intensity", "hue", "od280_od315", "proline", "class"],
            ["cultivar 1", "cultivar 2", "cultivar 3"])
    cell = ["radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity", "concave_points",
            "symmetry", "fractal_dimension"]
    sklearn("breast_cancer", [f"{kind}_{key}" for kind in ("mean", "error", "worst") for key in cell] + ["diagnosis"],
            ["malignant", "benign"])

    raw = gzip.open(SKLEARN / "diabetes_data_raw.csv.gz", "rt").read().split("\n")
    target = gzip.open(SKLEARN / "diabetes_target.csv.gz", "rt").read().split()
    write_csv("diabetes.csv", ["age", "sex", "bmi", "blood_pressure", "total_cholesterol", "ldl", "hdl",
                               "cholesterol_ratio", "log_triglycerides", "glucose", "progression"],
              [row.split() + [str(int(float(t)))] for row, t in zip(raw, target)])

    modeldata("penguins", "species")
    modeldata("concrete", "compressive_strength")
    modeldata("Sacramento", "price", without=("zip",))


if __name__ == "__main__":
    main()
