/* Previews of the pictures chosen for a batch: title, text for the blind, and the part that a 4:3 cut keeps. */
(function () {
  "use strict";
  const form = document.querySelector("[data-batch]");
  if (!form) return;
  const list = form.querySelector("[data-batch-list]");
  const words = list.dataset;
  form.querySelector("[data-batch-all]").hidden = true; // each picture has its own box

  function labelled(text, input) {
    const label = document.createElement("label");
    if (input.type === "checkbox") label.append(input, " " + text);
    else label.append(text, input);
    return label;
  }

  function field(type, name, value) {
    const input = document.createElement("input");
    input.type = type;
    input.name = name;
    if (value !== undefined) input.value = value;
    return input;
  }

  function preview(file, number) {
    const item = document.createElement("li");
    const image = document.createElement("img");
    image.alt = "";
    image.src = URL.createObjectURL(file);
    image.addEventListener("load", () => URL.revokeObjectURL(image.src), { once: true });
    const cut = field("checkbox", `crop-${number}`, "1");
    const place = field("range", `place-${number}`, "50");
    place.min = 0;
    place.max = 100;
    const where = labelled(words.place, place);
    const show = () => {
      item.classList.toggle("is-cut", cut.checked);
      where.hidden = !cut.checked;
      image.style.objectPosition = cut.checked ? `${place.value}% ${place.value}%` : "";
    };
    cut.addEventListener("change", show);
    place.addEventListener("input", show);
    item.append(
      image,
      labelled(words.title, field("text", `title-${number}`, file.name.replace(/\.[^.]*$/, ""))),
      labelled(words.alt, field("text", `alt-${number}`, "")),
      labelled(words.crop, cut),
      where
    );
    show();
    return item;
  }

  form.querySelector("input[type=file]").addEventListener("change", (event) => {
    const files = [...event.target.files].slice(0, Number(form.dataset.most));
    list.replaceChildren(...files.map(preview));
  });
})();
