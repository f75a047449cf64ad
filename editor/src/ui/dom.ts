/** Small makers of elements. Text is only ever set as text. */

type Attributes = Record<string, string | number | boolean | null | undefined>;
type Child = Node | string | null | undefined | false;

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child): child is Node | string => !!child));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/** Drawn on a grid of 24 × 24; our own drawings. */
const ICONS: Record<string, string> = {
  select: "M6 3.5v15l4-4 2.6 6 2.6-1.1-2.6-5.9H18z",
  rectangle: "M4 6h16v12H4z",
  rotated_rectangle: "M8.500 3.500 20.500 10.500 15.500 20.500 3.500 13.500z",
  polygon: "M12 3.5 20.5 10 17 20H7L3.5 10z",
  freehand: "M5 16c-3-5 0-11 6-11.500 7-.5 10.500 5 8 9.500s-8 6.500-9.500 4.500 1.500-4 4-3",
  brush: "M20 4c-5 2-8.500 5.500-10.500 9M9 13.500c-2 0-3.500 1.500-3.500 3.500 0 1.500-1 2.500-2 2.500 3.500 1.500 8 .5 8-3.500 0-1.500-1-2.500-2.500-2.500z",
  eraser: "m9 19-5-5 9.500-9.500 6 6L11 19zM8.500 9.500l6 6M9 19h11",
  circle: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z",
  ellipse: "M12 6.500c-5 0-9 2.500-9 5.500s4 5.500 9 5.500 9-2.500 9-5.500-4-5.500-9-5.500z",
  polyline: "m4 18 5-9 6 6 5-10",
  point: "M12 9.500a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5zM12 3v3M12 18v3M3 12h3M18 12h3",
  keypoints: "M6 3.500a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM18 5.500a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM11 16a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM7 7.500l3.500 8.500M16.800 9.200 12 16.200",
  fill: "M4 4h6v6H4zM14 4h6v16H4v-6h6zM7 10v4M14 7h-4",
  split: "M4 12h4M10 12h4M16 12h4M12 3v5M12 16v5M7 5h10v14H7z",
  duplicate: "M8 8h12v12H8zM16 8V4H4v12h4",
  copy: "M8 4h8l4 4v9H8zM16 4v4h4M8 8H4v13h11v-4",
  paste: "M9 5H5v16h14V5h-4M9 3h6v4H9z",
  "to-back": "M4 4h7v7H4zM13 13h7v7h-7zM8 14v2h2M14 8h2v2",
  "to-front": "M8 8h8v8H8zM4 4h4v4H4zM16 16h4v4h-4z",
  lock: "M6 11h12v9H6zM8.500 11V8a3.500 3.500 0 0 1 7 0v3",
  "hide-selected": "M3 12c4-6 14-6 18 0-4 6-14 6-18 0zM4 20 20 4",
  "show-all": "M3 12c4-6 14-6 18 0-4 6-14 6-18 0zM12 9.500a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5z",
  merge: "M4 4h10v6h6v10H10v-6H4z",
  separate: "M3.500 6h7v12h-7zM13.500 6h7v12h-7z",
  "fill-holes": "M4 4h16v16H4zM9 9h.01M12 9h.01M15 9h.01M9 12h.01M12 12h.01M15 12h.01M9 15h.01M12 15h.01M15 15h.01",
  simplify: "M3 17c3-9 5 2 8-5s5 0 5-5 3-2 5-4M3 21h18",
  "to-polygon": "M12 3.500 20.500 10 17 20H7L3.500 10z",
  "to-mask": "M4 9h5V4h6v5h5v6h-5v5H9v-5H4z",
  "to-rectangle": "M4 6h16v12H4z",
  "to-rotated": "M8.500 3.500 20.500 10.500 15.500 20.500 3.500 13.500z",
  "to-ellipse": "M12 6.500c-5 0-9 2.500-9 5.500s4 5.500 9 5.500 9-2.500 9-5.500-4-5.500-9-5.500z",
  undo: "M8 5 4 9l4 4M4 9h10a6 6 0 0 1 0 12h-3",
  redo: "m16 5 4 4-4 4M20 9H10a6 6 0 0 0 0 12h3",
  delete: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10 11v5M14 11v5",
  history: "M12 7v5l3.5 2M4 12a8 8 0 1 0 2.500-5.800L4 8.500M4 4v4.500h4.500",
  now: "m10 5 7 7-7 7M20 5v14",
  restore: "M8 5 4 9l4 4M4 9h10a6 6 0 0 1 0 12h-3",
  fit: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
  "zoom-in": "M10.500 4a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13zM15.500 15.500 20 20M10.500 7.500v6M7.500 10.500h6",
  "zoom-out": "M10.500 4a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13zM15.500 15.500 20 20M7.500 10.500h6",
  previous: "m14 5-7 7 7 7",
  next: "m10 5 7 7-7 7",
  "give-back": "M6 21V4M6 5c5-3 8 3 13 0v9c-5 3-8-3-13 0",
  back: "M20 12H5M11 6l-6 6 6 6",
  complete: "m5 12.500 4.500 4.500L19 7",
  approve: "m5 12.500 4.500 4.500L19 7",
  "send-back": "M8 5 4 9l4 4M4 9h10a6 6 0 0 1 0 12h-3",
  look: "M4 7h9M17 7h3M15 4.500v5M4 12h3M11 12h9M9 9.500v5M4 17h9M17 17h3M15 14.500v5",
  palette: "M10.500 4a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13zM15.500 15.500 20 20",
  shortcuts: "M3 7h18v10H3zM6.500 10.500h.01M10 10.500h.01M13.500 10.500h.01M17 10.500h.01M8 14h8",
  comment: "M5 4.500h14v11H11l-4.500 4v-4H5zM9 9h6M9 12h4",
  good: "m5 12.500 4.500 4.500L19 7",
  bad: "M6 6l12 12M18 6 6 18",
  panel: "M4 5h16v14H4zM14 5v14",
};

export function icon(name: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name] ?? "");
  svg.append(path);
  return svg;
}

/** The coloured square of a class, with its hatching where one wants to see that too. */
export function swatch(color: string, pattern = ""): HTMLElement {
  const element = h("span", { class: "swatch", "aria-hidden": "true" });
  element.style.backgroundColor = color;
  if (pattern) {
    const lines = `<svg xmlns="${SVG}" width="10" height="10"><path d="${pattern}" stroke="black" stroke-width="1.6"/></svg>`;
    element.style.backgroundImage = `url("data:image/svg+xml,${encodeURIComponent(lines)}")`;
  }
  return element;
}
