"""The store keeps what was delivered, whole, whatever happens around it."""

from __future__ import annotations

import csv
import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from engine.lab.store import Row, Store, StoreFault, changed_files, digest_of
from tests.lab.fake_work import row_of


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.create(tmp_path / "batch", {"scenario": "drawn"}, {"scenario": b"bytes"})


def test_rows_come_back_as_they_were_and_in_order_of_number(store: Store) -> None:
    rows = [row_of(n) for n in (3, 1, 2)]
    store.add(rows)
    assert [r.number for r in store.rows()] == [1, 2, 3]
    assert next(iter(store.rows())) == row_of(1)
    assert store.part("scenario") == b"bytes"


def test_the_digest_of_results_ignores_order_host_and_seconds(store: Store) -> None:
    rows = [row_of(n) for n in range(5)]
    store.add([replace(r, seconds=9.0, host="elsewhere") for r in reversed(rows)])
    assert store.digest() == digest_of(rows)


def test_the_digest_of_results_changes_with_any_result(store: Store) -> None:
    rows = [row_of(n) for n in range(5)]
    changed = [*rows[:4], replace(rows[4], outcome={"values": {"axis.men": 1}})]
    assert digest_of(rows) != digest_of(changed)


def test_a_finished_run_is_never_replaced_but_a_failed_one_is(store: Store) -> None:
    failed = replace(row_of(1), status="failed", outcome={}, series={}, fault="ran out of luck")
    store.add([failed])
    assert store.count() == (0, 1)
    store.add([row_of(1)])
    assert store.count() == (1, 0)
    store.add([replace(row_of(1), outcome={"values": {"axis.men": 0}})])
    assert next(iter(store.rows())) == row_of(1)
    assert next(iter(store.rows())).fault == ""


def test_a_delivery_is_kept_whole_or_not_at_all(store: Store) -> None:
    broken = replace(row_of(2), outcome={"values": {"axis.men": float("nan")}})
    with pytest.raises(ValueError, match="JSON"):
        store.add([row_of(1), broken])
    assert store.count() == (0, 0)


def test_a_second_batch_in_the_same_folder_is_refused_with_a_way_out(store: Store) -> None:
    with pytest.raises(StoreFault, match="--resume"):
        Store.create(store.folder, {}, {})


def test_two_writers_at_once_are_refused_and_a_reader_is_welcome(store: Store) -> None:
    store.add([row_of(1)])
    with pytest.raises(StoreFault, match="in use"):
        Store.open(store.folder, write=True)
    with Store.open(store.folder) as reader:
        assert reader.count() == (1, 0)
    store.close()
    Store.open(store.folder, write=True).close()


def test_a_reader_cannot_write(store: Store) -> None:
    with Store.open(store.folder) as reader, pytest.raises(sqlite3.OperationalError):
        reader.add([row_of(1)])


def test_a_folder_without_a_batch_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreFault, match="holds no batch"):
        Store.open(tmp_path)


NOT_STORES = [b"", b"not a database at all, just some text", b"SQLite format 3\x00" + b"\x00" * 80]


@pytest.mark.parametrize("content", NOT_STORES)
def test_a_file_that_is_no_store_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "runs.sqlite").write_bytes(content)
    with pytest.raises(StoreFault, match="expected"):
        Store.open(tmp_path)


def test_a_store_of_another_format_is_refused(store: Store) -> None:
    store.amend({"format": 99})
    store.close()
    with pytest.raises(StoreFault, match="format 1, found 99"):
        Store.open(store.folder)


def test_the_manifest_lies_beside_the_store_for_people_too(store: Store) -> None:
    assert json.loads((store.folder / "manifest.json").read_text())["scenario"] == "drawn"


def test_csv_holds_one_line_a_run_and_one_line_a_moment(store: Store, tmp_path: Path) -> None:
    store.add([row_of(1), replace(row_of(2), factors={"combat.tau_days": 2.5})])
    runs, series = store.export_csv(tmp_path)
    with runs.open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["combat.tau_days"] for line in lines] == ["", "2.5"]
    assert lines[0]["axis.men"] == str(row_of(1).outcome["values"]["axis.men"])
    with series.open(newline="") as file:
        assert len(list(csv.reader(file))) == 1 + 4


def test_changed_files_are_named() -> None:
    assert changed_files({"a": "1", "b": "2"}, {"a": "1", "b": "3", "c": "4"}) == ["b", "c"]


def test_a_failed_run_is_a_row_too(store: Store) -> None:
    store.add([Row("k", 7, 0, 7, 7, "failed", fault="running: ZeroDivisionError")])
    assert [r.fault for r in store.rows()] == ["running: ZeroDivisionError"]
    assert list(store.rows(ok_only=True)) == []
    assert store.done() == {"k"}
    assert store.done(failed_too=False) == set()
