// Small help on the page of a label task. Without this file the page still works.
"use strict";

const typeField = document.getElementById("id_type");
const toolBoxes = document.querySelectorAll("#id_tools input[type=checkbox]");

// Tools that do not fit the type cannot be ticked.
function showFittingTools() {
  for (const box of toolBoxes) {
    const fits = !typeField.value || box.dataset.types.split(" ").includes(typeField.value);
    box.disabled = !fits;
    box.closest("label").classList.toggle("unfit", !fits);
  }
}

// A new row of classes gets a colour that no other row has, and the next place.
function fillNewClass(row) {
  const color = row.querySelector("input[type=color]");
  const position = row.querySelector(".field-position input");
  const others = [...document.querySelectorAll("#classes-group tr.form-row:not(.empty-form)")].filter((other) => other !== row);
  const used = others.map((other) => other.querySelector("input[type=color]").value);
  const palette = color.dataset.palette.split(" ");
  color.value = palette.find((one) => !used.includes(one)) ?? palette[used.length % palette.length];
  const places = others.map((other) => Number(other.querySelector(".field-position input").value));
  position.value = Math.max(0, ...places) + 1;
}

// Only choices have options to write.
function showOptions(row) {
  const kind = row.querySelector(".field-kind select");
  const options = row.querySelector(".field-options textarea");
  if (!kind || !options) return;
  const show = () => (options.disabled = !kind.value.startsWith("choice"));
  kind.addEventListener("change", show);
  show();
}

// A new row comes after all others.
function placeNewRow(row) {
  const others = [...row.parentElement.querySelectorAll("tr.form-row:not(.empty-form) .field-position input")];
  const position = row.querySelector(".field-position input");
  position.value = Math.max(0, ...others.filter((other) => other !== position).map((other) => Number(other.value))) + 1;
}

for (const row of document.querySelectorAll("#attributes-group tr.form-row")) showOptions(row);

if (typeField && toolBoxes.length) {
  typeField.addEventListener("change", showFittingTools);
  showFittingTools();
}

document.addEventListener("formset:added", (event) => {
  if (event.detail.formsetName === "classes") fillNewClass(event.target);
  if (event.detail.formsetName === "attributes") {
    placeNewRow(event.target);
    showOptions(event.target);
  }
});
