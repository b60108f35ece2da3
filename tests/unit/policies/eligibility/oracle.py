"""A plain tree walk over conditions as they are written: slow, obvious, independent of the product."""

import calendar
from datetime import date, timedelta
from fractions import Fraction

NO, UNKNOWN, YES = 0, 1, 2
SCALE = {"%": Fraction(1, 100), "万": 10_000, "亿": 100_000_000}


def number(written):
    text = str(written)
    return Fraction(text[:-1]) * SCALE[text[-1]] if text[-1] in SCALE else Fraction(text)


def day(written, on):
    if str(written).startswith("today"):
        return on + timedelta(
            days=int(written.removeprefix("today").replace("days", "").replace(" ", "") or 0)
        )
    return date.fromisoformat(written)


def full(age, start):
    """The day on which this much time has passed since `start`."""
    count, unit = age.split()
    if unit == "days":
        return start + timedelta(days=int(count))
    year = start.year + int(count)
    return start.replace(year=year, day=min(start.day, calendar.monthrange(year, start.month)[1]))


def compare(operator, value, threshold):
    return {
        "at_least": value >= threshold,
        "on_or_after": value >= threshold,
        "more_than": value > threshold,
        "at_most": value <= threshold,
        "on_or_before": value <= threshold,
        "less_than": value < threshold,
    }[operator]


def tiered(operator, value, tiers, deciding):
    low, passed = None, []
    for tier in tiers:
        high = tier.get("up_to")
        inside = deciding is None or (
            (low is None or deciding > number(low)) and (high is None or deciding <= number(high))
        )
        if inside:
            passed.append(compare(operator, value, number(tier["value"])))
        low = high
    return YES if all(passed) else UNKNOWN if any(passed) else NO


def test_of(condition, value, lookup, on):
    (operator,) = set(condition) - {"fact", "id", "label"}
    written = condition[operator]
    if isinstance(written, dict):
        return tiered(operator, value, written["tiers"], lookup(written["by"]))
    if operator == "is":
        return YES if value == written else NO
    if operator == "in":
        return YES if value in written else NO
    if operator == "any_of":
        return YES if any(member in value for member in written) else NO
    if operator == "all_of":
        return YES if all(member in value for member in written) else NO
    if operator == "age_at_least":
        return YES if full(written, value) <= on else NO
    if operator == "age_at_most":
        return YES if full(written, value) >= on else NO
    read = (lambda w: day(w, on)) if isinstance(value, date) else number
    if operator == "between":
        return YES if read(written[0]) <= value <= read(written[1]) else NO
    return YES if compare(operator, value, read(written)) else NO


def walk(condition, lookup, on, people, turned=False):
    """0, 1 or 2; `people` is how a matter for people counts where it helps (turned round under `not`)."""
    if "declared" in condition or "needs_person" in condition:
        return 2 - people if turned else people
    if "not" in condition:
        return 2 - walk(condition["not"], lookup, on, people, not turned)
    if "score" in condition:
        total, reached = score(condition["score"], lookup, on, people)
        return YES if reached[0] else UNKNOWN if reached[1] else NO
    if "fact" in condition:
        value = lookup(condition["fact"])
        return UNKNOWN if value is None else test_of(condition, value, lookup, on)
    parts = condition.get("any") or condition.get("all") or condition.get("of")
    values = [walk(part, lookup, on, people, turned) for part in parts]
    if "any" in condition:
        return max(values)
    if "all" in condition:
        return min(values)
    wanted = condition["at_least_n"]
    certain, possible = values.count(YES), len(values) - values.count(NO)
    return YES if certain >= wanted else UNKNOWN if possible >= wanted else NO


def score(part, lookup, on, people):
    """((points for certain, points at most), (reached for certain, reached possibly)) of a score part."""
    low = high = 0
    for band in part.get("bands", ()):
        points = band["points"] if isinstance(band["points"], list) else [band["points"]] * 2
        state = walk(band["when"], lookup, on, people) if "when" in band else YES
        if state == YES:
            low = max(low, points[1] if people == YES else points[0])
        if state != NO:
            high = max(high, points[1])
    pieces = [score(piece, lookup, on, people) for piece in part.get("sum", part.get("best", ()))]
    gather = sum if "sum" in part else max
    if pieces:
        low, high = (gather(piece[0][end] for piece in pieces) for end in (0, 1))
    most, least = part.get("most", 10_000), part.get("least", 0)
    low, high = min(low, most), min(high, most)
    below = [piece[1] for piece in pieces]
    return (low, high), (
        low >= least and all(reached for reached, _ in below),
        high >= least and all(possible for _, possible in below),
    )


def status(conditions, lookup, on):
    strict = min(walk(condition, lookup, on, UNKNOWN) for condition in conditions)
    if strict != UNKNOWN:
        return "eligible" if strict == YES else "ineligible"
    kind = min(walk(condition, lookup, on, YES) for condition in conditions)
    return "subject_to_review" if kind == YES else "unknown"
