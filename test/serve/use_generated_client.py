"""Uses the client that openapi-python-client generated from /openapi.json, and prints the results as one JSON object.

It reads one JSON object from standard input: the server's url, the token, the users `as` and `stranger` in the form of the
header Act-As, and the ids of the records `shown` and `hidden`.
"""

import json
import sys

from client import AuthenticatedClient
from client.api.default import explain_access, get_record, search
from client.models import ObjectName, Problem, SearchRequest

asked = json.load(sys.stdin)
ACT_AS = asked["as"]
client = AuthenticatedClient(base_url=asked["url"], token=asked["token"], raise_on_unexpected_status=True)


def pages(words):
    """Returns the titles of each page, up to the last."""
    found, cursor = [], None
    while True:
        body = SearchRequest(words=words, types=[ObjectName.LEAD], limit=2, cursor=cursor)
        page = search.sync(client=client, body=body, act_as=ACT_AS)
        found.append([hit.title for hit in page.hits])
        cursor = page.cursor
        if cursor is None:
            return {"user": page.user_id, "total": page.total, "titles": found}


def problem(answer):
    """Returns a refusal. The client has parsed it as a Problem."""
    assert isinstance(answer.parsed, Problem), answer
    return {"status": answer.status_code, "code": answer.parsed.code.value, "reason": answer.parsed.to_dict().get("reason")}


def record(id):
    return get_record.sync_detailed(id, client=client, act_as=ACT_AS)


shown = record(asked["shown"]).parsed
json.dump(
    {
        "pages": pages("solar"),
        "record": {"title": shown.title, "fields": shown.fields.to_dict(), "account": shown.account and shown.account.name},
        "hidden": problem(record(asked["hidden"])),
        "stranger": problem(search.sync_detailed(client=client, body=SearchRequest(), act_as=asked["stranger"])),
        "forbidden": problem(explain_access.sync_detailed(asked["shown"], client=client, act_as=ACT_AS)),
        "wrong": problem(search.sync_detailed(client=client, body=SearchRequest(limit=0), act_as=ACT_AS)),
        "anonymous": problem(search.sync_detailed(client=client.with_headers({"Act-As": "id"}), body=SearchRequest())),
    },
    sys.stdout,
)
