"""A client for midstream: a job a line comes in, an operation a line goes out."""
# ruff: noqa: ANN001, ANN003, ANN201, D103, INP001, S310, T201 - to be read at once

import json
import sys
from http.client import HTTPException
from urllib.request import Request, urlopen


def say(op, **fields):  # at once: a line that waits in a buffer was not said
    print(json.dumps({"op": op, **fields}), flush=True)


def post(job, path, **body):
    head = {"Authorization": "Bearer " + job["api_key"], "OpenAI-Beta": "assistants=v2"}
    head["Content-Type"] = "application/json"
    request = Request(job["base_url"] + path, json.dumps(body).encode(), head)
    return urlopen(request, timeout=job["idle_s"])


def answer(job, thread, text, event=""):
    who = json.load(post(job, "/assistants", model="gpt-4o"))["id"]
    post(job, f"/threads/{thread}/messages", role="user", content=text)
    for line in post(job, f"/threads/{thread}/runs", assistant_id=who, stream=True):
        field, _, value = line.decode().rstrip("\n").partition(": ")
        event = value if field == "event" else event
        if event == "thread.message.delta" and '"text":' in value:  # not an image
            for block in (delta := json.loads(value))["delta"]["content"]:
                told = {"part": block["index"], "text": block["text"]["value"]}
                say("append", job=job["job"], message=delta["id"], **told)
        if event == "thread.run.completed":
            return
    raise OSError("the stream ended before the answer did")


def converse(job, thread=""):
    for turn, text in enumerate(job["turns"]):
        claim = "complete"
        try:
            thread = thread or json.load(post(job, "/threads"))["id"]
            answer(job, thread, text)
        except (OSError, HTTPException, ValueError, KeyError) as error:
            claim = "failed"
            say("notice", job=job["job"], text=f"There is no whole answer: {error}")
        say("settle", job=job["job"], turn=turn, claim=claim)
    say("end", job=job["job"])


say("hello", protocol=1, name="my_client", version="1.0", level=1)
for order in map(json.loads, sys.stdin):  # bye closes standard input
    if order["do"] == "job":
        converse(order)
