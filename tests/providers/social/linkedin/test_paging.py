"""Walking a list that changes meanwhile: every item is read, some of them twice."""

from collections.abc import Callable

import pytest

from workers.providers.social.linkedin.paging import COUNT, Item, Walk, read_cursor, write_cursor

Change = Callable[[list[Item]], None]


def walked(items: list[Item], changes: dict[int, Change], until: int = 0) -> list[str]:
    """What is read of a list that is changed after some of the pages."""
    read: list[str] = []
    walk: Walk | None = Walk(until=until)
    turns = 0
    while walk is not None:
        page = items[walk.offset : walk.offset + COUNT]
        taken, walk = walk.turn(page)
        read += [item.id for item in page[taken]]
        turns += 1
        if turns in changes:
            changes[turns](items)
        assert turns < 50, "it never ends"
        walk = walk and Walk.read(read_cursor(write_cursor(walk.write())))
    return read


def numbered(number: int) -> list[Item]:
    return [Item(f"p{place}", 10_000 - place) for place in range(number)]


@pytest.mark.parametrize("number", [0, 1, COUNT - 1, COUNT, COUNT + 1, 3 * COUNT])
def test_a_list_that_stands_still_is_read_once(number: int) -> None:
    items = [Item(item.id) for item in numbered(number)]
    assert walked(items, {}) == [item.id for item in items]


def test_what_is_deleted_moves_nothing_out_of_sight() -> None:
    items = numbered(3 * COUNT)
    expected = {item.id for item in items[3:]}
    read = walked(items, {1: lambda held: held.__delitem__(slice(0, 3))})
    assert expected <= set(read)


def test_also_not_the_last_item_of_the_page() -> None:
    items = numbered(3 * COUNT)
    expected = {item.id for item in items if item.id != f"p{COUNT - 1}"}
    assert expected <= set(walked(items, {1: lambda held: held.__delitem__(COUNT - 1)}))


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_what_is_changed_meanwhile_is_read_again_at_the_top(turn: int) -> None:
    items = numbered(6 * COUNT)
    everything, changed = {item.id for item in items}, items[5 * COUNT]

    def edit(held: list[Item]) -> None:
        held.remove(changed)
        held.insert(0, Item(changed.id, 20_000))

    assert set(walked(items, {turn: edit})) == everything


def test_a_list_that_never_stands_still_is_walked_through_nevertheless() -> None:
    items = numbered(4 * COUNT)
    everything = {item.id for item in items}

    def grow(held: list[Item]) -> None:
        held.insert(0, Item(f"new{len(held)}", 30_000 + len(held)))

    assert everything <= set(walked(items, dict.fromkeys(range(1, 12), grow)))


def test_what_is_older_is_not_read() -> None:
    assert walked(numbered(3 * COUNT), {}, until=9_990) == [f"p{place}" for place in range(11)]


@pytest.mark.parametrize("cursor", ["", "x", "e30x", write_cursor({"start": "1"}), write_cursor({"page": 1})])
def test_a_cursor_of_somebody_elses_is_none(cursor: str) -> None:
    with pytest.raises(ValueError):
        Walk.read(read_cursor(cursor) or {"": 1})
