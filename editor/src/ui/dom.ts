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
  keypoints: "M6 5h.01M18 7h.01M12 12.500h.01M7 20h.01M17 20h.01M6 5l6 7.500 6-5.500M7 20l5-7.500 5 7.500",
  undo: "M8 5 4 9l4 4M4 9h10a6 6 0 0 1 0 12h-3",
  redo: "m16 5 4 4-4 4M20 9H10a6 6 0 0 0 0 12h3",
  delete: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10 11v5M14 11v5",
  fit: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
  "zoom-in": "M10.500 4a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13zM15.500 15.500 20 20M10.500 7.500v6M7.500 10.500h6",
  "zoom-out": "M10.500 4a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13zM15.500 15.500 20 20M7.500 10.500h6",
  previous: "m14 5-7 7 7 7",
  next: "m10 5 7 7-7 7",
  back: "M20 12H5M11 6l-6 6 6 6",
  complete: "m5 12.500 4.500 4.500L19 7",
  palette: "M10.500 4a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13zM15.500 15.500 20 20",
  shortcuts: "M3 7h18v10H3zM6.500 10.500h.01M10 10.500h.01M13.500 10.500h.01M17 10.500h.01M8 14h8",
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

/** The coloured square of a class. */
export function swatch(color: string): HTMLElement {
  const element = h("span", { class: "swatch", "aria-hidden": "true" });
  element.style.backgroundColor = color;
  return element;
}
