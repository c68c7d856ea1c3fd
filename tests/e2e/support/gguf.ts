// Small GGUF files: a header and at most one tensor, or a whole model of the fixtures.

import { readFileSync } from "node:fs";

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

/** A model of a few thousand random weights that can be loaded: a fixture of the parity tests. */
export function smallModel(name: "qwen2" | "llama3" = "qwen2"): Buffer {
  return readFileSync(new URL(`../../fixtures/llama_cpp/${name}.gguf`, import.meta.url));
}

/** The same model in two files, as llama.cpp's gguf-split writes them. */
export function split(file: Buffer): [Buffer, Buffer] {
  const { metadata, pairs, tensors, data } = parse(file);
  const middle = Math.ceil(tensors.length / 2);
  const part = (index: number, from: typeof tensors, head: Buffer, headPairs: number): Buffer => {
    const marks = [mark("split.no", index), mark("split.count", 2), mark("split.tensors.count", tensors.length)];
    let end = 0;
    const infos: Buffer[] = [];
    const contents: Buffer[] = [];
    for (const tensor of from) {
      infos.push(tensor.info, u64(end));
      const content = file.subarray(data + tensor.offset, data + tensor.end);
      contents.push(content, Buffer.alloc(-content.length & 31));
      end += content.length + (-content.length & 31);
    }
    const counts = [u64(from.length), u64(headPairs + marks.length)];
    const start = Buffer.concat([Buffer.from("GGUF"), u32(3), ...counts, head, ...marks, ...infos]);
    return Buffer.concat([start, Buffer.alloc(-start.length & 31), ...contents]);
  };
  return [part(0, tensors.slice(0, middle), metadata, pairs), part(1, tensors.slice(middle), Buffer.alloc(0), 0)];
}

/** Where the parts of a file lie; `offset` and `end` count from `data`. */
function parse(file: Buffer) {
  let at = 8;
  const number = () => Number(file.readBigUInt64LE((at += 8) - 8));
  const skip = (bytes: number) => void (at += bytes);
  const string = () => skip(number());
  const widths = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8];
  const value = (type: number): void => {
    if (type === 8) return string();
    if (type !== 9) return skip(widths[type]!);
    const element = file.readUInt32LE((at += 4) - 4);
    for (let left = number(); left > 0; left--) value(element);
  };
  const [count, pairs] = [number(), number()];
  const start = at;
  for (let left = pairs; left > 0; left--) {
    string();
    value(file.readUInt32LE((at += 4) - 4));
  }
  const metadata = file.subarray(start, at);
  const found = Array.from({ length: count }, () => {
    const from = at;
    string();
    const axes = file.readUInt32LE((at += 4) - 4);
    skip(8 * axes + 4);
    return { info: file.subarray(from, at), offset: number() };
  });
  const data = at + (-at & 31);
  const ends = [...found.map(({ offset }) => offset), file.length - data].sort((a, b) => a - b);
  const tensors = found.map((tensor) => ({ ...tensor, end: ends.find((end) => end > tensor.offset)! }));
  return { metadata, pairs, tensors, data };
}

function mark(key: string, value: number): Buffer {
  return Buffer.concat([text(key), u32(10), u64(value)]);
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
