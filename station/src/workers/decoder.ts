// Decodes: a picture in, the contents of its QR codes out.
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";
import type { Frame, Reading } from "../reading.ts";

declare const self: DedicatedWorkerGlobalScope;

// Its default asks a foreign host; ours lies beside this file.
const locateFile = (name: string) => new URL(name, import.meta.url).href;
const ready = prepareZXingModule({ overrides: { locateFile }, fireImmediately: true });

self.addEventListener("message", async ({ data }: MessageEvent<Frame>) => {
  await ready;
  const found = await readBarcodes(data.image, { formats: ["QRCode"], tryDenoise: true });
  const reading: Reading = { number: data.number, contents: found.filter((code) => code.isValid).map((code) => code.text) };
  self.postMessage(reading);
});
