import pytest

from motcua.kernel.payments.tests.samples import Till, build_till
from motcua.testing.city import City


@pytest.fixture
def till(city: City) -> Till:
    return build_till(city)
