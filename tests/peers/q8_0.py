"""Writes a GGUF file again with every quantised tensor as Q8_0, the one format that Flare reads too.

    python q8_0.py FROM TO
"""

import os
import sys

from gguf import GGMLQuantizationType, GGUFReader, GGUFValueType, GGUFWriter
from gguf.quants import dequantize, quantize

FLOATS = {GGMLQuantizationType.F32, GGMLQuantizationType.F16}
Q8_0 = GGMLQuantizationType.Q8_0
# What a GGUF file says of its own quantisation: llama.cpp's number for "mostly Q8_0".
FILE_TYPE = 7


def main(source, target):
    reader = GGUFReader(source)
    part = target + ".part"
    writer = GGUFWriter(part, reader.fields["general.architecture"].contents())
    for field in reader.fields.values():
        if field.name.startswith("GGUF.") or field.name == "general.architecture":
            continue
        item = field.types[-1] if field.types[0] == GGUFValueType.ARRAY else None
        value = FILE_TYPE if field.name == "general.file_type" else field.contents()
        writer.add_key_value(field.name, value, field.types[0], sub_type=item)
    for tensor in reader.tensors:
        if tensor.tensor_type in FLOATS | {Q8_0}:
            writer.add_tensor(tensor.name, tensor.data, raw_dtype=tensor.tensor_type)
        else:
            weights = dequantize(tensor.data, tensor.tensor_type)
            writer.add_tensor(tensor.name, quantize(weights, Q8_0), raw_dtype=Q8_0)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    os.replace(part, target)


if __name__ == "__main__":
    main(*sys.argv[1:])
