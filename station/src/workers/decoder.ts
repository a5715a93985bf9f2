// Decodes: a picture in, the contents of its QR codes out.
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";
import type { Frame, Reading } from "../reading.ts";

declare const self: DedicatedWorkerGlobalScope;

// Its default asks a foreign host; ours lies beside this file.
const locateFile = (name: string) => new URL(name, import.meta.url).href;
const ready = prepareZXingModule({ overrides: { locateFile }, fireImmediately: true });

self.addEventListener("message", async ({ data }: MessageEvent<Frame>) => {
  const reading: Reading = { number: data.number, contents: await contentsOf(data.image) };
  self.postMessage(reading);
});

async function contentsOf(image: ImageData): Promise<string[] | null> {
  try {
    await ready;
  } catch {
    return null;
  }
  const found = await readBarcodes(image, { formats: ["QRCode"], tryDenoise: true });
  return found.filter((code) => code.isValid).map((code) => code.text);
}
