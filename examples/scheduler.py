"""Stands in for a post scheduler: prints what it is sent. Only for trying out `campaign.score`."""

import json
from http.server import BaseHTTPRequestHandler, HTTPServer

seen = {}


class Scheduler(BaseHTTPRequestHandler):
    def do_POST(self):
        post = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["post"]
        key = self.headers.get("Idempotency-Key")
        if key not in seen:  # the same post, sent again, is the same post
            seen[key] = {"id": len(seen) + 1, "day": post["day"]}
            print(f"{post['day']}  {post['caption']}", flush=True)
        answer = json.dumps(seen[key]).encode()
        self.send_response(201)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


HTTPServer(("127.0.0.1", 8787), Scheduler).serve_forever()
