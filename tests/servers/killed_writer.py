"""Writes to an embedded store for ever and says on stdout what was acknowledged; a test kills it.

Run as: killed_writer PATH ROUND. Round r inserts `r-0`, `r-1`, … and counts them up in one document.
"""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path

from mongoengine.connection import get_db

from backend.adapters import mongo


def main() -> None:
    """Write until killed."""
    mongo.connect(None, Path(sys.argv[1]))
    records, counters = get_db()["records"], get_db()["counters"]
    records.create_index("round")
    print("ready", flush=True)
    for number in count():
        records.insert_one({"_id": f"{sys.argv[2]}-{number}", "round": sys.argv[2], "text": "政策" * 100})
        counters.update_one({"_id": "all"}, {"$inc": {"n": 1}, "$set": {"last": number}}, upsert=True)
        print(number, flush=True)


if __name__ == "__main__":
    main()
