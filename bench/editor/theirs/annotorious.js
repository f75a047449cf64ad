// The scene in Annotorious on OpenSeadragon, which is its way for large images.

import "./stage.css";
import { createOSDAnnotator } from "@annotorious/openseadragon";
import "@annotorious/openseadragon/annotorious-openseadragon.css";
import OpenSeadragon from "openseadragon";

const bounds = (points) => {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  return { minX: Math.min(...xs), minY: Math.min(...ys), maxX: Math.max(...xs), maxY: Math.max(...ys) };
};

const annotation = (flat, number) => {
  const points = [];
  for (let i = 0; i < flat.length; i += 2) points.push([flat[i], flat[i + 1]]);
  const id = `shape-${number}`;
  const selector = { type: "POLYGON", geometry: { bounds: bounds(points), points } };
  return { id, bodies: [], target: { annotation: id, selector } };
};

window.open_ = async (shapes, url, width, height) => {
  const viewer = OpenSeadragon({
    element: document.getElementById("stage"),
    tileSources: { type: "image", url },
    showNavigationControl: false,
    animationTime: 0,
    minZoomImageRatio: 0.01,
    maxZoomPixelRatio: 100,
  });
  await new Promise((done) => viewer.addOnceHandler("open", done));
  const annotator = createOSDAnnotator(viewer, {});
  annotator.setAnnotations(shapes.map(annotation));
  const { store } = annotator.state;
  const { viewport } = viewer;
  const s = Math.min(innerWidth / width, innerHeight / height);
  const canvas = () => document.querySelector("canvas.a9s-gl-canvas") ?? viewer.canvas;
  const set = (scale, x, y) => {
    const box = new OpenSeadragon.Rect(-x / scale / width, -y / scale / width, innerWidth / scale / width, innerHeight / scale / width);
    viewport.fitBounds(box, true);
  };
  set(s, 0, 0);
  window.scene = {
    s, x: 0, y: 0,
    view: set,
    hover(x, y) {
      canvas().dispatchEvent(
        new PointerEvent("pointermove", { clientX: x, clientY: y, offsetX: x, offsetY: y, bubbles: true }),
      );
    },
    drag(number, x, y) {
      const { target } = store.getAnnotation(`shape-${number}`);
      const points = [[x, y], ...target.selector.geometry.points.slice(1)];
      store.updateTarget({ ...target, selector: { ...target.selector, geometry: { bounds: bounds(points), points } } });
    },
  };
};
