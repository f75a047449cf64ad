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

const onKey = {
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
    if (event.target.id === "id_comment" && event.key === "Escape") event.target.blur();
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
