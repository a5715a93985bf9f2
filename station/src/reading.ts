// What a page and the worker that decodes its camera's frames tell each other.

/** A frame, numbered so that its answer finds who asked. */
export interface Frame {
  number: number;
  image: ImageData;
}

/** The contents of all QR codes in a frame; null where the reader could not be loaded. */
export interface Reading {
  number: number;
  contents: string[] | null;
}
