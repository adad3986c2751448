"""Positions in TOML and CSV: every key, value and cell knows its line and column."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.files.csv_text import parse_csv
from engine.files.faults import Report
from engine.files.toml_text import parse_toml

TEXT = """\
a = 1
[x.y]
"quoted key" = [1, {c = "q, ] # }", d = 2}, \"\"\"
long = 3
\"\"\", 'last']  # comment
[[z]]
k.l = 3
[[z]]
k.l = 4
[z.w]
v = 1944-08-15T04:30:00
"""


@pytest.mark.parametrize(
    ("key", "place"),
    [
        (("a",), (1, 5)),
        (("a", ""), (1, 1)),
        (("x", "y"), (2, 1)),
        (("x", "y", "quoted key", ""), (3, 1)),
        (("x", "y", "quoted key", 0), (3, 17)),
        (("x", "y", "quoted key", 1, "c"), (3, 25)),
        (("x", "y", "quoted key", 1, "d", ""), (3, 37)),
        (("x", "y", "quoted key", 3), (5, 6)),
        (("z", 0, "k", "l"), (7, 7)),
        (("z", 1, "k", "l"), (9, 7)),
        (("z", 1, "w", "v"), (11, 5)),
        (("z", 1, "nothing"), (8, 1)),
        (("nothing",), (1, 1)),
    ],
)
def test_a_key_path_has_a_line_and_column_or_its_nearest_parents(key, place):
    assert parse_toml(TEXT, "t.toml", Report()).position(key) == place


def test_the_quick_line_is_the_line_of_the_full_scan():
    text = TEXT.replace('"""\nlong = 3\n"""', '"long"')
    parsed = parse_toml(text, "t.toml", Report())
    for key in parsed._lines:
        assert parsed.line(key) == parsed.position(key)[0]


def test_a_cell_has_a_line_and_column_even_behind_quotes():
    text = parse_csv('# c\nid,name,men\n\nx,"a, b",5\n', "f.csv", Report())
    assert text.cell(4, "men").text.position((4, 2)) == (4, 10)
    assert list(text.rows()) == [(4, {"id": "x", "name": "a, b", "men": "5"})]


keys = st.text("abcxyz_-", min_size=1, max_size=4)
values = st.recursive(
    st.integers(-99, 99) | st.booleans() | st.text("ab ,]}#='\\\"", max_size=6) | st.just("plain"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)


def written(value):
    """TOML of a value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, list):
        return "[" + ", ".join(written(v) for v in value) + "]"
    return "{ " + ", ".join(f"{k} = {written(v)}" for k, v in value.items()) + " }"


def paths(value, prefix=()):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*prefix, key), inner
            yield from paths(inner, (*prefix, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield (*prefix, number), inner
            yield from paths(inner, (*prefix, number))


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(keys, st.dictionaries(keys, values, max_size=4), max_size=4))
def test_whatever_tomllib_reads_is_found_where_it_is_written(data):
    text = "".join(
        f"[{table}]\n" + "".join(f"{k} = {written(v)}\n" for k, v in rows.items()) for table, rows in data.items()
    )
    parsed = parse_toml(text, "t.toml", Report())
    assert parsed.data == tomllib.loads(text)
    lines = text.split("\n")
    for path, value in paths(parsed.data):
        line, column = parsed.position(path)
        if len(path) > 1:
            assert lines[line - 1][column - 1 :].startswith(written(value)[:1])
        if not isinstance(value, (dict, list)):
            assert lines[line - 1][column - 1 :].startswith(written(value))
