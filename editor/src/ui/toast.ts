/** Short words that come and go; screen readers hear them. */

import { h } from "./dom";

const SHOWN_MS = { info: 2200, warning: 6000 };
/** A link has to be read, decided on and reached. */
const LINK_MS = 20_000;

export class Toasts {
  readonly element = h("div", { class: "toasts", role: "status", "aria-live": "polite" });

  show(words: string, tone: "info" | "warning", link: { words: string; url: string } | null = null): void {
    const toast = h("div", { class: `toast-line ${tone}` }, words);
    if (link) toast.append(" ", h("a", { href: link.url }, link.words));
    this.element.replaceChildren(toast);
    setTimeout(() => toast.remove(), link ? LINK_MS : SHOWN_MS[tone]);
  }

  /** What was told of one image is not for the next; warnings are read to their end. */
  clear(): void {
    this.element.querySelector(".info")?.remove();
  }
}
