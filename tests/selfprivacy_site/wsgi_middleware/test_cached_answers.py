"""Digests of representations: each content coding has its own."""

import hashlib
from base64 import b64decode

import pytest

from selfprivacy_site.wsgi_middleware.cached_answers import CODERS, REPR_DIGEST, Answer, repr_digest

TEXT = ("Content-Type", "text/markdown; charset=utf-8")


def test_value_is_that_of_the_example_in_rfc_9530():
    assert repr_digest(b'{"hello": "world"}\n') == "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"


@pytest.mark.parametrize("coding", [None, *CODERS])
def test_digest_is_that_of_the_bytes_that_are_sent(coding):
    body = b"A sentence of a policy. " * 100
    variant = Answer("200 OK", [TEXT, (REPR_DIGEST, repr_digest(body))], body).variant(coding)
    assert (variant.body == body) == (coding is None)
    value = dict(variant.headers)[REPR_DIGEST]
    assert b64decode(value.removeprefix("sha-256=:").removesuffix(":")) == hashlib.sha256(variant.body).digest()
    assert REPR_DIGEST not in dict(variant.not_modified_headers)


def test_answer_without_a_digest_gets_none():
    assert REPR_DIGEST not in dict(Answer("200 OK", [TEXT], b"x" * 1000).variant("br").headers)
