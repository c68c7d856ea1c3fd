"""llama.cpp as a native program, on one thread: a line on stdin asks, a line on stdout answers.

A line without `tokens` asks for the token ids of the whole prompt instead of an answer.

    python native.py MODEL PROMPTS
"""

import json
import sys
import urllib.request

import xllamacpp


def main(model, prompts):
    with open(prompts, encoding="utf-8") as file:
        prompts = json.load(file)
    params = xllamacpp.CommonParams()
    params.model.path = model
    params.n_ctx = 2048
    params.n_parallel = 1
    params.n_gpu_layers = 0
    params.cpuparams.n_threads = 1
    params.cpuparams_batch.n_threads = 1
    server = xllamacpp.Server(params)
    say({"version": xllamacpp.__version__})
    for line in sys.stdin:
        asked = json.loads(line)
        if "tokens" not in asked:
            say({"ids": ids(server, prompts, asked["question"])})
            continue
        answer = answered(server, prompts, asked["question"], asked["tokens"])
        timings = answer["timings"]
        say(
            {
                "prompt_tokens": timings["prompt_n"],
                "tokens": timings["predicted_n"],
                "prefill_tps": timings["prompt_per_second"],
                "decode_tps": timings["predicted_per_second"],
                "text": answer["choices"][0]["message"]["content"],
            }
        )


def ids(server, prompts, question):
    rendered = post(server, "/apply-template", {"messages": messages(prompts, question)})
    body = {"content": rendered["prompt"], "parse_special": True}
    return post(server, "/tokenize", body)["tokens"]


def answered(server, prompts, question, tokens):
    sampling = prompts["sampling"]
    body = {
        "messages": messages(prompts, question),
        "max_tokens": tokens,
        "cache_prompt": False,
        "temperature": sampling["temperature"],
        "top_k": sampling["top_k"],
        "top_p": sampling["top_p"],
        "repeat_penalty": sampling["repeat_penalty"],
        "repeat_last_n": sampling["repeat_window"],
        "seed": sampling["seed"],
    }
    return post(server, "/v1/chat/completions", body)


def messages(prompts, question):
    return [
        {"role": "system", "content": prompts["system"]},
        {"role": "user", "content": question},
    ]


def post(server, path, body):
    request = urllib.request.Request(
        server.listening_address + path,
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def say(message):
    print(json.dumps(message), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
