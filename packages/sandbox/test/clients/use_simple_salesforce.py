"""Runs simple-salesforce, unmodified, against a sandbox org, and prints the results as one JSON object.

simple-salesforce sends HTTPS to https://<domain>.salesforce.com and to the host of instance_url. It accepts a session of the
requests library, which accepts a transport. The transport here sends every HTTPS request to the sandbox's address.

Arguments: the sandbox's URL, the task ("read" or "fail"), an account's Id.
"""

import json
import sys
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter
from simple_salesforce import Salesforce, format_soql
from simple_salesforce.exceptions import SalesforceError

SANDBOX, TASK, ACCOUNT_ID = sys.argv[1:]
ORDERED = "SELECT Id, Name, Owner.Id FROM Account ORDER BY Id"


class ToSandbox(HTTPAdapter):
    """Sends requests for any https:// host to the sandbox."""

    def __init__(self):
        super().__init__()
        self.hosts = []

    def send(self, request, **kwargs):
        meant = urlsplit(request.url)
        if meant.netloc not in self.hosts:
            self.hosts.append(meant.netloc)
        request.url = urlunsplit(urlsplit(SANDBOX)[:2] + meant[2:])
        return super().send(request, **kwargs)


transport = ToSandbox()
session = requests.Session()
session.trust_env = False
session.mount("https://", transport)


def control(path, body=None):
    session.post(f"{SANDBOX}/sandbox/{path}", json=body).raise_for_status()


def fails(reply):
    control("faults", [{"match": {"path": "/services/data"}, "reply": reply}])


def error_of(call):
    """Returns the error that simple-salesforce raises: its class, status, code and message."""
    try:
        call()
    except SalesforceError as error:
        content = error.content.decode() if isinstance(error.content, bytes) else error.content
        first = content[0] if isinstance(content, list) else {"message": content}
        return {
            "class": type(error).__name__,
            "status": error.status,
            "errorCode": first.get("errorCode", getattr(error, "code", None)),
            "message": first.get("message"),
        }
    return None


def log_in(secret="sandbox"):
    return Salesforce(
        consumer_key="sandbox", consumer_secret=secret, domain="small.my", version="67.0", session=session
    )


def by_session_id():
    token = requests.Session()
    token.trust_env = False
    granted = token.post(
        f"{SANDBOX}/services/oauth2/token",
        {"grant_type": "client_credentials", "client_id": "sandbox", "client_secret": "sandbox"},
    ).json()
    return Salesforce(
        instance_url=granted["instance_url"], session_id=granted["access_token"], version="67.0", session=session
    )


def logged_in():
    sf = log_in()
    return {
        "auth_type": sf.auth_type,
        "instance": sf.sf_instance,
        "hosts": list(transport.hosts),
        "by_session_id": by_session_id().query("SELECT COUNT() FROM Account")["totalSize"],
    }


def paged(sf):
    everything = sf.query_all(ORDERED)
    first = sf.query(ORDERED)
    locator = first["nextRecordsUrl"].rsplit("/", 1)[1]
    return {
        "totalSize": everything["totalSize"],
        "ids": [record["Id"] for record in everything["records"]],
        "owner": everything["records"][0]["Owner"]["Id"],
        "iterated": len(list(sf.query_all_iter("SELECT Id FROM Account"))),
        "more_by_url": sf.query_more(first["nextRecordsUrl"], identifier_is_url=True)["records"][0]["Id"],
        "more_by_locator": sf.query_more(locator)["records"][0]["Id"],
        "more_with_deleted": sf.query_more(locator, include_deleted=True)["records"][0]["Id"],
    }


def queried(sf):
    names = format_soql("SELECT Id FROM Account WHERE Name IN {}", ["A 7", "O'Brien"])
    by_owner = "SELECT OwnerId, COUNT(Id) n, MAX(Name) FROM Account GROUP BY OwnerId"
    leads = [sf.query_all("SELECT Id FROM Lead", include_deleted=deleted)["totalSize"] for deleted in (False, True)]
    return {"formatted": sf.query(names)["totalSize"], "grouped": sf.query(by_owner)["records"], "leads": leads}


def described(sf):
    return {
        "objects": [described["name"] for described in sf.describe()["sobjects"]],
        "fields": [field["name"] for field in sf.Account.describe()["fields"]],
        "metadata": sf.Account.metadata()["objectDescribe"]["name"],
        "record": sf.Account.get(ACCOUNT_ID),
        "is_sandbox": sf.is_sandbox(),
        "limit": sf.limits()["DailyApiRequests"]["Max"],
        "usage": sf.api_usage["api-usage"].total,
    }


def read():
    login = logged_in()
    sf = log_in()
    return {"login": login, "pages": paged(sf), "queries": queried(sf), "descriptions": described(sf)}


def fail():
    sf = log_in()

    def answered(status, code, message):
        fails({"status": status, "body": [{"errorCode": code, "message": message}]})
        return error_of(lambda: sf.query(ORDERED))

    def limited(message):
        return answered(403, "REQUEST_LIMIT_EXCEEDED", message)

    errors = {
        "malformed": error_of(lambda: sf.query("SELECT Nope FROM Account")),
        "unknown_object": error_of(lambda: sf.Nope.describe()),
        "unknown_record": error_of(lambda: sf.Account.get("001000000000999AAA")),
        "wrong_locator": error_of(lambda: sf.query_more("0r8000000000000000-2000")),
        "total_requests": limited("TotalRequests Limit exceeded."),
        "concurrent_requests": limited("ConcurrentRequests (Concurrent API Requests) Limit exceeded."),
        "long_transactions": limited("ConcurrentPerOrgLongTxn Limit exceeded."),
        "unexpected": answered(500, "UNKNOWN_EXCEPTION", "An unexpected error occurred."),
        "wrong_secret": error_of(lambda: log_in("wrong")),
    }
    fails("unavailable-html")
    errors["maintenance"] = error_of(lambda: sf.query(ORDERED))
    direct = by_session_id()
    control("sessions/expire")
    errors["expired"] = error_of(lambda: direct.query(ORDERED))
    errors["renewed"] = error_of(lambda: sf.query(ORDERED))
    return errors


json.dump({"read": read, "fail": fail}[TASK](), sys.stdout)
