"""llama.cpp through its C functions, which PyPI's `xllamacpp` exports beside its server: that alone
gives all logits of a text, and ggml's own quantisation."""

import ctypes
import pathlib

import numpy as np
import xllamacpp

LIBRARY = ctypes.CDLL(next(str(p) for p in pathlib.Path(xllamacpp.__file__).parent.glob("*.so")))


class Settings(ctypes.Structure):
    """A struct of settings whose layout differs between versions: large enough for any."""

    _fields_ = [("words", ctypes.c_uint32 * 256)]


class Batch(ctypes.Structure):
    _fields_ = [
        ("n_tokens", ctypes.c_int32),
        ("token", ctypes.POINTER(ctypes.c_int32)),
        ("embd", ctypes.c_void_p),
        ("pos", ctypes.POINTER(ctypes.c_int32)),
        ("n_seq_id", ctypes.POINTER(ctypes.c_int32)),
        ("seq_id", ctypes.POINTER(ctypes.POINTER(ctypes.c_int32))),
        ("logits", ctypes.POINTER(ctypes.c_int8)),
    ]


def declare(name, result, *arguments):
    function = getattr(LIBRARY, name)
    function.restype, function.argtypes = result, arguments
    return function


POINTER = ctypes.c_void_p
model_defaults = declare("llama_model_default_params", Settings)
context_defaults = declare("llama_context_default_params", Settings)
load_model = declare("llama_model_load_from_file", POINTER, ctypes.c_char_p, Settings)
free_model = declare("llama_model_free", None, POINTER)
model_vocabulary = declare("llama_model_get_vocab", POINTER, POINTER)
vocabulary_size = declare("llama_vocab_n_tokens", ctypes.c_int32, POINTER)
open_context = declare("llama_init_from_model", POINTER, POINTER, Settings)
free_context = declare("llama_free", None, POINTER)
set_threads = declare("llama_set_n_threads", None, POINTER, ctypes.c_int32, ctypes.c_int32)
new_batch = declare("llama_batch_init", Batch, ctypes.c_int32, ctypes.c_int32, ctypes.c_int32)
free_batch = declare("llama_batch_free", None, Batch)
decode = declare("llama_decode", ctypes.c_int32, POINTER, Batch)
logits_of = declare("llama_get_logits_ith", ctypes.POINTER(ctypes.c_float), POINTER, ctypes.c_int32)
cut = declare(
    "llama_tokenize", ctypes.c_int32, POINTER, ctypes.c_char_p, ctypes.c_int32,
    ctypes.POINTER(ctypes.c_int32), ctypes.c_int32, ctypes.c_bool, ctypes.c_bool,
)
set_log = declare("llama_log_set", None, POINTER, POINTER)
quantize_rows = declare(
    "ggml_quantize_chunk", ctypes.c_size_t, ctypes.c_int, POINTER, POINTER,
    ctypes.c_int64, ctypes.c_int64, ctypes.c_int64, POINTER,
)

SILENT = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, POINTER)(lambda *_: None)
# Words of the context's settings: its sizes, whether attention is computed in one fused step (which
# rounds), and the types of the cache's keys and values. Their defaults tell whether they are there.
CONTEXT, BATCH, MICRO_BATCH, FLASH_ATTENTION, KEYS, VALUES = 0, 1, 2, 13, 26, 27
DEFAULTS = {CONTEXT: 512, BATCH: 2048, MICRO_BATCH: 512, FLASH_ATTENTION: 2**32 - 1, KEYS: 1, VALUES: 1}
FLOATS = 0


def tokenize(path, text):
    """Token ids of `text`, without a token at the start that the text does not have."""
    set_log(SILENT, None)
    model = load_model(str(path).encode(), model_defaults())
    text = text.encode()
    tokens = (ctypes.c_int32 * len(text))()
    count = cut(model_vocabulary(model), text, len(text), tokens, len(text), False, False)
    free_model(model)
    return np.array(tokens[:count])


def all_logits(path, windows, threads, exact):
    """For each window (token ids) the logits behind every token, `[n, vocab]`.

    With `exact` the cache holds floats and attention is computed plainly: given a file of floats,
    nothing is rounded.
    """
    set_log(SILENT, None)
    model = load_model(str(path).encode(), model_defaults())
    settings = context_defaults()
    for word, default in DEFAULTS.items():
        if settings.words[word] != default:
            raise SystemExit("this version of llama.cpp has other settings: look at llama.h")
    longest = max(len(window) for window in windows)
    settings.words[CONTEXT] = settings.words[BATCH] = settings.words[MICRO_BATCH] = longest
    if exact:
        settings.words[FLASH_ATTENTION] = 0
        settings.words[KEYS] = settings.words[VALUES] = FLOATS
    size = vocabulary_size(model_vocabulary(model))
    for window in windows:
        context = open_context(model, settings)
        set_threads(context, threads, threads)
        batch = new_batch(len(window), 0, 1)
        batch.n_tokens = len(window)
        for at, token in enumerate(window):
            batch.token[at], batch.pos[at], batch.logits[at] = token, at, 1
            batch.n_seq_id[at], batch.seq_id[at][0] = 1, 0
        if decode(context, batch) != 0:
            raise SystemExit(f"llama.cpp could not compute {path}")
        rows = [np.ctypeslib.as_array(logits_of(context, i), (size,)) for i in range(len(window))]
        yield np.stack(rows)
        free_batch(batch)
        free_context(context)
    free_model(model)


def quantize(weights, kind):
    """`weights: [rows, cols]` as ggml stores them in the type `kind`: bytes, `[rows, row bytes]`."""
    weights = np.ascontiguousarray(weights, np.float32)
    rows, cols = weights.shape
    out = np.empty(weights.size * 4, np.uint8)
    size = quantize_rows(int(kind), weights.ctypes.data, out.ctypes.data, 0, rows, cols, None)
    return out[:size].reshape(rows, -1)
