#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""GET /v2/logs: own rows with their client request ids, newest first, in pages and windows, after a
restart too; and the page for browsers gets the ids."""
import datetime
import json
import sys
import urllib.parse

sys.dont_write_bytecode = True
from rehearsal_process import MODEL, Rehearsal  # noqa: E402

COUNT = 5


def logs(service, **query):
    query = query or {"period": "24h"}
    return service.request("GET", "/v2/logs?" + urllib.parse.urlencode(query))


def rows(service, **query):
    status, _, body = logs(service, **query)
    assert status == 200, body
    return json.loads(body)["data"]


def instant(days):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)).strftime(
        "%Y-%m-%dT%H:%M:%SZ")


def submit_all(service):
    ids = []
    for number in range(COUNT):
        status, headers, body = service.submit(f"rain {number}", X_Client_Request_Id=f"klingtext:{number}")
        ids.append(json.loads(body)["id"])
        assert status == 200 and headers["X-Inference-Id"] == ids[-1], headers
    service.submit("no id of the client")
    service.submit("an id that is dropped", X_Client_Request_Id="not fit")
    return ids


def check_rows(service, ids):
    found = rows(service)
    assert [row["client_request_id"] for row in found] == [
        None, None, *(f"klingtext:{number}" for number in reversed(range(COUNT)))], found
    assert [row["inference_id"] for row in found[2:]] == ids[::-1], found
    row = found[-1]
    assert (row["status"], row["model"], row["origin"]) == ("succeeded", MODEL, "api"), row
    assert row["cost"] == {"usd": 0, "credits": 0}, row
    assert datetime.datetime.fromisoformat(row["created"].replace("Z", "+00:00")), row


def check_questions(service):
    page = json.loads(logs(service, period="7d", limit=3, offset=3)[2])
    assert len(page["data"]) == 3 and page["pagination"] == {
        "limit": 3, "offset": 3, "total": COUNT + 2, "has_more": True}, page
    assert len(rows(service, start=instant(-91), end=instant(1))) == COUNT + 2
    assert rows(service, start=instant(-2), end=instant(-1)) == []
    assert rows(service, period="24h", status="failed") == []
    assert rows(service, period="24h", model="another") == []
    for bad in ({"period": "30d"}, {"limit": 10}, {"start": instant(-1)}, {"period": "24h", "limit": 0},
                {"period": "24h", "limit": 101}, {"period": "24h", "offset": -1},
                {"period": "24h", "status": "odd"}, {"start": instant(-100), "end": instant(0)},
                {"period": "24h", "start": instant(-1), "end": instant(0)}):
        assert logs(service, **bad)[0] == 400, bad
    assert service.request("POST", "/v2/logs?period=24h", "{}")[0] == 405
    assert service.request("GET", "/v2/logs?period=24h", Authorization="Bearer ")[0] == 401


def main():
    program = sys.argv[1]
    with Rehearsal(program) as service:
        state = service.path("state")
        with Rehearsal(program, "--state", state) as first:
            ids = submit_all(first)
            check_rows(first, ids)
            check_questions(first)
            shown = first.state("generations")["generations"]
            assert [one["client_request_id"] for one in shown[:2]] == ["klingtext:0", "klingtext:1"], shown
            assert first.state("counters")["requests"]["log"] > 0
            first.arm("error,on=poll")
            first.poll(ids[0])
            assert [row["inference_id"] for row in rows(first, period="24h", status="failed")] == [ids[0]]
        with Rehearsal(program, "--state", state, "--log-lag", "3600") as late:
            assert rows(late) == []


main()
