"""Check the history of a policy site from outside.

Usage: python3 check_history.py https://policies.example.org [HASH noted earlier ...]
"""

import hashlib
import json
import sys
import urllib.error
import urllib.parse
import urllib.request

problems, not_checked = [], ["how the texts are laid out in HTML: this check reads their Markdown"]


def check(is_right, message):
    if not is_right:
        problems.append(message)


def fetch(address):
    """Return the bytes at an address of the site, None if there are none (any more)."""
    try:
        return urllib.request.urlopen(site + "/" + address.removeprefix("/"), timeout=60).read()
    except urllib.error.HTTPError as error:
        return None if error.code in {404, 410} else sys.exit(f"{address}: {error}")
    except OSError as error:
        sys.exit(f"{address}: {error}")


def fetch_json(address):
    try:
        return json.loads(fetch(address) or sys.exit(f"{address}: there is nothing at this address"))
    except ValueError as error:
        sys.exit(f"{address}: it is not JSON: {error}")


def sha256(content, salt=""):
    """Return the digest of a salt, in hexadecimal, and a content; objects are in the canonical form of RFC 8785."""
    if isinstance(content, dict):
        ordered = dict(sorted(content.items(), key=lambda item: item[0].encode("utf-16-be")))
        content = json.dumps(ordered, ensure_ascii=False, separators=(",", ":"))
    content = content.encode() if isinstance(content, str) else content
    return hashlib.sha256(bytes.fromhex(salt) + content).hexdigest()


def salted(text):
    return text and sha256(text["text"], text["salt"])


def read_log(noted):
    """Follow the chain; return the contents of its records, the latest hash, and the pages that the site has."""
    records, hashes, part = [], [""], {"next": "/publication-log.json"}
    while part["next"]:
        part = fetch_json(part["next"])
        for record in part["records"]:
            number, content = len(hashes), parse(record["canonical"])
            link = {"record": number, "previous": hashes[-1]}
            hashes.append(sha256(record["canonical"]))
            check(hashes[-1] == record["hash"], f"record {number}: its hash is not that of its content")
            check(link.items() <= content.items(), f"record {number}: it does not follow the previous record")
            records.append(content)
    check((len(records), hashes[-1]) == (part["count"], part["head"]), "the log does not end at its latest hash")
    check(set(noted) <= set(hashes), "the hash noted earlier is not in the log: it was cut or rewritten")
    return records, hashes[-1], {page["uuid"]: page["history"] for page in part["pages"]}


def parse(canonical):
    try:
        content = json.loads(canonical)
    except (ValueError, RecursionError):
        content = None
    return content if isinstance(content, dict) else {}


def read_history(records):
    """Return what the records say of each page, by UUID, and the digests that were redacted."""
    pages, redacted = {}, set()
    for number, record in enumerate(records, 1):
        try:
            read_record(record, pages, redacted)
        except (KeyError, TypeError, AttributeError):
            check(False, f"record {number}: it is not of the format that is documented")
    return {uuid: page for uuid, page in pages.items() if page["versions"]}, redacted


def read_record(record, pages, redacted):
    kind, version = record["kind"], record.get("version")
    redacted.update(record.get("digests", ()))
    empty = {"versions": {}, "cancelled": {}, "withdrawn": None, "confirmed": [], "place": None}
    empty |= {"corrected": {}, "notes": {}, "reviewed": {}}
    page = pages.setdefault(record["page"], empty) if "page" in record else None
    if kind == "publish":
        page["place"] = {name: record[name] for name in ("path", "source_language")}
        carried = version.pop("carries") or {"from": None, "texts": []}
        for language in carried["texts"]:  # an earlier version has the same text
            earlier = page["versions"][carried["from"]]["texts"][language]
            version["texts"][language] = earlier | {"significance": "unchanged", "note": None}
        page["versions"][version["number"]] = {**record, **version, "published_at": record["at"]}
    elif kind == "place":
        page["place"] = record["after"]
    elif kind == "cancel":
        page["cancelled"][version] = record["at"]
    elif kind in {"withdraw", "bring back"}:
        page["withdrawn"] = [record["at"], record["reasons"]] if kind == "withdraw" else None
    elif kind == "confirm":
        page["confirmed"].append((record["language"], record["text"], version))
    elif kind == "correct":
        key = version, record["language"]
        page["corrected"] |= {key: record["significance"]} if record["significance"] else {}
        page["notes"] |= {key: record["note"]} if record["note"] else {}
    elif kind == "review":
        page["reviewed"][version] = record["at"]


def last_updated(page, number, language):
    """Return when a text was last updated: the effective date of the newest major text that it builds on."""
    at, versions = page["versions"][number]["published_at"], page["versions"]
    builds_on = [
        other
        for other in sorted(versions)
        if other <= number and language in versions[other]["texts"]
        if other == number or page["cancelled"].get(other, "9") > at
    ]
    significance = {other: versions[other]["texts"][language]["significance"] for other in builds_on}
    counted = {other: page["corrected"].get((other, language), significance[other]) for other in builds_on}
    major = [other for other in builds_on if counted[other] == "major"]
    return versions[(major or builds_on[:1])[-1]]["effective_at"]


def check_page(page, address, redacted):
    history = fetch_json(address)
    shown, place = history["page"], {name: history["page"][name] for name in ("path", "source_language")}
    check(place == page["place"], f"{address}: the page has another address or source language than recorded")
    reasons = {language: salted(reason) for language, reason in shown["withdrawn_reasons"].items()}
    withdrawn = page["withdrawn"] and [page["withdrawn"][0], without(page["withdrawn"][1], redacted)]
    same = withdrawn == (shown["withdrawn_at"] and [shown["withdrawn_at"], reasons])
    check(same, f"{address}: its withdrawal differs from the log")
    versions = {version["number"]: version for version in history["versions"]}
    for number in sorted({*versions, *page["versions"]}):
        if number not in versions or number not in page["versions"]:
            check(False, f"{address}: version {number} is only {'recorded' if number in page['versions'] else 'shown'}")
            continue
        check_version(page, number, versions[number], f"{address}: version {number}", redacted)


def without(digests, redacted):
    return {key: digest for key, digest in digests.items() if digest not in redacted}


def check_version(page, number, shown, name, redacted):
    recorded = page["versions"][number]
    for fact in ("published_at", "recorded_at", "effective_at", "binding_language"):
        check(shown[fact] == recorded[fact], f"{name}: {fact} differs from the log")
    check(shown["cancelled_at"] == page["cancelled"].get(number), f"{name}: its cancellation differs from the log")
    check(shown["reviewed_at"] == page["reviewed"].get(number), f"{name}: its last review differs from the log")
    check(set(shown["texts"]) == set(recorded["texts"]), f"{name}: its languages differ from the log")
    for language in set(shown["texts"]) & set(recorded["texts"]):
        check_text(page, number, language, shown["texts"][language], f"{name}, {language}", redacted)


def check_text(page, number, language, shown, name, redacted):
    recorded = page["versions"][number]["texts"][language]
    confirmed = [
        n for code, text, n in page["confirmed"] if (code, text) == (language, recorded["text"]) and n <= number
    ]
    corrected = page["corrected"].get((number, language), recorded["significance"])
    is_redacted, fields = recorded["text"] in redacted, shown["fields"]
    facts = {
        "text": shown["digest"],
        "fields": recorded["fields"] if is_redacted else sha256(fields["values"], fields["salt"]),
        "note": recorded["note"] if recorded["note"] in redacted else salted(shown["change_note"]),
        "pictures": sha256(shown["pictures"]) if shown["pictures"] else None,
        "significance": shown["significance"],
        "based_on": shown["based_on"],
    }
    for fact, value in facts.items():
        check(value == recorded[fact], f"{name}: {fact} differs from the log")
    check(shown["confirmed_to_reflect"] == confirmed, f"{name}: its confirmations differ from the log")
    is_corrected = corrected != recorded["significance"]
    check(shown["corrected_significance"] == (corrected if is_corrected else None), f"{name}: its correction differs")
    note = page["notes"].get((number, language))
    check(note in redacted or salted(shown["corrected_note"]) == note, f"{name}: its corrected note differs")
    check(shown["modified_at"] == last_updated(page, number, language), f"{name}: last updated is not what follows")
    check_bytes(urllib.parse.urlsplit(shown["source_url"]).path, recorded["text"], name, redacted)  # also of a mirror
    for reference, digest in shown["pictures"].items():
        check_bytes(f"/media/{digest}", digest, f"{name}, picture {reference}", redacted)


def check_bytes(address, digest, name, redacted, seen={}):  # noqa: B006 - every address is read once
    if digest in redacted:
        not_checked.append(f"{name}: it was redacted")
    elif address not in seen:
        content = seen.setdefault(address, fetch(address))
        check(content is not None and sha256(content) == digest, f"{address}: it is not what was published")


def main(noted):
    records, head, histories = read_log(noted)
    pages, redacted = read_history(records)
    for uuid in sorted({*pages, *histories}):
        if uuid in pages and uuid in histories:
            try:
                check_page(pages[uuid], histories[uuid], redacted)
            except (KeyError, TypeError, AttributeError, ValueError) as error:
                check(False, f"{histories[uuid]}: it is not of the format that is documented: {error!r}")
        else:
            check(False, f"page {histories.get(uuid, uuid)}: it is only {'recorded' if uuid in pages else 'shown'}")
    sys.stderr.write("".join(f"{problem}\n" for problem in problems))
    if not problems:
        print(f"The history is intact: {len(records)} record(s), latest hash {head or 'none'}.")
        print("Not checked:", *not_checked, sep="\n- ")
    sys.exit(bool(problems))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(print(__doc__.strip(), file=sys.stderr) or 2)
    site = sys.argv[1].rstrip("/")
    main(sys.argv[2:])
