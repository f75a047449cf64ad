// The scene in Konva as its guide has it: a layer with the image, a layer with a line for each shape.

import "./stage.css";
import Konva from "konva";

/** Screen pixels of the image's corner and scale, and how to change them. */
window.open_ = async (shapes, url, width, height) => {
  const { innerWidth, innerHeight } = window;
  const stage = new Konva.Stage({ container: "stage", width: innerWidth, height: innerHeight });
  const [ground, layer] = [new Konva.Layer({ listening: false }), new Konva.Layer()];
  stage.add(ground, layer);
  const image = new Image();
  image.src = url;
  await image.decode();
  ground.add(new Konva.Image({ image, width, height }));
  let hovered = null;
  const lines = shapes.map((points) => {
    const line = new Konva.Line({
      points, closed: true, fill: "rgba(230, 25, 75, 0.25)", stroke: "#e6194b", strokeWidth: 1.75,
      strokeScaleEnabled: false, perfectDrawEnabled: false,
    });
    line.on("mouseenter", () => {
      hovered?.strokeWidth(1.75);
      line.strokeWidth(3);
      hovered = line;
    });
    layer.add(line);
    return line;
  });
  const set = (s, x, y) => {
    stage.scale({ x: s, y: s });
    stage.position({ x, y });
  };
  const s = Math.min(innerWidth / width, innerHeight / height);
  set(s, 0, 0);
  stage.draw();
  const content = stage.content;
  window.scene = {
    s, x: 0, y: 0,
    view: set,
    hover(x, y) {
      content.dispatchEvent(new MouseEvent("mousemove", { clientX: x, clientY: y, bubbles: true }));
    },
    drag(number, x, y) {
      const points = [...lines[number].points()];
      points[0] = x;
      points[1] = y;
      lines[number].points(points);
    },
  };
};
