"""Tables: blocks and flows as compiled rules read them."""

from __future__ import annotations

import numpy as np
import pytest

from engine.core.columns import Column, Flow, TableSpec, Writer
from engine.core.flows import read_flow

SPEC = TableSpec(
    "stocks",
    (
        Column("side", "int8", 1, "", ""),
        Column("tank_u", "int64", 7, "", ""),
        Column("filling", "int64", 0, "", ""),
        Column("leaking", "int64", 0, "", ""),
        Column("way", "int32", -1, "", "", width=3),
        Column("as_of", "int64", 0, "", ""),
    ),
    flows=(Flow("tank", "tank_u", plus=("filling",), minus=("leaking",)), Flow("spilt", "side_u")),
    as_of="as_of",
)
SPEC = TableSpec(SPEC.name, (*SPEC.columns, Column("side_u", "int64", 3, "", "")), SPEC.flows, SPEC.as_of)


def filled() -> Writer:
    writer = Writer(SPEC, 2)
    writer.append({"tank_u": [100, 200, 300], "filling": 5, "leaking": [1, 2, 9], "as_of": 10}, 3)
    return writer


def test_a_block_holds_the_columns_of_one_type_at_their_places() -> None:
    table = filled().table
    place = SPEC.places("int64", "leaking")[0]
    assert table.blocks["int64"][place, : len(table)].tolist() == table.leaking.tolist() == [0, 0, 1, 2, 9]
    with pytest.raises(ValueError, match="read-only"):
        table.blocks["int64"][0, 0] = 1


def test_rows_that_are_added_keep_what_was_there_and_have_defaults() -> None:
    writer = filled()
    for _ in range(6):
        writer.append({"side": 0}, 20)
    assert writer.table.tank_u[:6].tolist() == [7, 7, 100, 200, 300, 7]
    assert writer.table.way.shape == (125, 3)
    assert (writer.table.way == -1).all()


def test_a_compiled_rule_reads_a_flow_as_everybody_else() -> None:
    table = filled().table
    plan = table.plan("tank", "spilt")
    for row in range(len(table)):
        alone = int(table.read("tank", 40, [row])[0])
        assert read_flow(table.blocks["int64"], plan, 0, row, 40) == alone
        assert table.read_all(("spilt", "tank"), 40, np.array([row]))["tank"].tolist() == [alone]
    assert table.read_all(("tank",), 40, np.array([False, False, True, True, False]))["tank"].tolist() == [220, 290]


def test_settling_moves_the_flow_into_the_stock_and_never_backwards() -> None:
    writer = filled()
    before = writer.table.version("tank_u", "as_of")
    writer.settle(np.array([2, 4, 2], dtype=np.int32), 40)
    assert writer.table.tank_u.tolist() == [7, 7, 220, 200, 180]
    assert writer.table.as_of.tolist() == [0, 0, 40, 10, 40]
    assert writer.table.version("tank_u", "as_of") != before
    with pytest.raises(ValueError, match="backwards at minute 39"):
        writer.settle(slice(2, 5), 39)
    assert writer.table.tank_u.tolist() == [7, 7, 220, 200, 180]


def test_restoring_fewer_rows_drops_the_others() -> None:
    writer = filled()
    writer.restore({"tank_u": np.array([1, 2])}, 2)
    assert writer.table.tank_u.tolist() == [1, 2]
    assert len(writer.table) == 2
    assert writer.table.side.tolist() == [1, 1]
