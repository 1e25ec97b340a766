#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every failure that klingtext-rehearsal has a name for is seen on the socket as it is promised.
A name without a check here fails the test."""
import email.utils
import http.client
import json
import sys
import time

sys.dont_write_bytecode = True
from rehearsal_process import Rehearsal  # noqa: E402

CHECKS = {}
FOR_GOOD = ("trailing-bytes", "cut-open-box", "changed-file", "index-at-end", "fragmented")


def check(*names):
    return lambda function: CHECKS.update({name: function for name in names})


def no_answer(call):
    try:
        call()
    except (ConnectionError, http.client.HTTPException, TimeoutError) as error:
        return error
    raise AssertionError("there was an answer")


@check("400", "401", "403", "404", "422", "429", "500", "502", "503", "504")
def status(service, name):
    before = service.state("counters")["accepted"]
    service.arm(name)
    code, headers, body = service.submit()
    assert code == int(name) and "Retry-After" not in headers, (code, headers)
    assert headers["Content-Type"].startswith("application/problem+json"), headers
    assert json.loads(body)["status"] == int(name), body
    assert service.state("counters")["accepted"] == before
    assert service.submit()[0] == 200
    service.arm(name + ",envelope=legacy,retry-after=7,on=poll")
    code, headers, body = service.poll(service.ready[0])
    assert code == int(name) and headers["Retry-After"] == "7", (code, headers)
    assert json.loads(body)["statusCode"] == name, body
    service.arm(name + ",envelope=errors,on=poll")
    assert json.loads(service.poll(service.ready[0])[2])["errors"][0]["path"] == "prompt"
    service.arm(name + ",envelope=code,on=poll")
    assert json.loads(service.poll(service.ready[0])[2])["msg"]
    service.arm(name + ",retry-after-date=60,on=clip")
    code, headers, _ = service.clip(service.ready[1])
    wait = email.utils.parsedate_to_datetime(headers["Retry-After"]).timestamp() - time.time()
    assert code == int(name) and 0 < wait <= 61, (code, wait)
    service.arm(name + ",accepted=yes")
    assert service.submit()[0] == int(name)
    assert service.state("counters")["accepted"] == before + 2


@check("row-missing", "row-failed", "row-late", "log-paged")
def log_rows(service, name):
    def page(offset=0):
        code, _, body = service.request("GET", f"/v2/logs?period=24h&offset={offset}")
        assert code == 200, body
        return json.loads(body)

    newest = json.loads(service.submit(X_Client_Request_Id="klingtext:a")[2])["id"]
    whole = page()
    assert whole["data"][0]["inference_id"] == newest, whole
    number = service.arm(name + ",times=0")["number"]
    bent = page()
    if name == "log-paged":
        assert (len(bent["data"]), bent["pagination"]["has_more"]) == (1, True), bent
        last = page(whole["pagination"]["total"] - 1)
        assert (len(last["data"]), last["pagination"]["has_more"]) == (1, False), last
    elif name == "row-failed":
        assert {row["status"] for row in bent["data"]} == {"failed"}, bent
        assert bent["data"][0]["client_request_id"] == "klingtext:a"
        assert bent["data"][0]["inference_id"] is None
    else:
        assert newest not in [row["inference_id"] for row in bent["data"]], bent
    service.request("DELETE", f"/rehearsal/faults/{number}")
    service.arm("404,on=log")
    assert service.request("GET", "/v2/logs?period=24h")[0] == 404
    service.arm("not-json,on=log")
    assert b"<title>" in service.request("GET", "/v2/logs?period=24h")[2]
    assert page()["data"]


@check("refused")
def refused(service, _):
    service.arm("refused,seconds=1")
    assert isinstance(no_answer(service.submit), ConnectionRefusedError)
    while True:  # until it is back
        try:
            assert service.submit()[0] == 200
            return
        except ConnectionError:
            time.sleep(0.05)


@check("lost-answer")
def lost_answer(service, name):
    before = service.state("counters")["accepted"]
    service.arm(name)
    no_answer(service.submit)
    assert service.state("counters")["accepted"] == before + 1


@check("304")
def not_modified(service, name):
    service.arm(name)
    code, _, body = service.poll(service.ready[0])
    assert code == 304 and body == b"", (code, body)


@check("id-in-data", "no-id")
def accepted(service, name):
    before = service.state("counters")["accepted"]
    service.arm(name)
    code, _, body = service.submit()
    answer = json.loads(body)
    assert code == 200 and "id" not in answer, body
    assert service.state("counters")["accepted"] == before + 1
    if name == "id-in-data":
        assert service.poll(answer["data"]["task_id"])[0] == 200, answer
    else:
        assert "ticket" in answer, answer


@check("hang")
def hang(service, name):
    service.arm(name + ",seconds=1")
    no_answer(lambda: service.poll(service.ready[0]))
    service.arm(name)
    assert isinstance(no_answer(lambda: service.poll(service.ready[0], timeout=0.5)), TimeoutError)


@check("slow-loris")
def slow_loris(service, name):
    expected = service.poll(service.ready[0])[2]
    service.arm(name)
    assert isinstance(no_answer(lambda: service.poll(service.ready[0], timeout=0.05)), TimeoutError)
    service.arm(name + ",rate=5000")
    assert service.poll(service.ready[0])[2] == expected


@check("garbage")
def garbage(service, name):
    service.arm(name)
    assert isinstance(no_answer(lambda: service.poll(service.ready[0])), http.client.BadStatusLine)


@check("not-json")
def not_json(service, name):
    service.arm(name)
    code, headers, body = service.poll(service.ready[0])
    assert code == 200 and headers["Content-Type"] == "text/html", headers
    assert body.startswith(b"<!doctype"), body


@check("challenge")
def challenge(service, name):
    service.arm(name)
    code, headers, body = service.poll(service.ready[0])
    assert code == 403 and headers["Content-Type"] == "text/html", (code, headers)
    assert b"<title>Just a moment...</title>" in body, body


def polled(service, fault, generation=None):
    service.arm(fault)
    code, _, body = service.poll(generation or service.ready[0])
    assert code == 200, body
    return json.loads(body)


@check("wrong-types")
def wrong_types(service, name):
    answer = polled(service, name)
    assert isinstance(answer["id"], bool) and isinstance(answer["status"], list), answer
    assert isinstance(answer["video"], str) and isinstance(answer["meta"], bool), answer


@check("unknown-status")
def unknown_status(service, name):
    answer = polled(service, name)
    assert answer["status"] not in ("queued", "generating", "completed", "error"), answer
    assert "video" not in answer, answer


@check("no-status")
def no_status(service, name):
    assert polled(service, name) == {"id": service.ready[0]}


@check("error", "error-text", "error-detail", "error-code", "expired")
def error(service, name):
    generation = json.loads(service.submit()[2])["id"]
    answer = polled(service, name, generation)
    assert answer["status"] == ("expired" if name == "expired" else "error"), answer
    assert "video" not in answer, answer
    shapes = {"error": lambda a: a["error"]["name"] and a["error"]["message"],
              "error-text": lambda a: a["error"].upper(),
              "error-detail": lambda a: a["error"]["detail"][0]["msg"],
              "error-code": lambda a: a["error"]["code"] and a["error"]["msg"],
              "expired": lambda a: a["message"] and "error" not in a}
    assert shapes[name](answer), answer
    assert json.loads(service.poll(generation)[2]) == answer  # it stays the end


@check("completed-without-url")
def completed_without_url(service, name):
    answer = polled(service, name)
    assert answer["status"] == "completed" and "video" not in answer, answer
    assert json.loads(service.poll(service.ready[0])[2])["video"]["url"] == service.ready[1]


@check("completed-with-error")
def completed_with_error(service, name):
    answer = polled(service, name)
    assert answer["status"] == "completed" and "video" not in answer, answer
    assert answer["error"]["message"], answer


@check("kling-words", "video-list", "relative-url")
def completed_otherwise(service, name):
    answer = polled(service, name)
    urls = {"kling-words": lambda a: a["data"]["task_result"]["videos"][0]["url"],
            "video-list": lambda a: a["videos"][0]["url"],
            "relative-url": lambda a: "http:" + a["video"]["url"]}
    assert urls[name](answer) == service.ready[1], answer
    if name == "kling-words":
        assert answer["data"]["task_status"] == "succeed" and "id" not in answer, answer


@check("expired-link")
def expired_link(service, name):
    url = polled(service, name)["video"]["url"]
    assert service.clip(url)[0] == 403
    assert json.loads(service.poll(service.ready[0])[2])["video"]["url"] != url


def clip_with(service, fault, **headers):
    service.arm(fault)
    return service.clip(service.ready[1], **headers)


@check("cut-body")
def cut_body(service, name):
    for fault, length in ((name + ",at=1000", 1000), (name, len(service.film) // 2)):
        cut = no_answer(lambda fault=fault: clip_with(service, fault))
        assert isinstance(cut, http.client.IncompleteRead), cut
        assert cut.partial == service.film[:length], len(cut.partial)


@check("changed-file")
def changed_file(service, name):
    url = service.ready[1]
    _, before, film = service.clip(url)
    service.arm(name)
    assert isinstance(no_answer(lambda: service.clip(url)), http.client.IncompleteRead)
    code, after, changed = service.clip(url, Range="bytes=0-9", If_Range=before["ETag"])
    assert code == 200 and after["ETag"] != before["ETag"], (code, after)
    assert changed != film and changed.startswith(film)


@check("no-ranges")
def no_ranges(service, name):
    code, headers, body = clip_with(service, name, Range="bytes=10-19")
    assert code == 200 and body == service.film and "Accept-Ranges" not in headers, headers


@check("chunked")
def chunked(service, name):
    _, headers, body = clip_with(service, name)
    assert headers["Transfer-Encoding"] == "chunked" and "Content-Length" not in headers, headers
    assert body == service.film


@check("trailing-bytes")
def trailing_bytes(service, name):
    url = service.generate("fog")[1]
    film = service.clip(url)[2]
    service.arm(name)
    _, headers, body = service.clip(url)
    assert headers["Transfer-Encoding"] == "chunked", headers
    assert body.startswith(film) and len(body) > len(film)
    assert service.clip(url)[2] == body  # and stays so


@check("cut-open-box")
def cut_open_box(service, name):
    url = service.generate("snow")[1]
    film = service.clip(url)[2]
    service.arm(name)
    _, headers, body = service.clip(url)
    assert "Content-Length" not in headers and "Transfer-Encoding" not in headers, headers
    opened = service.clip(url)[2]
    assert body == opened[:len(film) // 2]
    at = film.rindex(b"mdat") - 4
    assert opened == film[:at] + bytes(4) + film[at + 4:]


@check("false-encoding")
def false_encoding(service, name):
    _, headers, body = clip_with(service, name)
    assert headers["Content-Encoding"] == "aws-chunked" and body == service.film, headers


@check("web-page")
def web_page(service, name):
    code, headers, body = clip_with(service, name)
    assert code == 200 and headers["Content-Type"] == "text/html", headers
    assert body.startswith(b"<!doctype"), body


def boxes(film):
    found, at = [], 0
    while at < len(film):
        found.append(film[at + 4:at + 8].decode())
        at += int.from_bytes(film[at:at + 4], "big")
    assert at == len(film), (at, len(film))
    return found


@check("index-at-end", "fragmented")
def layout(service, name):
    url = service.ready[1]
    before = boxes(service.clip(url)[2])
    service.arm(name)
    order = boxes(service.clip(url)[2])
    assert order != before, order
    if name == "fragmented":
        assert order.count("moof") >= 4, order
    else:
        assert order.index("moov") > order.index("mdat"), order
    assert boxes(service.clip(url)[2]) == order  # and stays so


@check("throttle")
def throttle(service, name):
    assert clip_with(service, name + ",rate=10000000")[2] == service.film
    assert isinstance(no_answer(
        lambda: (service.arm(name + ",rate=10"), service.clip(service.ready[1], timeout=0.05))),
        TimeoutError)


@check("latency")
def latency(service, name):
    service.arm(name + ",delay=60000,on=poll")
    assert isinstance(no_answer(lambda: service.poll(service.ready[0], timeout=0.2)), TimeoutError)
    service.arm(name + ",delay=1")
    assert service.poll(service.ready[0])[0] == 200


def main():
    with Rehearsal(sys.argv[1]) as service:
        service.ready = service.generate()
        service.film = service.clip(service.ready[1])[2]
        names = [name["name"] for name in service.state("faults")["names"]]
        assert sorted(names) == sorted(CHECKS), set(names) ^ set(CHECKS)
        # What happens to the file stays: last.
        for name in sorted(names, key=FOR_GOOD.__contains__):
            CHECKS[name](service, name)
            assert service.state("faults")["armed"] == [], name
            assert service.state("counters")["faults"].get(name, 0) > 0 or name == "refused", name
            print(name)


main()
