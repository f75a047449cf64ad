// Keys and switches of the page of one label. Without this file the page still works.
"use strict";

const drawing = document.getElementById("drawing");
const canvas = drawing.parentElement;

function toggleFullSize() {
  drawing.classList.toggle("full-size");
  canvas.scrollTo((canvas.scrollWidth - canvas.clientWidth) / 2, (canvas.scrollHeight - canvas.clientHeight) / 2);
}

function click(id) {
  document.getElementById(id)?.click();
}

const mark = document.getElementById("mark");
const pins = document.getElementById("pins");
const form = document.getElementById("new-comment");

// Pins keep their size on the screen, however large the image is shown.
function placePins() {
  const scale = drawing.getScreenCTM().a;
  for (const pin of pins.children) {
    pin.setAttribute("transform", `translate(${pin.dataset.x} ${pin.dataset.y}) scale(${1 / scale})`);
  }
}

function toggleMarking(isOn = !drawing.classList.contains("marking")) {
  drawing.classList.toggle("marking", isOn);
  mark.setAttribute("aria-pressed", String(isOn));
  if (isOn) document.getElementById("mark-state").textContent = "Click the place on the image; Esc to leave it.";
}

function say(words) {
  document.getElementById("mark-state").textContent = words;
}

function markPlace(event) {
  if (!drawing.classList.contains("marking")) return;
  event.preventDefault();
  const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(drawing.getScreenCTM().inverse());
  const { width, height } = drawing.viewBox.baseVal;
  const [x, y] = [Math.min(Math.max(at.x, 0), width), Math.min(Math.max(at.y, 0), height)];
  form.x.value = x.toFixed(2);
  form.y.value = y.toFixed(2);
  form.shape.value = event.target.dataset.shape ?? "";
  pins.querySelector(".new")?.remove();
  const pin = pins.appendChild(document.createElementNS(drawing.namespaceURI, "g"));
  pin.setAttribute("class", "pin new");
  Object.assign(pin.dataset, { x: form.x.value, y: form.y.value });
  const outline = pin.appendChild(document.createElementNS(drawing.namespaceURI, "path"));
  outline.setAttribute("d", "M0 0 -8 -10A12 12 0 1 1 8 -10Z");
  placePins();
  toggleMarking(false);
  const about = event.target.querySelector?.("title")?.textContent;
  say(`At ${Math.round(x)}, ${Math.round(y)}${about ? ` on ${about}` : ""}. Write the comment.`);
  form.words.focus();
}

// From the list to the image, and back.
function showPin(id) {
  for (const one of document.querySelectorAll("[data-pin]")) one.classList.toggle("shown", one.dataset.pin === id);
  pins.querySelector(`[data-pin="${id}"]`)?.scrollIntoView({ block: "center", inline: "center" });
}

if (form) {
  mark.hidden = false;
  mark.addEventListener("click", () => toggleMarking());
  drawing.addEventListener("click", markPlace);
}
pins.addEventListener("click", (event) => {
  const id = event.target.closest("[data-pin]")?.dataset.pin;
  if (!id || drawing.classList.contains("marking")) return;
  showPin(id);
  document.querySelector(`.thread[data-comment="${id}"]`)?.scrollIntoView({ block: "nearest" });
});
document.getElementById("comments").addEventListener("click", (event) => {
  const id = event.target.closest("[data-pin]")?.dataset.pin;
  if (id) showPin(id);
});
new ResizeObserver(placePins).observe(drawing);
placePins();

const onKey = {
  c: () => form && toggleMarking(),
  escape: () => form && toggleMarking(false),
  a: () => click("approve"),
  s: () => document.getElementById("id_comment")?.focus(),
  n: () => click("next"),
  p: () => click("previous"),
  z: toggleFullSize,
  h: () => drawing.classList.add("bare"),
};

document.addEventListener("keydown", (event) => {
  const isWriting = event.target.closest("input:not([type=checkbox]), textarea, select");
  if (isWriting) {
    if (event.target.id === "id_comment" && event.key === "Enter" && event.ctrlKey) click("send_back");
    if (event.key === "Enter" && event.ctrlKey && event.target.name === "words") event.target.form.requestSubmit();
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const act = onKey[event.key.toLowerCase()];
  if (act) {
    event.preventDefault();
    act();
  }
});

document.addEventListener("keyup", (event) => {
  if (event.key.toLowerCase() === "h") drawing.classList.remove("bare");
});

// The key is let go elsewhere, too.
window.addEventListener("blur", () => drawing.classList.remove("bare"));

drawing.addEventListener("dblclick", toggleFullSize);

for (const box of document.querySelectorAll(".legend input")) {
  box.addEventListener("change", () => {
    for (const layer of drawing.querySelectorAll(`g[data-class="${box.dataset.class}"]`)) {
      layer.classList.toggle("off", !box.checked);
    }
  });
}

// A second click must not decide on the label that comes next.
document.getElementById("review")?.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
});
