"""Check a site's history from outside: python3 check_history.py https://policies.example.org [HASH noted earlier]"""

import hashlib
import json
import sys
import urllib.request

SITE, NOTED = sys.argv[1].rstrip("/"), sys.argv[2:]
checks, hashes, recorded, shown = [], [""], {}, {}


def get(address):
    try:
        return urllib.request.urlopen(f"{SITE}/{address.removeprefix('/')}", timeout=60).read()
    except OSError as error:
        sys.exit(f"{address}: {error}")


def digest(content):
    if isinstance(content, dict):  # texts by language or path, in the canonical form of RFC 8785
        ordered = dict(sorted(content.items(), key=lambda item: item[0].encode("utf-16-be")))
        content = content and json.dumps(ordered, ensure_ascii=False, separators=(",", ":")).encode()
    return hashlib.sha256(content).hexdigest() if content else None


part = {"next": "/publication-log.json"}
while part["next"]:
    part = json.loads(get(part["next"]))
    histories = {page["uuid"]: page["history"] for page in part["pages"]}
    for number, record in enumerate(part["records"], len(hashes)):
        content, link = json.loads(record["canonical"]), {"record": number, "previous": hashes[-1]}
        hashes.append(digest(record["canonical"].encode()))
        checks.append((hashes[-1] == record["hash"], f"record {number}: its hash is not that of its content"))
        checks.append((link.items() <= content.items(), f"record {number}: it does not follow the previous record"))
        at, version, text = content["at"], content["version"], " ".join(content.get("confirmed", {}).values())
        page = histories.get(content["page"], content["page"])
        if carried := (version or {}).pop("carries", None):  # texts that an earlier version holds, unchanged
            earlier = recorded.get((page, f"publish {carried['from']}"), {"texts": {}})["texts"]
            unchanged = {"significance": "unchanged", "note": None}
            version["texts"] |= {language: earlier.get(language, {}) | unchanged for language in carried["texts"]}
        facts = {"publish": version, "cancel": at, "withdraw": [at, content["reason"]], "confirm": text}
        event = f"{content['kind']} {version['number'] if version else ''} {text}".replace("bring back", "withdraw")
        recorded[page, event.strip()] = facts.get(content["kind"])
is_complete = (len(hashes) - 1, hashes[-1]) == (part["count"], part["head"])
checks.append((is_complete, "the log does not end at its latest hash"))
checks.append((set(NOTED) <= set(hashes), "the hash noted earlier is not in the log: it was cut or rewritten"))
for page in histories.values():
    history, names = json.loads(get(page)), ("number", "published_at", "effective_at", "binding_language")
    since, reasons = history["page"]["withdrawn_at"], history["page"]["withdrawn_reasons"]
    shown[page, "withdraw"] = [since, digest(reasons)] if since else None
    for version in history["versions"]:
        number, entry = version["number"], {name: version[name] for name in names} | {"texts": {}}
        shown[page, f"publish {number}"], shown[page, f"cancel {number}"] = entry, version["cancelled_at"]
        for language, text in version["texts"].items():
            facts = {name: text[name] for name in ("significance", "based_on")}
            facts |= {"note": digest(text["change_note"].encode()), "pictures": digest(text["pictures"])}
            entry["texts"][language], confirmed = facts | {"text": text["digest"]}, f"{language} {text['digest']}"
            shown |= {(page, f"confirm {source} {confirmed}"): confirmed for source in text["confirmed_to_reflect"]}
            if address := text["source_url"]:
                checks.append((digest(get(address)) == text["digest"], f"{address}: it is not what was published"))
for page, event in recorded | shown:
    checks.append((recorded.get((page, event)) == shown.get((page, event)), f"{page}: {event} differs from the log"))
problems = "\n".join(message for is_passed, message in checks if not is_passed)
sys.exit(problems or print(f"The history is intact: {part['count']} record(s), latest hash {part['head'] or 'none'}."))
