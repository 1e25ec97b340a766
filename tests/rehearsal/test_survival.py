#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""klingtextsrc lives through every failure that klingtext-rehearsal has a name for: it brings the
film, or it ends with the error that it promises, and never buys twice."""
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True
from rehearsal_process import Rehearsal  # noqa: E402

FILM = None  # the whole film and no error
# Of a submission: what the error says, or FILM.
ON_SUBMIT = {
    "400": "refused", "401": "key", "403": "credit", "404": "Nothing was submitted", "422": "refused",
    "429": FILM, "500": "resubmit", "502": "resubmit", "503": "resubmit", "504": "resubmit",
    "503,retry-after=1": FILM, "504,accepted=yes": FILM, "lost-answer": FILM,
    "garbage,on=submit": FILM, "not-json,on=submit": FILM,
    "wrong-types,on=submit": FILM, "refused,seconds=1": FILM,
    "400,envelope=errors": "Validation failed; prompt: ", "422,envelope=code": "1201: ",
    "id-in-data": FILM, "no-id": FILM,
}
# Of the account's log, after an answer was lost.
ON_LOG = {
    "row-missing,times=2": FILM, "row-failed": "billed nothing", "row-late,seconds=1,times=0": FILM,
    "log-paged,times=0": FILM,
    "404,on=log": "HTTP 404", "401,on=log": "HTTP 401", "429,on=log,retry-after=0": FILM, "500,on=log": FILM,
    "not-json,on=log": "no log", "garbage,on=log": FILM, "lost-answer,on=log": FILM,
}
# Of the polls of a generation that is known.
ON_POLL = {
    "429,on=poll": FILM, "500,on=poll": FILM, "502,on=poll,times=2": FILM, "503,on=poll": FILM,
    "429,on=poll,retry-after=1": FILM, "429,on=poll,retry-after-date=1,envelope=legacy": FILM,
    "504,on=poll": FILM, "hang": FILM, "slow-loris,rate=1000": FILM, "garbage": FILM,
    "lost-answer,on=poll": FILM, "not-json": FILM, "wrong-types": FILM, "unknown-status": FILM,
    "completed-without-url": FILM, "expired-link": FILM, "latency,delay=300": FILM,
    "304": FILM, "401,on=poll": FILM, "challenge": FILM, "no-status": FILM,
    "completed-with-error": FILM, "kling-words": FILM, "video-list": FILM, "relative-url": FILM,
}
ENDINGS = {name: "told to fail" for name in ("error", "error-text", "error-detail", "error-code", "expired")}
ON_CLIP = {
    "404,on=clip": FILM, "503,on=clip": FILM, "hang,on=clip": FILM, "lost-answer,on=clip": FILM,
    "cut-body": FILM, "cut-body,at=1000,times=3": FILM, "no-ranges": FILM, "chunked": FILM,
    "throttle,rate=2000000": FILM, "latency,on=clip": FILM,
    "false-encoding": FILM, "web-page": "a web page",
    "cut-open-box": FILM, "trailing-bytes": FILM,  # the file stays so, as with the next
    "changed-file": "changed while it was being read", "index-at-end": FILM, "fragmented": FILM,  # the file stays so: last
}


def launch(service, store, *properties):
    """Output, exit code, what arrived."""
    out = service.path("out.mp4")
    if os.path.exists(out):
        os.remove(out)
    done = subprocess.run(
        ["gst-launch-1.0", "klingtextsrc", "poll-interval=20", "request-timeout=2",
         f"base-url={service.base_url}", f"store-dir={service.path(store)}", *properties,
         "!", "filesink", f"location={out}"],
        env=os.environ | {"AIMLAPI_API_KEY": "any"}, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, check=False, timeout=120)
    with open(out, "rb") as file:
        return done.stdout, done.returncode, file.read()


def expect(fault, promise, output, code, film, whole):
    if promise is FILM:
        assert code == 0 and film[4:8] == b"ftyp", (fault, code, len(film), output)
        assert whole is None or film == whole, (fault, len(film), len(whole))
    else:
        errors = re.findall(r"^ERROR: from element \S+: (.*)", output, re.MULTILINE)
        assert code != 0 and errors, (fault, code, output)
        assert promise in output, (fault, output)
    print(fault, "—", promise or "the film")


def bought(service):
    return service.state("counters")["accepted"]


def survive_submissions(service):
    for number, (fault, promise) in enumerate((ON_SUBMIT | ENDINGS).items()):
        before = bought(service)
        service.arm(fault)
        # What was not accepted is not listed, and could be until then.
        patience = 3 if promise == "resubmit" else 100
        properties = (f"store{number}", f"prompt=number {number}", f"generation-timeout={patience}")
        expect(fault, promise, *launch(service, *properties), None)
        once = bought(service)
        assert once <= before + 1, fault
        if promise is not FILM and once > before:  # paid, so a second run must not pay again
            expect(fault, promise, *launch(service, *properties), None)
            assert bought(service) == once, fault
        assert service.state("faults")["armed"] == [], fault


def survive_lost_answers(service):
    for number, (fault, promise) in enumerate(ON_LOG.items()):
        before = bought(service)
        service.arm("lost-answer")
        service.arm(fault)
        properties = (f"lost{number}", f"prompt=lost {number}")
        expect(fault, promise, *launch(service, *properties), None)
        service.request("DELETE", "/rehearsal/faults")
        # Also after a failed row: the log lists the accepted one now.
        expect(fault, FILM, *launch(service, *properties), None)
        assert bought(service) == before + 1, fault


def survive_the_rest(service):
    generation, url = service.generate()
    for number, fault in enumerate(list(ON_POLL) + list(ON_CLIP)):
        service.arm(fault)
        properties = (f"known{number}", f"generation-id={generation}")
        output = launch(service, *properties)
        whole = service.clip(url)[2]
        promise = ON_CLIP.get(fault, FILM)
        expect(fault, promise, *output, whole)
        if promise is not FILM:  # it says: run this again
            expect(fault, FILM, *launch(service, *properties), whole)
        assert service.state("faults")["armed"] == [], fault


def main():
    with Rehearsal(sys.argv[1]) as service:
        names = {name["name"] for name in service.state("faults")["names"]}
        tried = {fault.split(",")[0] for fault in (ON_SUBMIT | ON_LOG | ON_POLL | ENDINGS | ON_CLIP)}
        assert names == tried, names ^ tried
        survive_submissions(service)
        survive_lost_answers(service)
        bought_so_far = bought(service)
        survive_the_rest(service)
        assert bought(service) == bought_so_far + 1


main()
