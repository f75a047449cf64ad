/** What a person chose: keys, the look of shapes and of the picture. Kept on the server. */


export interface Look {
  /** 0 to 1, of the filled area. */
  fill: number;
  /** Width of the outline in CSS pixels. */
  stroke: number;
  color_by: "class" | "object";
  /** Names of the classes on the shapes. */
  labels: boolean;
  /** What is said of shapes, on them. */
  answers: boolean;
  /** Each class has a hatching of its own, for those who cannot tell colours apart. */
  patterns: boolean;
  grid: boolean;
  crosshair: boolean;
  minimap: boolean;
}

/** Of a picture with more than 8 bits: the value that is grey, and how many there are up to white. */
export interface Window {
  level: number;
  width: number;
}

export interface PictureLook {
  /** −100 to 100, like contrast and saturation. */
  brightness: number;
  contrast: number;
  gamma: number;
  saturation: number;
  invert: boolean;
  /** Spread the greys over the whole range. */
  equalise: boolean;
  channel: "all" | "red" | "green" | "blue";
  /** Null: from the darkest value to the brightest. */
  window: Window | null;
}

export interface Chosen {
  keys: KeyChoices;
  look: Look;
  picture: PictureLook;
}

/** As in accounts/api.py. */
export const USUAL_LOOK: Look = {
  fill: 0.25,
  stroke: 1.75,
  color_by: "class",
  labels: false,
  answers: false,
  patterns: false,
  grid: false,
  crosshair: false,
  minimap: true,
};
/** Command id → keys; only commands that have other keys than usual. */
export type KeyChoices = Record<string, string[]>;

export const USUAL_PICTURE: PictureLook = {
  brightness: 0,
  contrast: 0,
  gamma: 1,
  saturation: 0,
  invert: false,
  equalise: false,
  channel: "all",
  window: null,
};

/** A slider that is being drawn sends nothing until it rests. */
const REST_MS = 600;
const RETRY_MS = 10_000;

type Send = (parts: Partial<Chosen>) => Promise<boolean>;

export class Settings implements Chosen {
  keys: KeyChoices;
  look: Look;
  picture: PictureLook;
  onChange: (part: keyof Chosen) => void = () => {};
  private readonly unsent = new Set<keyof Chosen>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    kept: Partial<{ [Part in keyof Chosen]: Partial<Chosen[Part]> }>,
    private readonly send: Send,
  ) {
    this.keys = { ...(kept.keys as KeyChoices) };
    this.look = { ...USUAL_LOOK, ...kept.look };
    this.picture = { ...USUAL_PICTURE, ...kept.picture };
  }

  change<Part extends keyof Chosen>(part: Part, to: Partial<Chosen[Part]>): void {
    this.replace(part, { ...this.parts[part], ...to });
  }

  replace<Part extends keyof Chosen>(part: Part, to: Chosen[Part]): void {
    this.parts[part] = to;
    this.unsent.add(part);
    this.later(REST_MS);
    this.onChange(part);
  }

  /** Send what waits, for example before the page goes away. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    const parts = [...this.unsent];
    if (!parts.length) return;
    this.unsent.clear();
    const isKept = await this.send(Object.fromEntries(parts.map((part) => [part, this[part]])));
    if (isKept) return;
    for (const part of parts) this.unsent.add(part);
    this.later(RETRY_MS);
  }

  private get parts(): Chosen {
    return this;
  }

  private later(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), ms);
  }
}
