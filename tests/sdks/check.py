"""Holds requests against the types of the providers' own Python SDKs.

Reads a file of lines of JSON, `{"wire": …, "body": …}` or `{"wire": …, "mime": …, "form": …}` (base64), and prints
how many of each wire are valid; of what is not, the first few, and ends with 1. Fields that an SDK does not know are
wrong, as are fields of another type. What is marked `spoilt` must be found wrong.
"""

import base64
import email
import gc
import importlib
import json
import sys
import typing

import pydantic
from pydantic import ConfigDict, TypeAdapter, ValidationError
from typing_extensions import is_typeddict

# The SDKs say `Iterable` for lists; of an iterable pydantic would look at nothing before it is walked through.
typing.Iterable = typing.List

import google.genai.types as google
import ollama._types as ollama

TYPES = [
    "openai.types.chat.completion_create_params",
    "openai.types.responses.response_create_params",
    "openai.types.image_generate_params",
    "openai.types.image_edit_params",
    "openai.types.audio.speech_create_params",
    "openai.types.audio.transcription_create_params",
    "anthropic.types.message_create_params",
]
for module in TYPES:
    importlib.import_module(module)

strict = ConfigDict(extra="forbid", arbitrary_types_allowed=True)
for found in gc.get_objects():
    if isinstance(found, type) and is_typeddict(found):
        found.__pydantic_config__ = strict
for found in vars(ollama).values():
    if isinstance(found, type) and issubclass(found, pydantic.BaseModel):
        found.model_config["extra"] = "forbid"
for model in [ollama.Message, ollama.ChatRequest]:
    model.model_rebuild(force=True)


def named(module, name):
    return getattr(importlib.import_module(module), name)


def typed(module, name):
    """Holds a body against a type of the SDK."""
    adapter = TypeAdapter(named(module, name))
    return lambda body: adapter.validate_json(json.dumps(body), strict=True)


def either(module, name):
    """The same, for a request that comes whole or bit by bit."""
    whole, streamed = typed(module, name + "NonStreaming"), typed(module, name + "Streaming")
    return lambda body: (streamed if body.get("stream") else whole)(body)


def fields(module, name):
    """The same, for a form: whatever is no file is a text there."""
    adapter = TypeAdapter(named(module, name + "NonStreaming"))
    return lambda form: adapter.validate_python(form)


def messages(hold):
    """The SDK has left behind what the API took up to 2023-06-01, the version that such a request names."""
    return lambda body: hold({name: value for name, value in body.items() if name not in ("temperature", "top_p")})


CONTENTS = {
    "contents": TypeAdapter(list[google.Content]),
    "systemInstruction": TypeAdapter(google.Content),
    "tools": TypeAdapter(list[google.Tool]),
    "toolConfig": TypeAdapter(google.ToolConfig),
    "generationConfig": TypeAdapter(google.GenerationConfig),
    "imageConfig": TypeAdapter(google.ImageConfig),
}


def gemini(body):
    """The SDK has no type for the whole, but for each part of it. What images are to be like stands apart there."""
    body = dict(body, generationConfig=dict(body.get("generationConfig", {})))
    if "imageConfig" in body["generationConfig"]:
        body["imageConfig"] = body["generationConfig"].pop("imageConfig")
    for name, part in body.items():
        if name not in CONTENTS:
            raise ValueError(f"{name} is no part of a request")
        CONTENTS[name].validate_json(json.dumps(part))
    schema = body.get("generationConfig", {}).get("responseJsonSchema")
    if schema is not None:
        json_schema(schema)
    for tool in body.get("tools", []):
        for function in tool["functionDeclarations"]:
            json_schema(function["parametersJsonSchema"])


def json_schema(schema):
    """The keywords of JSON Schema that the SDK knows."""
    known = set()
    for name, field in google.JSONSchema.model_fields.items():
        known.update([name, field.alias or name, named_like(name)])
    known.update(["$defs", "$ref", "additionalProperties"])
    for keyword in keywords(schema):
        if keyword not in known:
            raise ValueError(f"{keyword} is no keyword of JSONSchema")


def named_like(name):
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


def keywords(schema):
    if isinstance(schema, dict):
        for name, value in schema.items():
            yield name
            if name in ("properties", "$defs"):
                for inner in value.values():
                    yield from keywords(inner)
            elif name not in ("enum", "required"):
                yield from keywords(value)
    elif isinstance(schema, list):
        for inner in schema:
            yield from keywords(inner)


def chat(body):
    """Ollama's library has images in a wrapper of its own, and takes any mapping for a message."""
    for message in body["messages"]:
        said = dict(message, images=[{"value": image} for image in message.get("images", [])] or None)
        ollama.Message.model_validate(said)
    options = body.get("options")
    if options is not None:
        ollama.Options.model_validate(options)
    ollama.ChatRequest.model_validate(body)


WIRES = {
    "openai, chat": either("openai.types.chat.completion_create_params", "CompletionCreateParams"),
    "openai, responses": either("openai.types.responses.response_create_params", "ResponseCreateParams"),
    "anthropic": messages(either("anthropic.types.message_create_params", "MessageCreateParams")),
    "gemini": gemini,
    "gemini_image": gemini,
    "ollama": chat,
    "openai_image": typed("openai.types.image_generate_params", "ImageGenerateParamsNonStreaming"),
    "openai_image, edits": fields("openai.types.image_edit_params", "ImageEditParams"),
    "speech": typed("openai.types.audio.speech_create_params", "SpeechCreateParams"),
    "transcribe": fields("openai.types.audio.transcription_create_params", "TranscriptionCreateParams"),
}


def form(line):
    """The fields of a form, as the SDK is given them."""
    head = f"Content-Type: {line['mime']}\r\n\r\n".encode()
    whole = email.message_from_bytes(head + base64.b64decode(line["form"]))
    found = {}
    for part in whole.get_payload():
        name = part.get_param("name", header="content-disposition")
        bytes_, file = part.get_payload(decode=True), part.get_filename()
        if file is None:
            found[name] = bytes_.decode()
        elif name.endswith("[]"):
            found.setdefault(name[:-2], []).append((file, bytes_, part.get_content_type()))
        else:
            found[name] = (file, bytes_, part.get_content_type())
    return found


def words(error):
    """The first flaws, in short."""
    if not isinstance(error, ValidationError):
        return str(error)
    flaws = error.errors(include_url=False, include_input=False)
    said = [f"{'.'.join(str(step)[:40] for step in flaw['loc'])}: {flaw['msg']}" for flaw in flaws[:12]]
    return "\n  ".join([f"{len(flaws)} flaws", *said])


def main(path):
    counts, caught, wrong = {}, {}, 0
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            line = json.loads(line)
            wire, spoilt = line["wire"], line.get("spoilt", False)
            body = form(line) if "form" in line else line["body"]
            try:
                WIRES[wire](body)
                good, why = not spoilt, "it is spoilt, and found valid"
            except (ValidationError, ValueError, TypeError) as error:
                good, why = spoilt, words(error)
            if good:
                of = caught if spoilt else counts
                of[wire] = of.get(wire, 0) + 1
                continue
            wrong += 1
            if wrong <= 5:
                print(f"{wire}: {why}\n{json.dumps(body, default=str)[:3000]}\n")
    for wire in WIRES:
        print(f"{wire}: {counts.get(wire, 0)} are valid, {caught.get(wire, 0)} that were spoilt are not")
    print(f"{wrong} are wrong")
    return 1 if wrong or set(counts) != set(WIRES) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
