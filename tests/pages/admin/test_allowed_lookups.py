"""Lists take the filters that they show, and no other question by their address."""

import pytest

pytestmark = pytest.mark.django_db
ABSURD = "99999999999999999999"


@pytest.mark.parametrize("model", ["version", "revision", "publicationrecord", "linkgroup", "redirect"])
@pytest.mark.parametrize("asked", [f"page={ABSURD}", f"id={ABSURD}", f"pk__gt={ABSURD}"])
def test_a_question_by_another_column_is_refused(admin_client, model, asked):
    response = admin_client.get(f"/admin/pages/{model}/?{asked}", headers={"accept": "text/html"})
    assert response.status_code in {302, 400}


@pytest.mark.parametrize(
    "asked", ["revision/?language=ru", "revision/?is_draft_head__exact=0", "publicationrecord/?kind__exact=move"]
)
def test_the_filters_of_a_list_work(admin_client, asked):
    assert admin_client.get(f"/admin/pages/{asked}").status_code == 200
