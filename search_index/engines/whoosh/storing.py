"""A segment's arrays in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from search_index.engines.whoosh import block
from search_index.engines.whoosh.arrays import Array, Arrays, Keywords, Texts
from search_index.pairs import Pairs
from search_index.titles import PARTS, Titles, Windows

_PLAIN = ("terms", "starts", "postings", "gone", "marks")
_TEXTS = ("ids", "lines", "names")
_WINDOW = ("keys", "rows", "places")
# Much is read of these by and by, but little at a time.
_IN_PIECES = ("postings", "lines.octets")
_PAIRS = ("heard", "firsts", "seconds", "counts")


def save(arrays: Arrays, path: Path) -> None:
    """Write the arrays into a new file, which appears under its name only when complete."""
    aside = path.with_name(path.name + ".part")
    about = {
        "size": arrays.size,
        "lengths": arrays.lengths,
        "numbers": list(arrays.numbers),
        "keywords": {name: keywords.names for name, keywords in arrays.keywords.items()},
    }
    block.write(aside, about, _named(arrays))
    aside.rename(path)


def _named(arrays: Arrays) -> dict[str, Array]:
    found = {name: getattr(arrays, name) for name in _PLAIN}
    for name in _TEXTS:
        texts = getattr(arrays, name)
        found |= {f"{name}.octets": texts.octets, f"{name}.starts": texts.starts}
    found |= {f"number.{name}": column for name, column in arrays.numbers.items()}
    for name, keywords in arrays.keywords.items():
        found |= {f"keyword.{name}.docs": keywords.docs, f"keyword.{name}.codes": keywords.codes}
    for part in PARTS:
        windows = getattr(arrays.titles, part)
        found |= {f"titles.{part}.{name}": getattr(windows, name) for name in _WINDOW}
    pairs = arrays.stored_pairs
    return found | ({f"pairs.{name}": getattr(pairs, name) for name in _PAIRS} if pairs else {})


def load(path: Path) -> Arrays:
    """The arrays of a file, not copied; OSError, KeyError or ValueError when they are not whole."""
    about, found = block.read(path, _IN_PIECES)
    size = about["size"]
    has_pairs = f"pairs.{_PAIRS[0]}" in found
    plain: dict[str, Any] = {name: found[name] for name in _PLAIN}
    texts: dict[str, Any] = {n: Texts(found[f"{n}.octets"], found[f"{n}.starts"]) for n in _TEXTS}
    arrays = Arrays(
        **plain,
        **texts,
        numbers={name: found[f"number.{name}"] for name in about["numbers"]},
        keywords={
            name: Keywords(tuple(names), found[f"keyword.{name}.docs"], found[f"keyword.{name}.codes"], size)
            for name, names in about["keywords"].items()
        },
        lengths=about["lengths"],
        titles=Titles(*(Windows(*(found[f"titles.{part}.{n}"] for n in _WINDOW)) for part in PARTS)),
        stored_pairs=Pairs(*(found[f"pairs.{name}"] for name in _PAIRS)) if has_pairs else None,
    )
    sizes = {len(arrays.gone), len(arrays.ids), len(arrays.lines), len(arrays.names), size}
    if len(sizes) != 1 or len(arrays.starts) != len(arrays.terms) + 1:
        raise ValueError(f"arrays of different length in {path.name}")
    return arrays
