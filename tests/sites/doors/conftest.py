from tests.sites.doors.neighbour import planted  # noqa: F401 - a fixture
