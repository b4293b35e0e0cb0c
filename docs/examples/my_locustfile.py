"""Many users of a client of yours: midstream load --locustfile my_locustfile.py."""
# ruff: noqa: ANN001, ANN003, ANN201, D101, D102, D103, INP001, S310 - to be read at once

import json
from http.client import HTTPException
from urllib.request import Request, urlopen

from midstream import Append, ClientInfo, Notice, Settle, StreamingUser


def post(talk, path, **body):  # while this waits, other users go on
    head = {"Authorization": f"Bearer {talk.api_key}", "OpenAI-Beta": "assistants=v2"}
    head["Content-Type"] = "application/json"
    request = Request(talk.base_url + path, json.dumps(body).encode(), head)
    return urlopen(request, timeout=talk.idle_s)


def answer(talk, thread, text):
    who = json.load(post(talk, "/assistants", model="gpt-4o"))["id"]
    post(talk, f"/threads/{thread}/messages", role="user", content=text)
    for line in post(talk, f"/threads/{thread}/runs", assistant_id=who, stream=True):
        if b'"object":"thread.message.delta"' in line:
            for block in (delta := json.loads(line[6:]))["delta"]["content"]:
                text = block.get("text", {}).get("value", "")  # an image has none
                yield Append(message=delta["id"], part=block["index"], text=text)
        if line == b"event: thread.run.completed\n":
            return
    raise OSError("the stream ended before the answer did")


class MyUser(StreamingUser):
    client_info = ClientInfo(name="my_client", version="1.0", level=1)

    def converse(self, talk, thread=""):
        for turn, text in enumerate(talk.turns):
            claim = "complete"
            try:
                thread = thread or json.load(post(talk, "/threads"))["id"]
                yield from answer(talk, thread, text)
            except (OSError, HTTPException, ValueError, KeyError) as error:
                claim = "failed"
                yield Notice(text=f"There is no whole answer: {error}")
            yield Settle(turn=turn, claim=claim)
