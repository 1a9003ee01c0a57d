"""A small MCP server for `shelf.score`: it searches a folder of documents and keeps notes until it ends."""

import json
import pathlib
import re
import sys

folder = pathlib.Path(sys.argv[1])
notes = []

PASSAGE = {
    "type": "object",
    "properties": {"document": {"type": "string"}, "line": {"type": "integer"}, "text": {"type": "string"}},
    "required": ["document", "line", "text"],
}
TOOLS = [
    {
        "name": "search",
        "description": "Finds the lines of all documents that hold most of the words.",
        "inputSchema": {
            "type": "object",
            "properties": {
                "words": {"type": "string", "description": "What to look for."},
                "at-most": {"type": "integer", "description": "How many lines.", "default": 10},
            },
            "required": ["words"],
        },
        "outputSchema": {
            "type": "object",
            "properties": {"passages": {"type": "array", "items": PASSAGE}},
            "required": ["passages"],
        },
        "annotations": {"readOnlyHint": True},
    },
    {
        "name": "keep",
        "description": "Keeps a note.",
        "inputSchema": {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]},
    },
]


def search(words, at_most=10):
    wanted = {word for word in re.findall(r"\w+", words.lower()) if len(word) > 3}
    found = []
    for path in sorted(folder.iterdir()):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            hits = len(wanted & set(re.findall(r"\w+", line.lower())))
            if hits:
                found.append((-hits, {"document": path.name, "line": number, "text": line.strip()}))
    return [passage for _, passage in sorted(found, key=lambda one: one[0])[:at_most]]


def call(name, given):
    if name == "search":
        passages = {"passages": search(given["words"], given.get("at-most", 10))}
        return {"content": [{"type": "text", "text": json.dumps(passages)}], "structuredContent": passages}
    if name == "keep":
        notes.append(given["text"])
        return {"content": [{"type": "text", "text": f"kept as note {len(notes)}"}]}
    raise KeyError(name)


def answer(method, params):
    if method == "initialize":
        return {
            "protocolVersion": params["protocolVersion"],
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "shelf", "version": "1.0"},
        }
    if method == "tools/list":
        return {"tools": TOOLS}
    if method == "tools/call":
        return call(params["name"], params.get("arguments", {}))
    raise KeyError(method)


for line in sys.stdin:
    message = json.loads(line)
    if "id" not in message:
        continue
    reply = {"jsonrpc": "2.0", "id": message["id"]}
    try:
        reply["result"] = answer(message["method"], message.get("params", {}))
    except KeyError as unknown:
        reply["error"] = {"code": -32601, "message": f"there is no {unknown}"}
    print(json.dumps(reply), flush=True)
