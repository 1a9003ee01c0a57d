"""Makes stdlib/models.json: what models cost and can do, from the table that the Python package litellm ships.

    python3 -m pip download --no-deps litellm && unzip litellm-*.whl 'litellm/model_prices*'
    python3 stdlib/models.py litellm/model_prices_and_context_window_backup.json VERSION DATE > stdlib/models.json

Only what is not withdrawn by DATE is taken, and of services that host models of others only the newer ones.
"""

import json
import re
import sys

NEWER = r"gpt-oss|glm-5|glm-4\.7|kimi-k(2\.[67]|2p[67]|3)|deepseek-v(4|3\.2|3p2)|minimax-m(2\.7|3)|qwen3\.[78]|qwen3p[78]|qwen3-coder-next|llama-3\.3|llama-v3p3|llama-4|llama4|gemma-4|nemotron-3|muse"

# Models that surely see no pictures, whoever hosts them.
WORDS_ONLY = r"gpt-oss|llama-3\.3|llama-v3p3|deepseek-v3|qwen3-coder|Llama-3\.3"

# Our name, theirs, hosts, the prefix of names, which models, whether their word that a model sees is complete.
SERVICES = [
    ("openai", ["openai"], ["api.openai.com"], "", r"^(?!ft:|.*(daybreak|cyber|rosalind|preview|1106))", True),
    ("anthropic", ["anthropic"], ["api.anthropic.com"], "", None, True),
    ("gemini", ["gemini"], ["generativelanguage.googleapis.com"], "gemini/", r"^(?!gemini-gemma|imagen-3)", True),
    ("mistral", ["mistral"], ["api.mistral.ai"], "mistral/", r"^(?!.*(vibe|zai|glm|deepseek|labs|leanstral|tiny))", False),
    ("xai", ["xai"], ["api.x.ai"], "xai/", r"^(?!.*(beta|experimental|gv2|multi-agent))", True),
    ("deepseek", ["deepseek"], ["api.deepseek.com"], "deepseek/", None, True),
    ("groq", ["groq"], ["api.groq.com"], "groq/", r"^(?!.*guard)", True),
    ("cerebras", ["cerebras"], ["api.cerebras.ai"], "cerebras/", None, False),
    ("sambanova", ["sambanova"], ["api.sambanova.ai"], "sambanova/", None, False),
    ("moonshot", ["moonshot"], ["api.moonshot.ai"], "moonshot/", None, True),
    ("zai", ["zai"], ["api.z.ai"], "zai/", None, False),
    ("cohere", ["cohere_chat"], ["api.cohere.ai", "api.cohere.com"], "", None, False),
    ("qwen", ["dashscope"], ["dashscope-intl.aliyuncs.com", "dashscope.aliyuncs.com"], "dashscope/", r"^qwen(?!.*20\d\d)", False),
    ("together_ai", ["together_ai"], ["api.together.ai", "api.together.xyz"], "together_ai/", NEWER, False),
    ("fireworks", ["fireworks_ai"], ["api.fireworks.ai"], "fireworks_ai/", r"^accounts/fireworks/models/.*(" + NEWER + ")", False),
    ("nebius", ["nebius"], ["api.tokenfactory.nebius.com", "api.studio.nebius.com"], "nebius/", NEWER, False),
    ("deepinfra", ["deepinfra"], ["api.deepinfra.com"], "deepinfra/", NEWER, False),
    ("hyperbolic", ["hyperbolic"], ["api.hyperbolic.xyz"], "hyperbolic/", r"(?i)v3|qwen3|gpt-oss|kimi|llama-3\.3", False),
    ("novita", ["novita"], ["api.novita.ai"], "novita/", NEWER, False),
]

MODES = {
    "chat": None,
    "responses": None,
    "image_generation": "image",
    "audio_speech": "audio",
    "audio_transcription": None,
}

PRICES = [
    ("input", ["input_cost_per_token"]),
    ("output", ["output_cost_per_token"]),
    ("cached", ["cache_read_input_token_cost", "input_cost_per_token_cache_hit"]),
    ("stored", ["cache_creation_input_token_cost"]),
    ("heard", ["input_cost_per_audio_token"]),
    ("kept", ["cache_creation_input_token_cost_above_1hr"]),
]


def per_million(cost):
    """Dollars per million, without the noise of floating point."""
    return float(f"{cost * 1e6:.9g}")


def plain(number):
    return int(number) if isinstance(number, float) and number.is_integer() else number


def tariff(facts):
    row = {}
    for name, theirs in PRICES:
        cost = next((facts[key] for key in theirs if facts.get(key) is not None), None)
        if cost is not None and not (name == "stored" and cost == 0):
            row[name] = plain(per_million(cost))
    made = facts.get("output_cost_per_image_token") or facts.get("output_cost_per_audio_token")
    if made is not None and facts["mode"] in ("image_generation", "audio_speech"):
        row["output"] = plain(per_million(max(made, facts.get("output_cost_per_token") or 0)))
    if facts.get("input_cost_per_image_token") and facts["mode"] == "image_generation":
        row["input"] = plain(per_million(max(facts["input_cost_per_image_token"], facts.get("input_cost_per_token") or 0)))
    return row


def beyond(facts):
    """Other prices for prompts that are longer."""
    tiers = []
    for tier in (facts.get("tiered_pricing") or [])[1:]:
        if "input_cost_per_token" in tier:
            tiers.append({"from": int(tier["range"][0])} | tariff(tier | {"mode": "chat"}))
    for size in (32, 100, 128, 200, 256, 272, 512):
        suffix = f"_above_{size}k_tokens"
        row = {}
        for name, theirs in PRICES:
            cost = next((facts[key + suffix] for key in theirs if facts.get(key + suffix) is not None), None)
            if cost is not None:
                row[name] = plain(per_million(cost))
        if "input" in row:
            tiers.append({"from": size * 1000} | row)
    return tiers


def first_tier(facts):
    tiers = facts.get("tiered_pricing")
    return facts | tiers[0] if tiers and "input_cost_per_token" in tiers[0] else facts


def row_of(name, facts, complete):
    row = {"name": name} | tariff(first_tier(facts))
    tiers = beyond(facts)
    if tiers:
        row["beyond"] = tiers
    mode = facts["mode"]
    if mode == "audio_transcription" and facts.get("input_cost_per_second") is not None:
        row = {"name": name, "second": facts["input_cost_per_second"]}
    elif mode == "audio_speech" and facts.get("input_cost_per_character") is not None:
        row = {"name": name, "character": plain(per_million(facts["input_cost_per_character"]))}
    elif mode == "image_generation" and "output" not in row:
        cost = facts.get("output_cost_per_image") or facts.get("input_cost_per_image")
        if cost is None:
            return None
        row = {"name": name, "image": cost}
    elif "input" not in row or "output" not in row:
        return None
    for ours, theirs in (("window", "max_input_tokens"), ("longest", "max_output_tokens")):
        if facts.get(theirs):
            row[ours] = int(facts[theirs])
    modal = facts.get("supported_modalities")
    takes = [kind for kind, flag in (("image", "supports_vision"), ("audio", "supports_audio_input")) if facts.get(flag) or (modal and kind in modal)]
    if "gpt-4o-mini" in name and "input" in row:
        row["picture"] = 50_000
    told = modal or "supports_vision" in facts or facts.get("max_input_tokens")
    if takes or (complete and told) or re.search(WORDS_ONLY, name, re.I):
        row["takes"] = ["text"] + takes
    gives = MODES[mode]
    if gives:
        row["gives"] = [gives]
    if facts.get("supports_function_calling"):
        row["tools"] = True
    elif complete and mode in ("chat", "responses") and "supports_function_calling" in facts:
        row["tools"] = False
    if facts.get("deprecation_date"):
        row["until"] = facts["deprecation_date"]
    if str(facts.get("source", "")).startswith("https://"):
        row["source"] = facts["source"]
    return row


def main():
    path, version, date = sys.argv[1:4]
    table = json.load(open(path))
    services = []
    for name, theirs, hosts, prefix, which, complete in SERVICES:
        rows = {}
        for key, facts in table.items():
            if facts.get("litellm_provider") not in theirs or facts.get("mode") not in MODES:
                continue
            if facts.get("deprecation_date", "9") <= date:
                continue
            model = key.removeprefix(prefix)
            if re.match(r"(low|medium|high|standard|hd|\d+-x-\d+)/", model) or "x-1024" in model:
                continue
            if prefix and not key.startswith(prefix) and name not in ("gemini", "deepseek"):
                continue
            if which and not re.search(which, model, re.I):
                continue
            if re.search(r"realtime|live|audio-1|search-preview|search-api|embedding|exp-1|robotics|lyria|learnlm|deep-research|up-to-|customtools|-streaming", model):
                continue
            row = row_of(model, facts, complete)
            # Nothing is rather "not said" than free.
            if row and any(row.get(name) for name in ("output", "second", "character", "image")):
                rows.setdefault(model, row)
        # A dated version that is the same in all else stands beside its name.
        for model in list(rows):
            plain_name = re.sub(r"-(20\d\d-\d\d-\d\d|20\d{6}|latest)$", "", model)
            if plain_name != model and plain_name in rows:
                same = {k: v for k, v in rows[model].items() if k not in ("name", "source", "until")}
                if same == {k: v for k, v in rows[plain_name].items() if k not in ("name", "also", "source", "until")}:
                    rows[plain_name].setdefault("also", []).append(model)
                    del rows[model]
        sources = [row["source"] for row in rows.values() if "source" in row]
        usual = max(sources, key=sources.count, default="")
        for row in rows.values():
            if row.get("source") == usual:
                del row["source"]
        services.append({"name": name, "hosts": hosts, "source": usual, "models": [rows[model] for model in sorted(rows)]})
    head = {
        "about": "What models cost in dollars (input, output, cached, stored, heard, kept (stored for an hour): per million tokens; character: per million; image, second: each), and what they can do. Prices change: the service's own page holds.",
        "date": date,
        "from": f"litellm {version}, model_prices_and_context_window_backup.json, selected by stdlib/models.py",
        "license": "MIT, Copyright (c) 2023 Berri AI; see NOTICE",
    }
    print("{")
    for key, value in head.items():
        print(f"  {json.dumps(key)}: {json.dumps(value)},")
    print('  "services": [')
    for at, service in enumerate(services):
        print(f'    {{"name": {json.dumps(service["name"])}, "hosts": {json.dumps(service["hosts"])}, "source": {json.dumps(service["source"])}, "models": [')
        print(",\n".join("      " + json.dumps(row) for row in service["models"]))
        print("    ]}" + ("," if at + 1 < len(services) else ""))
    print("  ]\n}")


main()
