// Reads QR codes in frames of the camera, beside the page so that it never stutters.
import type { Frame, Reading } from "./reading.ts";

export interface Decoder {
  /** Resolves when it can read; rejects where the reader could not be loaded. */
  ready: Promise<void>;
  /** The contents of all QR codes in a picture, whose pixels are given away. */
  read(image: ImageData): Promise<string[]>;
  close(): void;
}

/** Starts the worker; it fetches the reader (1 MB) at once, from the cache after the first time. */
export function openDecoder(): Decoder {
  const worker = new Worker(new URL("decoder.js", import.meta.url), { type: "module" });
  const waiting = new Map<number, (contents: string[] | null) => void>();
  let last = 0;
  worker.addEventListener("message", ({ data }: MessageEvent<Reading>) => {
    waiting.get(data.number)?.(data.contents);
    waiting.delete(data.number);
  });
  const ask = (image: ImageData) =>
    new Promise<string[] | null>((resolve) => {
      const frame: Frame = { number: ++last, image };
      waiting.set(frame.number, resolve);
      worker.postMessage(frame, [image.data.buffer]);
    });
  const failed = new Promise<null>((resolve) => worker.addEventListener("error", () => resolve(null), { once: true }));
  // A blank picture is read as soon as anything can be.
  const ready = Promise.race([ask(new ImageData(8, 8)), failed]).then((contents) => {
    if (contents === null) throw new Error("The reader of QR codes could not be loaded.");
  });
  return { ready, read: async (image) => (await ask(image)) ?? [], close: () => worker.terminate() };
}
