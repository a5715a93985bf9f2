// The camera's view: one element for all screens, so that the picture goes on from one scan to the next.
import { type Camera, NoCamera, type NoCameraReason, startCamera } from "./camera.ts";
import { element, pictogram } from "./dom.ts";
import { text } from "./texts.ts";
import { touch } from "./ui.ts";

/** Whether people at this device scan with its camera: a handheld scanner needs none. */
const KEPT = "camera";

export class Viewfinder {
  readonly element = element("section", { class: "viewfinder", hidden: true });
  readonly #video = element("video", { muted: true, playsinline: true, "aria-hidden": "true" });
  readonly #onText: (text: string) => void;
  #shown = false;
  #camera: Camera | null = null;
  #opening = false;
  #fault: NoCameraReason | null = null;
  #lit = false;

  constructor(onText: (text: string) => void) {
    this.#onText = onText;
  }

  /** Only a screen that waits for a scan shows it; on others the camera is off. */
  show(shown: boolean): void {
    this.#shown = shown;
    this.element.hidden = !shown;
    if (!shown) this.#close();
    else if (isWanted() && !this.#camera && !this.#opening) void this.#open();
    this.#draw();
  }

  async #open(): Promise<void> {
    this.#opening = true;
    this.#fault = null;
    this.#draw();
    try {
      const camera = await startCamera(this.#video, this.#onText, (reason) => this.#lose(reason));
      this.#camera = camera;
      if (!this.#shown || !isWanted()) this.#close();
    } catch (error) {
      this.#fault = error instanceof NoCamera ? error.reason : "busy";
    }
    this.#opening = false;
    this.#draw();
  }

  #lose(reason: NoCameraReason): void {
    this.#camera = null;
    this.#fault = reason;
    this.#draw();
  }

  #close(): void {
    this.#camera?.stop();
    this.#camera = null;
    this.#lit = false;
  }

  #draw(): void {
    if (!this.#shown) return;
    this.element.setAttribute("aria-label", text("camera"));
    this.element.dataset["camera"] = this.#camera ? "on" : this.#fault ? "fault" : "off";
    const scene = this.#camera || this.#opening ? [this.#video] : [];
    this.element.replaceChildren(...scene, element("div", { class: "viewfinder-keys" }, ...this.#keys()));
  }

  #keys(): HTMLElement[] {
    if (this.#opening) return [];
    if (this.#camera) {
      const lamp = this.#camera.torch ? [key(text("lamp"), "lamp", () => void this.#switchLamp(), this.#lit)] : [];
      return [...lamp, key(text("camera_off"), "cross", () => this.#choose(false))];
    }
    const fault = this.#fault
      ? [element("p", { class: "fault" }, pictogram("warning"), element("span", {}, text(FAULTS[this.#fault])))] : [];
    return [...fault, key(text(this.#fault ? "camera_again" : "camera_on"), "camera", () => this.#choose(true))];
  }

  #choose(on: boolean): void {
    localStorage.setItem(KEPT, on ? "on" : "off");
    if (on) void this.#open();
    else this.#close();
    this.#draw();
  }

  async #switchLamp(): Promise<void> {
    this.#lit = !this.#lit;
    await this.#camera?.torch?.(this.#lit);
    this.#draw();
  }
}

const FAULTS: Record<NoCameraReason, string> = {
  refused: "camera_refused", absent: "camera_absent", busy: "camera_busy", insecure: "camera_insecure", no_reader: "camera_no_reader",
};

function isWanted(): boolean {
  return localStorage.getItem(KEPT) === "on";
}

function key(word: string, sign: string, press: () => void, pressed = false): HTMLButtonElement {
  return touch(word, sign, press, "secondary", { "aria-pressed": pressed && "true" });
}
