"""How near the predictions of Weir's kernels are to those of floats, for each way to store weights,
beside how near llama.cpp's are. `cargo xtask bench quality` calls this with the program of
`crates/weir-llm/examples/logits.rs`."""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from gguf import GGMLQuantizationType as Type
from gguf.quants import dequantize

import llama_cpp

HERE = pathlib.Path(__file__).parent
sys.path.append(str(HERE.parent / "fixtures" / "llama_cpp"))
from rewrite import rewrite

TOKENS, WINDOW = 4096, 512
KINDS = ["Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q4_K", "Q5_K", "Q6_K", "F16", "BF16", "F32"]
# What llama.cpp stores instead where rows are not whole blocks of 256, as most of this model's are.
NARROW = {Type.Q4_K: Type.Q5_0, Type.Q5_K: Type.Q5_1, Type.Q6_K: Type.Q8_0}
FLOATS = {Type.F32, Type.F16, Type.BF16}
# Where the processor rounds activations to bytes if it has relaxed SIMD.
ROUNDED = {"Q4_0", "Q4_1", "Q4_K"}


def stored_as(name, shape, kind):
    """The type of a tensor `[rows, cols]` in a file of `kind`. The embedding, which is the head too,
    keeps the eight bits that the shipped file has, unless everything is floats."""
    if len(shape) == 1:
        return Type.F32
    if name == "token_embd.weight" and kind not in FLOATS:
        return Type.Q8_0
    return NARROW.get(kind, kind) if shape[1] % 256 else kind


def write_model(source, to, kind, as_floats):
    """Writes the model of `source` with weights stored as `kind`, or, with `as_floats`, as the floats
    that those stand for."""

    def store(tensor):
        weights = dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
        stored = stored_as(tensor.name, weights.shape, kind)
        if stored == Type.F32:
            return weights, None
        # Quantising again what this type already stood for would lose a little more.
        same = stored == tensor.tensor_type
        rows = tensor.data if same else llama_cpp.quantize(weights, stored)
        if as_floats:
            return dequantize(rows, stored).astype(np.float32), None
        return rows, stored

    rewrite(source, to, store)


def our_logits(program, path, device, windows, vocab):
    """What Weir computes; as `llama_cpp.all_logits`."""
    tokens = np.concatenate(windows).astype("<u4").tobytes()
    run = subprocess.Popen(
        [program, path, device, str(len(windows[0]))], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    run.stdin.write(tokens)
    run.stdin.close()
    for window in windows:
        values = run.stdout.read(len(window) * vocab * 4)
        yield np.frombuffer(values, "<f4").reshape(len(window), vocab)
    if run.wait() != 0:
        raise SystemExit(f"{program} failed on {path}")


class Nearness:
    """Of one program's predictions to those of floats, over all positions whose next token is known."""

    def __init__(self):
        self.positions = self.same = 0
        self.divergence = self.surprise = self.unrounded = 0.0

    def add(self, logits, reference, window):
        for at in range(0, len(window) - 1, 64):
            part = slice(at, min(at + 64, len(window) - 1))
            ours, theirs = log_softmax(logits[part]), log_softmax(reference[part])
            following = window[part.start + 1 : part.stop + 1]
            self.positions += len(following)
            self.same += int((ours.argmax(1) == theirs.argmax(1)).sum())
            self.divergence += float((np.exp(theirs) * (theirs - ours)).sum())
            actual = np.arange(len(following)), following
            self.surprise -= float(ours[actual].sum())
            self.unrounded -= float(theirs[actual].sum())

    def figures(self):
        return {
            "positions": self.positions,
            "perplexity": float(np.exp(self.surprise / self.positions)),
            "perplexity_of_floats": float(np.exp(self.unrounded / self.positions)),
            "top1": self.same / self.positions,
            "mean_kl": self.divergence / self.positions,
        }


def log_softmax(logits):
    logits = logits.astype(np.float64)
    logits -= logits.max(1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(1, keepdims=True))


def measure(options, kind, text):
    """The figures of every way to run a model of `kind`, by its name."""
    folder = pathlib.Path(options.folder)
    path, floats = folder / f"{kind}.gguf", folder / "floats.gguf"
    write_model(options.model, path, Type[kind], as_floats=False)
    write_model(options.model, floats, Type[kind], as_floats=True)
    windows = [text[at : at + WINDOW] for at in range(0, len(text), WINDOW)]
    reference = list(llama_cpp.all_logits(floats, windows, options.threads, exact=True))
    floats.unlink()
    vocab = reference[0].shape[1]
    beginning = [text[: options.gpu_tokens]]

    def llama(windows):
        return llama_cpp.all_logits(path, windows, options.threads, exact=False)

    def ours(device, windows):
        return our_logits(options.logits, path, device, windows, vocab)

    runs = {"llama.cpp": (windows, llama(windows)), "cpu": (windows, ours("cpu", windows))}
    if kind in ROUNDED:
        runs["bytes"] = (windows, ours("bytes", windows))
    if options.gpu_tokens:
        runs["llama.cpp, beginning"] = (beginning, llama(beginning))
        runs["webgpu"] = (beginning, ours("webgpu", beginning))
    found = {}
    for name, (windows, logits) in runs.items():
        print(f"{kind}: {name}", file=sys.stderr, flush=True)
        nearness = Nearness()
        for ours, theirs, window in zip(logits, reference, windows):
            nearness.add(ours, theirs[: len(window)], window)
        found[name] = nearness.figures()
    path.unlink()
    return found


HEADING = """\
| weights | perplexity, llama.cpp | words | bytes | WebGPU | KL, llama.cpp | words | bytes | WebGPU | top-1, llama.cpp | words | bytes | WebGPU |
|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"""


def row(kind, found):
    """Perplexities of ours as what they differ from llama.cpp's of the same tokens."""

    def each(cell):
        ours = [("cpu", "llama.cpp"), ("bytes", "llama.cpp"), ("webgpu", "llama.cpp, beginning")]
        return [cell(found[name], found[beside]) if name in found else "" for name, beside in ours]

    def percent(figures, beside):
        return f"{100 * (figures['perplexity'] / beside['perplexity'] - 1):+.2f} %"

    llama = found["llama.cpp"]
    cells = [kind, f"{llama['perplexity']:.3f}", *each(percent)]
    cells += [f"{llama['mean_kl']:.1e}", *each(lambda figures, _: f"{figures['mean_kl']:.1e}")]
    cells += [f"{100 * llama['top1']:.2f} %", *each(lambda figures, _: f"{100 * figures['top1']:.2f} %")]
    return f"| {' | '.join(cells)} |"


def tokens_of(options):
    """The first tokens of the text."""
    tokens = llama_cpp.tokenize(options.model, (HERE / "alice.txt").read_text(encoding="utf-8"))
    if len(tokens) < options.tokens:
        raise SystemExit(f"the text has {len(tokens)} tokens only")
    return tokens[: options.tokens]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("logits")
    parser.add_argument("--model", default=os.environ.get("WEIR_MODEL"))
    parser.add_argument("--kinds", nargs="+", default=KINDS, choices=KINDS)
    parser.add_argument("--tokens", type=int, default=TOKENS)
    parser.add_argument("--gpu-tokens", type=int, default=WINDOW, help="at most a window; 0: no WebGPU")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--folder", default=tempfile.gettempdir(), help="for models; takes 1 GB")
    parser.add_argument("--json")
    options = parser.parse_args()
    text = tokens_of(options)
    found = {}
    print(HEADING)
    for kind in options.kinds:
        found[kind] = measure(options, kind, text)
        print(row(kind, found[kind]), flush=True)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
