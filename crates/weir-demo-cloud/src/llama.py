"""Serves a model with llama.cpp's own HTTP server on a free port of this machine.

Arguments: the model's file, the name it goes by, threads, tokens of context. When the model is
loaded, one line of JSON on standard output names the port. It ends when its standard input does.
"""

import json
import os
import signal
import sys
import threading
from urllib.parse import urlsplit

try:
    import xllamacpp
except ImportError as error:
    sys.exit(f"demo cloud: {error}; install it with: {sys.executable} -m pip install xllamacpp")


def end_with_input():
    sys.stdin.buffer.read()
    os._exit(0)


file, name, threads, context = sys.argv[1:]
params = xllamacpp.CommonParams()
params.model.path = file
params.model_alias = {name}
params.cpuparams.n_threads = int(threads)
params.cpuparams_batch.n_threads = int(threads)
params.n_ctx = int(context)
params.n_parallel = 1
params.hostnames = ["127.0.0.1"]
params.port = 0
params.fit_params = False  # no other device to fit the model to, and fitting loads it twice
params.cache_ram_mib = 0
params.verbosity = 1  # errors only

signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who started this
threading.Thread(target=end_with_input, daemon=True).start()
try:
    server = xllamacpp.Server(params)
except RuntimeError:
    sys.exit(f"demo cloud: llama.cpp cannot load {file}")
print(json.dumps({"port": urlsplit(server.listening_address).port}), flush=True)
threading.Event().wait()
