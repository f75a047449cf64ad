/** What is drawn. Coordinates are image pixels, multiples of 0.01; see labeling/shapes.py. */

/** One closed ring, flat: x, y, x, y, … */
export type Ring = number[];

export interface PolygonGeometry {
  /** Even-odd: holes and parts are just rings. */
  rings: Ring[];
}

export interface RectGeometry {
  cx: number;
  cy: number;
  w: number;
  h: number;
  /** Degrees, clockwise on the screen. */
  angle: number;
}

export interface EllipseGeometry {
  cx: number;
  cy: number;
  rx: number;
  ry: number;
  angle: number;
}

export interface LineGeometry {
  points: number[];
}

export interface NamedPoint {
  name: string;
  x: number;
  y: number;
  visible: boolean;
}

export interface PointsGeometry {
  points: NamedPoint[];
}

interface ShapeBase {
  /** UUID made by the client that drew it. */
  readonly id: string;
  readonly class: number;
  /** Draw order; higher is in front. */
  readonly z: number;
  readonly attrs: Readonly<Record<string, unknown>>;
}

/** Immutable: an edit replaces a shape, it never changes one. */
export type Shape = ShapeBase &
  (
    | { readonly kind: "polygon"; readonly geom: PolygonGeometry }
    | { readonly kind: "rect"; readonly geom: RectGeometry }
    | { readonly kind: "ellipse"; readonly geom: EllipseGeometry }
    | { readonly kind: "line"; readonly geom: LineGeometry }
    | { readonly kind: "points"; readonly geom: PointsGeometry }
  );

export type Kind = Shape["kind"];

export interface Point {
  x: number;
  y: number;
}

export interface Box {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}
