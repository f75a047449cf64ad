/**
 * Reads a long answer of the server without keeping the page from drawing. Lists of objects, which are
 * what makes answers long, are cut into slices; each is read by itself, and put into the rest at the end.
 */

/** Of text; so much is read within a few milliseconds. */
const SLICE = 100_000;
/** After so long the page gets its turn. */
const TURN_MS = 10;

const [QUOTE, BACKSLASH, OPEN, CLOSE, OPEN_LIST, CLOSE_LIST, SPACE] = [34, 92, 123, 125, 91, 93, 32];

export class Slices {
  /** Stands where a list was, with its number. */
  private readonly mark = `list ${Math.random()} `;
  private readonly lists: unknown[][] = [];
  /** The text outside of the lists, and that of the list which is being read. */
  private rest = "";
  private slice = "";
  private depth = 0;
  /** The depth in the list that is being read. */
  private within: number | null = null;
  private isInString = false;
  private isEscaped = false;
  /** The last character began a list: what follows tells whether of objects. */
  private isBegun = false;

  constructor(private readonly most = SLICE) {}

  take(text: string): void {
    let from = 0;
    const upTo = (to: number): void => {
      if (this.within === null) this.rest += text.slice(from, to);
      else this.slice += text.slice(from, to);
      from = to;
    };
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (this.isInString) {
        if (this.isEscaped) this.isEscaped = false;
        else if (code === BACKSLASH) this.isEscaped = true;
        else if (code === QUOTE) this.isInString = false;
      } else if (code === OPEN || code === OPEN_LIST) {
        if (code === OPEN && this.isBegun && this.within === null) {
          upTo(i);
          this.begin();
        }
        this.isBegun = code === OPEN_LIST;
        this.depth++;
      } else if (code === CLOSE || code === CLOSE_LIST) {
        this.isBegun = false;
        this.depth--;
        if (this.within === null) continue;
        if (this.depth < this.within) {
          upTo(i);
          this.read();
          this.within = null;
        } else if (this.depth === this.within && this.slice.length + i - from > this.most) {
          upTo(i + 1);
          this.read();
        }
      } else if (code > SPACE) {
        this.isBegun = false;
        this.isInString = code === QUOTE;
      }
    }
    upTo(text.length);
  }

  /** All of it; throws when it is no JSON, or broke off. */
  get whole(): unknown {
    return this.filled(JSON.parse(this.rest));
  }

  private begin(): void {
    this.rest += `"${this.mark}${this.lists.length}"`;
    this.lists.push([]);
    this.within = this.depth;
  }

  private read(): void {
    const list = this.lists.at(-1)!;
    // A slice that is not the first of its list begins with a comma.
    const text = this.slice.trimStart().replace(/^,/, "");
    for (const one of JSON.parse(`[${text}]`) as unknown[]) list.push(one);
    this.slice = "";
  }

  private filled(value: unknown): unknown {
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) {
      const [first] = value as unknown[];
      const isMark = typeof first === "string" && first.startsWith(this.mark);
      return isMark ? this.lists[Number(first.slice(this.mark.length))] : value.map((one) => this.filled(one));
    }
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, this.filled(one)]));
  }
}

export async function readInSlices(response: Response): Promise<unknown> {
  const slices = new Slices();
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let begin = performance.now();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return slices.whole;
    // What has come meanwhile comes in one piece.
    for (let from = 0; from < value.length; from += SLICE) {
      slices.take(value.slice(from, from + SLICE));
      if (performance.now() - begin < TURN_MS) continue;
      await new Promise((turn) => setTimeout(turn));
      begin = performance.now();
    }
  }
}
