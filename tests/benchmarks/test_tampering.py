"""The server of the checks for tampering."""

import pytest

from benchmarks.tampering.server import ReplayingApplication
from pages.models import Redirect
from tests.building import make_page


@pytest.mark.django_db(transaction=True)
def test_response_is_repeated_only_while_its_queries_return_the_same_rows():
    class Response(list):
        def close(self):
            pass

    def application(environ, start_response):
        calls.append(environ["PATH_INFO"])
        start_response("200 OK", [])
        return Response([b"%d" % Redirect.objects.count()])

    def answer():
        return list(replaying({"PATH_INFO": "/"}, lambda *arguments: None))

    calls, replaying, page = [], ReplayingApplication(application, is_storing=True), make_page()
    assert answer() == [b"0"]
    replaying.is_storing = False
    assert answer() == [b"0"]
    assert calls == ["/"]
    Redirect.objects.create(old_path="old", page=page)
    assert answer() == [b"1"]
    Redirect.objects.all().delete()
    assert answer() == [b"0"]
    assert calls == ["/", "/"]
