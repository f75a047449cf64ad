/** Which tiles of a pyramid a frame needs. Levels are numbered as in Deep Zoom. */

/** Where the image lies on a bitmap, all in device pixels. */
export interface Frame {
  /** Device pixels per image pixel. */
  s: number;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Pyramid {
  width: number;
  height: number;
  /** Side of a tile. */
  size: number;
  lowest: number;
  /** The image itself; each level below has half its pixels a side. */
  highest: number;
}

export interface Tile {
  level: number;
  column: number;
  row: number;
}

export const keyOf = ({ level, column, row }: Tile): string => `${level}/${column}_${row}`;

/** Image pixels in a pixel of a level. */
export const pixelsIn = (pyramid: Pyramid, level: number): number => 2 ** (pyramid.highest - level);

/** The lowest level that is sharp at a scale. */
export function levelFor(pyramid: Pyramid, s: number): number {
  const level = Math.ceil(pyramid.highest + Math.log2(s) - 1e-9);
  return Math.min(pyramid.highest, Math.max(pyramid.lowest, level));
}

/** The tiles of a level that a frame shows, those in its middle first. */
export function tilesIn(pyramid: Pyramid, frame: Frame, level: number): Tile[] {
  const side = pyramid.size * pixelsIn(pyramid, level);
  const last = (pixels: number) => Math.ceil(pixels / side) - 1;
  const at = (screen: number, offset: number) => (screen - offset) / frame.s / side;
  const x0 = Math.max(0, Math.floor(at(0, frame.x)));
  const y0 = Math.max(0, Math.floor(at(0, frame.y)));
  const x1 = Math.min(last(pyramid.width), Math.ceil(at(frame.width, frame.x)) - 1);
  const y1 = Math.min(last(pyramid.height), Math.ceil(at(frame.height, frame.y)) - 1);
  const tiles: Tile[] = [];
  for (let row = y0; row <= y1; row++) {
    for (let column = x0; column <= x1; column++) tiles.push({ level, column, row });
  }
  const middle = { x: at(frame.width / 2, frame.x) - 0.5, y: at(frame.height / 2, frame.y) - 0.5 };
  const distance = ({ column, row }: Tile) => Math.hypot(column - middle.x, row - middle.y);
  return tiles.sort((a, b) => distance(a) - distance(b));
}

/** The tile of a lower level that a tile is part of. */
export const above = ({ level, column, row }: Tile, by: number): Tile => ({
  level: level - by,
  column: column >> by,
  row: row >> by,
});

/** Where a tile lies on a frame, on whole pixels, so that no seam is seen between two. */
export function placeOf(pyramid: Pyramid, tile: Tile, frame: Frame): [x: number, y: number, width: number, height: number] {
  const side = pyramid.size * pixelsIn(pyramid, tile.level);
  const edge = (number: number, most: number, offset: number) =>
    Math.round(Math.min(most, number * side) * frame.s + offset);
  const x = edge(tile.column, pyramid.width, frame.x);
  const y = edge(tile.row, pyramid.height, frame.y);
  // An image of one column is seen, however far away.
  const width = Math.max(1, edge(tile.column + 1, pyramid.width, frame.x) - x);
  const height = Math.max(1, edge(tile.row + 1, pyramid.height, frame.y) - y);
  return [x, y, width, height];
}
