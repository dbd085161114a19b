"""Tests of the readiness probe."""

import pytest
from django.db import OperationalError, connection


def _raise(*arguments):
    raise OperationalError("the disk is gone")


@pytest.mark.django_db
def test_site_is_ready_if_the_database_answers(client):
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_site_is_not_ready_if_the_database_fails(client):
    with connection.execute_wrapper(_raise):
        response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"unavailable\n")
    assert "disk" not in str(response.headers)


@pytest.mark.django_db
def test_probe_refuses_post(client):
    assert client.post("/readyz").status_code == 405
