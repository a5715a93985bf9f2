// Reads QR codes with the device's camera, as long as somebody scans: the camera is off while the page is hidden.
import { openDecoder } from "./decoder.ts";

export interface Camera {
  stop(): void;
  /** Switches the lamp; null where the camera has none. */
  torch: ((on: boolean) => Promise<void>) | null;
}

/** Why there is no picture. */
export type NoCameraReason = "refused" | "absent" | "busy" | "insecure" | "no_reader";

export class NoCamera extends Error {
  readonly reason: NoCameraReason;

  constructor(reason: NoCameraReason) {
    super(`no camera: ${reason}`);
    this.reason = reason;
  }
}

/** Pixels on the longer side that are decoded: a label at arm's length has 4 a module, and an old tablet keeps up. */
const LONGEST_SIDE = 960;
/** Between two frames, so that an old tablet stays cool: still ten a second. */
const REST_MS = 60;
const WANTED: MediaStreamConstraints = {
  audio: false,
  video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } },
};
const REASONS: Record<string, NoCameraReason> = {
  NotAllowedError: "refused", SecurityError: "refused", NotFoundError: "absent", OverconstrainedError: "absent",
};

/** What the types of the DOM do not know of yet. */
interface Lamp {
  torch?: boolean;
}

/**
 * Shows the rear camera in `video` and calls `onText` with each QR code in each frame: the same one many times a second,
 * see repeats.ts. `onLost`: the camera went away while scanning. Rejects with NoCamera.
 */
export async function startCamera(
  video: HTMLVideoElement,
  onText: (text: string) => void,
  onLost: (reason: NoCameraReason) => void = () => {},
): Promise<Camera> {
  const decoder = openDecoder();
  let stream: MediaStream | null = null;
  let stopped = false;

  const show = async () => {
    const opened = await openStream();
    if (stopped || document.hidden) return close(opened);
    stream = opened;
    stream.getVideoTracks()[0]!.addEventListener("ended", () => lose("absent"));
    video.srcObject = stream;
    video.muted = true;
    // Without it, an iPhone shows the video alone on its screen.
    video.playsInline = true;
    await video.play();
  };
  const hide = () => {
    if (stream) close(stream);
    stream = video.srcObject = null;
  };
  const stop = () => {
    stopped = true;
    document.removeEventListener("visibilitychange", follow);
    hide();
    decoder.close();
  };
  const lose = (reason: NoCameraReason) => {
    if (stopped) return;
    stop();
    onLost(reason);
  };
  const follow = () => (document.hidden ? hide() : void show().catch((error) => lose(reasonOf(error))));
  const read = async () => {
    const canvas = document.createElement("canvas");
    for (let turn = 0; !stopped; turn += 1) {
      const image = stream ? grab(video, canvas, turn % 2 === 1) : null;
      const texts = image ? await decoder.read(image) : [];
      if (!stopped) texts.forEach(onText);
      await new Promise((resolve) => setTimeout(resolve, REST_MS));
    }
  };

  document.addEventListener("visibilitychange", follow);
  try {
    await Promise.all([decoder.ready.catch(noReader), show()]);
  } catch (error) {
    stop();
    throw new NoCamera(reasonOf(error));
  }
  void read();
  return { stop, torch: lampOf(stream) };
}

function noReader(): never {
  throw new NoCamera("no_reader");
}

async function openStream(): Promise<MediaStream> {
  // Browsers give cameras to HTTPS pages only, and to this very computer.
  if (!isSecureContext) throw new NoCamera("insecure");
  if (!navigator.mediaDevices) throw new NoCamera("absent");
  return navigator.mediaDevices.getUserMedia(WANTED);
}

function close(stream: MediaStream): void {
  stream.getTracks().forEach((track) => track.stop());
}

/** A frame to decode, every second one its middle in full sharpness, for labels far away; null before the first. */
function grab(video: HTMLVideoElement, canvas: HTMLCanvasElement, middle: boolean): ImageData | null {
  const { videoWidth, videoHeight } = video;
  if (videoWidth === 0 || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return null;
  const shrink = Math.min(1, LONGEST_SIDE / Math.max(videoWidth, videoHeight));
  const [width, height] = [Math.round(videoWidth * shrink), Math.round(videoHeight * shrink)];
  const [seenWidth, seenHeight] = middle ? [width, height] : [videoWidth, videoHeight];
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  const [left, top] = [(videoWidth - seenWidth) / 2, (videoHeight - seenHeight) / 2];
  context.drawImage(video, left, top, seenWidth, seenHeight, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}

function lampOf(stream: MediaStream | null): Camera["torch"] {
  const track = stream?.getVideoTracks()[0];
  const able = track?.getCapabilities?.() as Lamp | undefined;
  return track && able?.torch ? (on) => track.applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] }) : null;
}

function reasonOf(error: unknown): NoCameraReason {
  if (error instanceof NoCamera) return error.reason;
  return REASONS[error instanceof DOMException ? error.name : ""] ?? "busy";
}
