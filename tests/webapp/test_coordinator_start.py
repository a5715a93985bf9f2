"""The coordinators' pages before the first bottle: they open, and say that there is nothing yet."""

from collections.abc import Callable

import pytest

from bottletrack.vocabulary import Role
from tests.webapp.conftest import Visitor


@pytest.mark.parametrize("page", ["", "orders", "stock", "lots", "runs"])
def test_a_page_with_nothing_on_it_says_so(client_for: Callable[[str], Visitor], page: str) -> None:
    answer = client_for(Role.COORDINATOR).get(f"/coordinator/{page}")
    assert answer.status_code == 200
    assert 'class="empty"' in answer.text


@pytest.mark.parametrize("page", ["points", "audit", "figures.csv", "rejects.csv"])
def test_the_other_pages_open_too(client_for: Callable[[str], Visitor], page: str) -> None:
    assert client_for(Role.COORDINATOR).get(f"/coordinator/{page}").status_code == 200
