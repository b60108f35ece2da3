"""Random parts: policies that name each other by slug or number, with stubs, dates and shared nodes."""

from datetime import date

from hypothesis import strategies as st

from policies.graph import Link, Node, Part
from policies.graph.model import LINK_KINDS

SLUGS = ("a", "b", "c", "d", "e")
NUMBERS = ("示例〔2026〕1号", "示例〔2026〕2号")
DAYS = st.one_of(st.none(), st.dates(date(2020, 1, 1), date(2030, 1, 1)))
_OTHERS = (
    Node.of("title", "gaoqi", "高新技术企业"),
    Node.of("department", "kejingwei", "区科经委"),
    Node.of("condition", "a/rd", "研发"),
    Node.of("condition", "a/rd", "a/rd", stub=True),
)


@st.composite
def parts(draw: st.DrawFn) -> Part:
    """One policy's part; an empty one takes it away."""
    slug = draw(st.sampled_from(SLUGS))
    owner = f"policy:{slug}"
    if draw(st.integers(0, 4)) == 0:
        return Part(owner)
    number = draw(st.sampled_from(("", *NUMBERS)))
    own = Node(owner, "policy", f"政策{slug}", since=draw(DAYS), until=draw(DAYS), number=number)
    named = draw(st.lists(st.sampled_from((*SLUGS, *NUMBERS)), max_size=3, unique=True))
    stubs = [Node.of("policy", key, key, stub=True) for key in named if key != slug]
    shared = draw(st.lists(st.sampled_from(_OTHERS), max_size=3))
    nodes = (own, *stubs, *shared)
    ends = st.sampled_from([*(node.id for node in nodes), "measure:nowhere"])
    kinds = st.sampled_from(sorted(LINK_KINDS))
    link = st.builds(Link, kinds, ends, ends, DAYS, DAYS, mark=st.sampled_from(("", "P", "?")))
    return Part(owner, nodes, tuple(draw(st.lists(link, max_size=6))))


def parts_lists() -> st.SearchStrategy[list[Part]]:
    """Some parts; later ones of the same policy count."""
    return st.lists(parts(), max_size=6)
