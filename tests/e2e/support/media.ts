// What the fake camera and microphone play: written here, so that no recording is kept.

import { mkdtempSync, writeFileSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const WIDTH = 320;
const HEIGHT = 240;
const RATE = 48_000;
const SECONDS = 2;
/** The tone of the microphone, in Hz. */
export const TONE = 440;

/** A red picture, as a YUV4MPEG2 video of two frames. */
export function camera(): string {
  return written("camera.y4m", () => {
    const head = `YUV4MPEG2 W${WIDTH} H${HEIGHT} F20:1 Ip A1:1 C420jpeg\n`;
    // Pure red in full-range BT.601.
    const frame = Buffer.concat([
      Buffer.from("FRAME\n"),
      Buffer.alloc(WIDTH * HEIGHT, 76),
      Buffer.alloc((WIDTH * HEIGHT) / 4, 85),
      Buffer.alloc((WIDTH * HEIGHT) / 4, 255),
    ]);
    return Buffer.concat([Buffer.from(head), frame, frame]);
  });
}

/** A sine tone, as a WAV file of 16 bits. */
export function microphone(): string {
  return written("microphone.wav", () => {
    const samples = RATE * SECONDS;
    const wav = Buffer.alloc(44 + samples * 2);
    wav.write("RIFF", 0);
    wav.writeUInt32LE(wav.length - 8, 4);
    wav.write("WAVEfmt ", 8);
    wav.writeUInt32LE(16, 16);
    wav.writeUInt16LE(1, 20); // PCM
    wav.writeUInt16LE(1, 22); // one channel
    wav.writeUInt32LE(RATE, 24);
    wav.writeUInt32LE(RATE * 2, 28);
    wav.writeUInt16LE(2, 32);
    wav.writeUInt16LE(16, 34);
    wav.write("data", 36);
    wav.writeUInt32LE(samples * 2, 40);
    for (let i = 0; i < samples; i++) {
      const value = Math.sin((2 * Math.PI * TONE * i) / RATE);
      wav.writeInt16LE(Math.round(value * 16_000), 44 + i * 2);
    }
    return wav;
  });
}

function written(name: string, content: () => Buffer): string {
  const path = join(folder(), name);
  if (!existsSync(path)) writeFileSync(path, content());
  return path;
}

/** One folder for the whole run: the variable reaches the processes that run the tests. */
function folder(): string {
  return (process.env["WEIR_E2E_MEDIA"] ??= mkdtempSync(join(tmpdir(), "weir-media-")));
}
