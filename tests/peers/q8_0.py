"""Writes a GGUF file again with every quantised tensor as Q8_0, the one format that Flare reads too.

    python q8_0.py FROM TO
"""

import os
import pathlib
import sys

from gguf import GGMLQuantizationType
from gguf.quants import dequantize, quantize

sys.path.append(str(pathlib.Path(__file__).parents[1] / "fixtures" / "llama_cpp"))
from rewrite import rewrite

FLOATS = {GGMLQuantizationType.F32, GGMLQuantizationType.F16}
Q8_0 = GGMLQuantizationType.Q8_0
# What a GGUF file says of its own quantisation: llama.cpp's number for "mostly Q8_0".
FILE_TYPE = 7


def store(tensor):
    if tensor.tensor_type in FLOATS | {Q8_0}:
        return tensor.data, tensor.tensor_type
    return quantize(dequantize(tensor.data, tensor.tensor_type), Q8_0), Q8_0


def main(source, target):
    part = target + ".part"
    rewrite(source, part, store, {"general.file_type": FILE_TYPE})
    os.replace(part, target)


if __name__ == "__main__":
    main(*sys.argv[1:])
