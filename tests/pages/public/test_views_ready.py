"""The readiness probe: it asks the database, and says what came of it in one word."""

import pytest
from django.db import OperationalError, connection


def _refuse(*arguments):
    raise OperationalError("the disk is gone")


@pytest.mark.django_db
def test_site_is_ready_where_the_database_answers(client):
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_site_is_not_ready_where_the_database_does_not_answer(client):
    with connection.execute_wrapper(_refuse):
        response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"unavailable\n")
    assert "disk" not in str(response.headers)


@pytest.mark.django_db
def test_probe_takes_no_post(client):
    assert client.post("/readyz").status_code == 405
