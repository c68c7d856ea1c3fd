// Small GGUF files: a header, and at most one tensor.

interface Header {
  version?: number;
  architecture?: string;
  /** ggml's number of a type of weights. */
  tensorType?: number;
}

/** A file of this header, as the GGUF specification lays it out. */
export function gguf({ version = 3, architecture, tensorType }: Header): Buffer {
  const pairs = architecture === undefined ? [] : [text("general.architecture"), u32(8), text(architecture)];
  const tensor = tensorType === undefined ? [] : [text("x"), u32(1), u64(256), u32(tensorType), u64(0)];
  const counts = [u64(tensor.length === 0 ? 0 : 1), u64(pairs.length === 0 ? 0 : 1)];
  return Buffer.concat([Buffer.from("GGUF"), u32(version), ...counts, ...pairs, ...tensor, Buffer.alloc(512)]);
}

function text(value: string): Buffer {
  return Buffer.concat([u64(Buffer.byteLength(value)), Buffer.from(value)]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
