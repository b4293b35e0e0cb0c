from dataclasses import replace
from xml.etree import ElementTree as ET

from benchmarks.curves import Curve, Picture, draw

PICTURE = Picture(
    title="Cost <of> events",
    x="events",
    y="us",
    curves=[Curve("ours", [(1, 5.0), (10, 10.0), (100, 10.0)])],
)
SVG = "{http://www.w3.org/2000/svg}"


def parsed(picture: Picture) -> ET.Element:
    """Return what is drawn; it has to be XML."""
    return ET.fromstring(draw(picture))  # noqa: S314 - our own


def dots(picture: Picture) -> list[tuple[float, float]]:
    """Return where the points are."""
    found = parsed(picture).iter(f"{SVG}circle")
    return [(float(dot.attrib["cx"]), float(dot.attrib["cy"])) for dot in found]


def words(picture: Picture) -> list[str | None]:
    """Return what is written on it."""
    return [found.text for found in parsed(picture).iter(f"{SVG}text")]


def test_a_picture_is_a_file_of_its_own() -> None:
    """It is XML, fetches nothing, and what it is called is text in it."""
    drawn = draw(PICTURE)
    assert "Cost <of> events" in words(PICTURE)
    assert drawn.count("http") == 1


def test_powers_of_ten_are_equally_far_apart() -> None:
    """From left to right the axis is logarithmic."""
    (a, _), (b, _), (c, _) = dots(PICTURE)
    assert a < b < c
    assert abs((b - a) - (c - b)) < 0.11


def test_more_is_higher() -> None:
    """And the same is as high."""
    (_, low), (_, high), (_, same) = dots(PICTURE)
    assert low > high == same


def test_a_steep_axis_is_logarithmic() -> None:
    """1, 10 and 100 are equally far apart upwards, too."""
    steep = Curve("steep", [(1, 1.0), (2, 10.0), (3, 100.0)])
    (_, a), (_, b), (_, c) = dots(replace(PICTURE, curves=[steep], is_steep=True))
    assert a > b > c
    assert abs((a - b) - (b - c)) < 0.11


def test_a_goal_is_on_the_picture_even_if_no_curve_comes_near() -> None:
    """The axis reaches up to it."""
    shown = words(replace(PICTURE, goal=50.0, goal_name="at most 50"))
    assert {"at most 50", "50"} <= set(shown)
    assert "at most 50" not in words(PICTURE)


def test_numbers_that_have_no_room_are_left_out() -> None:
    """The first and the last one stay."""
    dense = Curve("dense", [(float(n), 1.0) for n in range(1000, 1100)])
    shown = words(replace(PICTURE, curves=[dense]))
    assert "1,000" in shown
    assert "1,099" in shown
    assert "1,001" not in shown


def test_names_that_have_no_room_stand_on_another_row() -> None:
    """The picture is as much taller, and each name is another colour."""
    long = [Curve(f"{n}: {'name ' * 12}", [(1, 1.0), (2, 2.0)]) for n in range(3)]
    short, tall = parsed(PICTURE), parsed(replace(PICTURE, curves=long))
    assert float(tall.attrib["height"]) == float(short.attrib["height"]) + 2 * 16
    colours = {found.attrib["class"] for found in tall.iter(f"{SVG}circle")}
    assert colours == {"c0", "c1", "c2"}


def test_one_point_is_a_dot() -> None:
    """An axis of a single value has a place for it."""
    assert len(dots(replace(PICTURE, curves=[Curve("one", [(5, 5.0)])]))) == 1
