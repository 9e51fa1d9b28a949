"""Every cell of the table of who may see what, in every condition of the index; `make matrix` measures in full."""

import pytest

from .matrix.conditions import CONDITIONS, stage
from .matrix.judge import judge
from .matrix.surfaces import CHECKERS, Scene
from .matrix.surfaces.timing import same_order
from .matrix.table import AUDIENCES, STATES, SURFACES, cells
from .test_routes import SURFACES as SURFACES_OF_ROUTES

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def staged(request, django_db_setup, django_db_blocker):
    """The content of one kind of condition, made once for the tests that ask for it."""
    with django_db_blocker.unblock(), stage(request.param) as made:
        yield made


checked_surfaces = pytest.mark.parametrize("surface", [surface for surface in SURFACES if surface in CHECKERS])


@pytest.mark.parametrize("staged", ["fresh"], indirect=True)
@checked_surfaces
def test_every_reader_gets_what_the_table_says(staged, surface):
    check("fresh", staged, surface)


@pytest.mark.parametrize("staged", ["frozen"], indirect=True)
@pytest.mark.parametrize("condition", [name for name, kind in CONDITIONS.items() if kind == "frozen"])
@checked_surfaces
def test_every_reader_gets_it_while_the_index_is_behind(staged, surface, condition):
    check(condition, staged, surface)


def check(condition, staged, surface):
    with staged.in_condition(condition, keep_pages=True):
        verdict = judge(surface, Scene(staged.content, condition))
    assert not verdict.wrong, f"{len(verdict.wrong)} of {verdict.total} cells are wrong\n{verdict}"


def test_the_table_is_whole():
    assert len(cells()) == len(SURFACES) * len(STATES) * len(AUDIENCES) == 2790
    assert len({(cell.surface, cell.state, cell.audience) for cell in cells()}) == 2790


def test_every_surface_is_checked():
    assert set(CHECKERS) == set(SURFACES) == SURFACES_OF_ROUTES


def test_the_order_of_two_samples_is_judged_as_in_the_tables():
    one, other = list(range(200)), [value + 0.5 for value in range(200)]
    assert same_order(one, other) > 0.9
    assert same_order(one, [value + 60 for value in one]) < 1e-6
    # 25 + 25 without ties and u = 212: z = (312.5 - 212 - 0.5) / sqrt(25 * 25 * 51 / 12) = 1.940
    low = [2 * value for value in range(25)]
    assert 0 < same_order(low, [value + 9 for value in low]) < 1
    assert same_order([1] * 30, [1] * 30) == 1
