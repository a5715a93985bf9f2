// Reads QR codes in frames of the camera, beside the page so that it never stutters.
import type { Frame, Reading } from "./reading.ts";

export interface Decoder {
  /** The contents of all QR codes in a picture, whose pixels are given away. */
  read(image: ImageData): Promise<string[]>;
  close(): void;
}

/** Starts the worker; it fetches the reader (1 MB) at once, from the cache after the first time. */
export function openDecoder(): Decoder {
  const worker = new Worker(new URL("decoder.js", import.meta.url), { type: "module" });
  const waiting = new Map<number, (contents: string[]) => void>();
  let last = 0;
  worker.addEventListener("message", ({ data }: MessageEvent<Reading>) => {
    waiting.get(data.number)?.(data.contents);
    waiting.delete(data.number);
  });
  return {
    read: (image) =>
      new Promise((resolve) => {
        const frame: Frame = { number: ++last, image };
        waiting.set(frame.number, resolve);
        worker.postMessage(frame, [image.data.buffer]);
      }),
    close: () => worker.terminate(),
  };
}
