"""A small MCP server for the tests, over its input and output or, with `--http`, over HTTP on 127.0.0.1.

The first word says how it misbehaves: `well` (not at all), `exits`, `garbage`, `silent`, `huge`, `pages`,
`endless`, `changed`, `dies`, `mute`, `refuses`, `hangs` (in its tool `slow`), `strict` (has a
tool that is particular), `hints` (its tools hint at what they do), `stuck` (the
same, and a call tells by a file `reached` that it has come, and waits until whoever made it is gone).
"""

import json
import os
import sys
import time

MODE = sys.argv[1] if len(sys.argv) > 1 else "well"
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

def tool(name, description, properties, required, reads=False, output=None):
    made = {"name": name, "description": description,
            "inputSchema": {"type": "object", "properties": properties, "required": required}}
    if reads:
        made["annotations"] = {"readOnlyHint": True}
    if output:
        made["outputSchema"] = output
    return made

TEXT, INT = {"type": "string"}, {"type": "integer"}
TOOLS = [
    tool("find-notes", "Finds notes.", {"query": {"type": "string", "description": "What to look for."},
         "max-results": INT}, ["query"], reads=True),
    tool("add", "Adds two numbers.", {"a": INT, "b": INT}, ["a", "b"], reads=True,
         output={"type": "object", "properties": {"sum": INT}, "required": ["sum"]}),
    tool("write", "Writes a note.", {"text": TEXT, "mood": {"enum": ["calm", "loud"]}}, ["text"]),
    tool("picture", "Gives a picture.", {}, [], reads=True),
    tool("ask", "Asks the person.", {}, []),
    tool("fail", "Fails.", {"how": TEXT}, ["how"]),
    tool("slow", "Takes its time and says how far it is.", {"steps": INT}, ["steps"], reads=True),
    tool("echo", "Gives back what it was sent, as JSON.", {"value": {}, "when": TEXT}, [], reads=True),
]
if MODE == "changed":
    TOOLS[0]["inputSchema"]["properties"]["folder"] = TEXT
    TOOLS[0]["inputSchema"]["required"] = ["query", "folder"]
    del TOOLS[1]
if MODE in ("hints", "stuck"):
    hints = {"set": {"idempotentHint": True}, "odd": {"readOnlyHint": True, "destructiveHint": True},
             "look": {"readOnlyHint": True, "idempotentHint": True}, "plain": {}}
    TOOLS = [{**tool(name, "", {}, []), "annotations": said} for name, said in hints.items()]
if MODE == "strict":
    TOOLS.append(tool("book", "Books seats.", {
        "seats": {"type": "integer", "minimum": 1, "maximum": 8, "description": "How many."},
        "code": {"type": "string", "pattern": "^[A-Z]{3}$"},
        "day": {"type": "string", "format": "date"},
        "wishes": {"type": "array", "items": {"type": "string", "maxLength": 9}, "minItems": 1, "maxItems": 2},
        "kind": {"const": "boat"},
        "mail": {"type": "string", "format": "email"}}, ["seats", "code"], reads=True))
notes = ["Tides rose.", "The lock stood open."]

class Say:
    """What a call may send before its answer, and how it asks back."""

    def __init__(self, send, ask):
        self.send, self.ask = send, ask

def text(said, **more):
    return {"content": [{"type": "text", "text": said}], **more}

def call(name, given, token, say):
    if name == "find-notes":
        found = [note for note in notes if given["query"] in note]
        return text("\n".join(found[: given.get("max-results", 9)]) or "nothing")
    if name == "add":
        total = given["a"] + given["b"]
        return text(json.dumps({"sum": total}), structuredContent={"sum": total})
    if name == "write":
        notes.append(given["text"])
        return text(f"note {len(notes)}: {given.get('mood', 'plain')}")
    if name == "picture":
        return {"content": [{"type": "image", "data": PIXEL, "mimeType": "image/png"}]}
    if name == "ask":
        asked = {"message": "Who are you?", "mode": "form", "requestedSchema": {
            "type": "object", "properties": {"name": TEXT, "age": INT}, "required": ["name"]}}
        return text(json.dumps(say.ask("elicitation/create", asked)))
    if name == "fail":
        if given["how"] == "protocol":
            raise ValueError("no such note")
        if given["how"] == "arguments":
            return text("MCP error -32602: Invalid arguments", isError=True)
        return text("the disk is full", isError=True)
    if name in ("set", "plain"):
        return text(f"{name} is done")
    if name == "book":
        return text(json.dumps(given))
    if name == "slow":
        if MODE == "hangs":
            time.sleep(3600)
        for step in range(given["steps"]):
            say.send({"jsonrpc": "2.0", "method": "notifications/progress", "params": {
                "progressToken": token, "progress": step + 1, "total": given["steps"], "message": "working"}})
        return text("done")
    if name == "echo":
        return text(json.dumps(given), structuredContent={"given": given})
    raise ValueError(f"Unknown tool {name}")

def answer(message, say):
    """The answer to a request; None where there is none."""
    method, params = message["method"], message.get("params", {})
    if method == "initialize":
        return {"protocolVersion": params["protocolVersion"], "capabilities": {"tools": {}},
                "serverInfo": {"name": "tiny", "version": "1.2"}}
    if method == "tools/list":
        if MODE == "endless":
            return {"tools": TOOLS[:1], "nextCursor": "again"}
        if MODE == "pages":
            at = int(params.get("cursor", 0))
            page = {"tools": TOOLS[at : at + 3]}
            return {**page, "nextCursor": str(at + 3)} if at + 3 < len(TOOLS) else page
        return {"tools": TOOLS}
    if method == "tools/call":
        if MODE == "dies":
            print("out of memory", file=sys.stderr, flush=True)
            sys.exit(3)
        if MODE == "mute":
            time.sleep(3600)
        if MODE == "stuck":
            whose = os.getppid()
            open("reached", "w").close()
            while os.getppid() == whose:
                time.sleep(0.05)
            sys.exit(0)
        if MODE == "huge":
            return text("x" * (20 << 20))
        return call(params["name"], params.get("arguments", {}), params.get("_meta", {}).get("progressToken"), say)
    return NotImplemented

def handled(message, say):
    """The message that answers a request."""
    made = {"jsonrpc": "2.0", "id": message["id"]}
    try:
        result = answer(message, say)
    except ValueError as error:
        return {**made, "error": {"code": -32602, "message": str(error)}}
    if result is NotImplemented:
        return {**made, "error": {"code": -32601, "message": "Method not found"}}
    return {**made, "result": result}

def over_stdio():
    waiting = []

    def send(message):
        print(json.dumps(message), flush=True)

    def ask(method, params):
        send({"jsonrpc": "2.0", "id": "q1", "method": method, "params": params})
        for line in sys.stdin:
            message = json.loads(line)
            if message.get("id") == "q1" and "method" not in message:
                return message.get("result")
            waiting.append(message)
        return None

    def handle(message):
        if MODE in ("silent", "garbage") or "method" not in message:
            return
        if "id" in message:
            send(handled(message, Say(send, ask)))

    if MODE == "exits":
        print("cannot find module 'tiny'", file=sys.stderr)
        sys.exit(1)
    if MODE == "garbage":
        print("Welcome to tiny!", flush=True)
    for line in sys.stdin:
        handle(json.loads(line))
        # What came while a question was open.
        while waiting:
            handle(waiting.pop(0))

def over_http():
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def say(self, status, body, kind="application/json"):
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Mcp-Session-Id", "s1")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self):
            self.say(405, b"")

        def do_DELETE(self):
            self.say(200, b"")

        def do_POST(self):
            message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if MODE == "refuses" and self.headers.get("Authorization") != "Bearer open sesame":
                self.say(401, b'{"error": "no"}')
                return
            if "id" not in message or "method" not in message:
                self.say(202, b"")
                return
            sent = []
            made = handled(message, Say(sent.append, lambda *_: None))
            if sent:
                events = [f"event: message\ndata: {json.dumps(one)}\n\n" for one in [*sent, made]]
                self.say(200, "".join(events).encode(), "text/event-stream")
            else:
                self.say(200, json.dumps(made).encode())

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()

if "--http" in sys.argv:
    over_http()
else:
    over_stdio()
