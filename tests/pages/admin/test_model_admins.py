"""Change lists accept lookups by their filters only."""

import pytest

pytestmark = pytest.mark.django_db
TOO_LARGE_KEY = "99999999999999999999"


@pytest.mark.parametrize("model", ["version", "revision", "publicationrecord", "linkgroup", "redirect"])
@pytest.mark.parametrize("query", [f"page={TOO_LARGE_KEY}", f"id={TOO_LARGE_KEY}", f"pk__gt={TOO_LARGE_KEY}"])
def test_lookup_by_another_column_is_refused(admin_client, model, query):
    response = admin_client.get(f"/admin/pages/{model}/?{query}", headers={"accept": "text/html"})
    assert response.status_code in {302, 400}


@pytest.mark.parametrize(
    "query", ["revision/?language=ru", "revision/?is_draft_head__exact=0", "publicationrecord/?kind__exact=move"]
)
def test_offered_filters_work(admin_client, query):
    assert admin_client.get(f"/admin/pages/{query}").status_code == 200
