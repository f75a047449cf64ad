/** Short words that come and go; screen readers hear them. */

import { h } from "./dom";

const SHOWN_MS = { info: 2200, warning: 6000 };

export class Toasts {
  readonly element = h("div", { class: "toasts", role: "status", "aria-live": "polite" });

  show(words: string, tone: "info" | "warning"): void {
    const toast = h("div", { class: `toast-line ${tone}` }, words);
    this.element.replaceChildren(toast);
    setTimeout(() => toast.remove(), SHOWN_MS[tone]);
  }
}
