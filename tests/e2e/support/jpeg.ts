// JPEG files: one that says where it was taken, and what a file says beside its pixels.

import type { Page } from "@playwright/test";

/** A word that the camera writes into the file. */
export const CAMERA = "Weir test camera 4711";

/** A picture of a camera that knows where it is, as wide and high as asked for. */
export async function photograph(page: Page, width: number, height: number): Promise<Buffer> {
  const base64 = await page.evaluate(
    async ([width, height]) => {
      const canvas = new OffscreenCanvas(width!, height!);
      const context = canvas.getContext("2d")!;
      context.fillStyle = "teal";
      context.fillRect(0, 0, width!, height!);
      const blob = await canvas.convertToBlob({ type: "image/jpeg" });
      return btoa(Array.from(new Uint8Array(await blob.arrayBuffer()), (byte) => String.fromCharCode(byte)).join(""));
    },
    [width, height],
  );
  const plain = Buffer.from(base64, "base64");
  return Buffer.concat([plain.subarray(0, 2), exif(), plain.subarray(2)]);
}

/** The kinds of a file's segments, before its pixels. */
export function segments(jpeg: Buffer): { kind: number; content: Buffer }[] {
  const found = [];
  for (let at = 2; at + 4 <= jpeg.length && jpeg[at] === 0xff; ) {
    const [kind, length] = [jpeg[at + 1]!, jpeg.readUInt16BE(at + 2)];
    found.push({ kind, content: jpeg.subarray(at + 4, at + 2 + length) });
    if (kind === 0xda) break;
    at += 2 + length;
  }
  return found;
}

/** Width and height in pixels. */
export function size(jpeg: Buffer): [number, number] {
  const frame = segments(jpeg).find(({ kind }) => kind >= 0xc0 && kind <= 0xc2)!;
  return [frame.content.readUInt16BE(3), frame.content.readUInt16BE(1)];
}

/** An APP1 segment with the camera's name and a latitude, as Exif 2.3 lays it out. */
function exif(): Buffer {
  const u16 = (value: number) => bytes(2, (buffer) => buffer.writeUInt16BE(value));
  const u32 = (value: number) => bytes(4, (buffer) => buffer.writeUInt32BE(value));
  const entry = (tag: number, type: number, count: number, value: Buffer) =>
    Buffer.concat([u16(tag), u16(type), u32(count), value]);
  const name = Buffer.from(`${CAMERA}\0`);
  // Header 8, directory 2 + 2 * 12 + 4; then the name, then the directory about the place.
  const nameAt = 38;
  const placeAt = nameAt + name.length;
  const latitudeAt = placeAt + 2 + 2 * 12 + 4;
  const tiff = Buffer.concat([
    Buffer.from("MM\0*"), u32(8),
    u16(2), entry(0x010f, 2, name.length, u32(nameAt)), entry(0x8825, 4, 1, u32(placeAt)), u32(0),
    name,
    u16(2), entry(1, 2, 2, Buffer.from("N\0\0\0")), entry(2, 5, 3, u32(latitudeAt)), u32(0),
    ...[48, 1, 8, 1, 14, 1].map(u32),
  ]);
  const content = Buffer.concat([Buffer.from("Exif\0\0"), tiff]);
  return Buffer.concat([Buffer.from([0xff, 0xe1]), u16(content.length + 2), content]);
}

function bytes(length: number, write: (buffer: Buffer) => void): Buffer {
  const buffer = Buffer.alloc(length);
  write(buffer);
  return buffer;
}
