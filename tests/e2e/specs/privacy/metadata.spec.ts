// What a file says beside its pixels and samples stays on the device.

import { expect, test } from "../../support/test.ts";
import { CAMERA, photograph, segments, size } from "../../support/jpeg.ts";
import { Witness } from "../../support/witness.ts";

let witness: Witness;
test.beforeEach(async () => { witness = await Witness.open(); });
test.afterEach(() => witness.close());

test("a photograph leaves without the place it was taken at, and no larger than it has to be", async ({ chat }) => {
  await chat.open();
  await chat.useProvider(witness.baseUrl);
  const taken = await photograph(chat.page, 3000, 2000);
  expect(taken.includes(CAMERA) && taken.includes("Exif")).toBe(true);
  await chat.attachPicture("holiday.jpg", "image/jpeg", taken);
  await chat.askAndApprove("What is this?", "cloud");

  const { bytes } = witness.uploads[0]!;
  expect(size(bytes)).toEqual([1024, 683]);
  expect(bytes.includes(CAMERA) || bytes.includes("Exif")).toBe(false);
  // Tables, frame and scan, the JFIF header and the browser's own colours: nothing that could carry a note.
  const others = segments(bytes).filter(({ kind }) => ![0xe0, 0xdb, 0xc0, 0xc4, 0xda].includes(kind));
  expect(others.filter(({ kind, content }) => kind !== 0xe2 || !content.includes("ICC_PROFILE"))).toEqual([]);
  const body = witness.bodies[0]!;
  expect(body.includes("holiday")).toBe(false);
});

test("a recording leaves as samples and nothing else", async ({ chat }) => {
  await chat.open();
  await chat.useProvider(witness.baseUrl);
  await chat.capture("microphone");
  await chat.askAndApprove("What do you hear?", "cloud");
  const { bytes } = witness.uploads[0]!;
  expect(bytes.toString("latin1", 0, 4) + bytes.toString("latin1", 8, 16)).toBe("RIFFWAVEfmt ");
  expect(bytes.toString("latin1", 36, 40)).toBe("data");
  expect(bytes.readUInt32LE(40)).toBe(bytes.length - 44);
});
