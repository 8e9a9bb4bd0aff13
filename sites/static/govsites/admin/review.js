/* The width of the preview, and the reason that only an urgent article needs. Everything works without this file. */
(() => {
  "use strict";

  const DESKTOP = 1200; // the width, in pixels, at which a desktop shows the page

  // A page for a wide screen does not fit beside the decision: it is shown whole, and smaller.
  const fit = (box, phone) => {
    const frame = box.querySelector("iframe");
    const scale = phone ? 1 : Math.min(1, box.clientWidth / DESKTOP);
    box.classList.toggle("review-phone", phone);
    frame.style.width = phone ? "" : `${DESKTOP}px`;
    frame.style.height = `${box.clientHeight / scale}px`;
    frame.style.transform = scale < 1 ? `scale(${scale})` : "";
  };

  for (const frames of document.querySelectorAll("[data-review-frames]")) {
    const tools = frames.querySelector("[data-review-tools]");
    const buttons = [...tools.querySelectorAll("[data-review-width]")];
    const boxes = frames.querySelectorAll("[data-review-frame]");
    const isPhone = () => buttons.some((each) => each.dataset.reviewWidth === "phone" && each.ariaPressed === "true");
    const fitAll = () => boxes.forEach((box) => fit(box, isPhone()));
    tools.hidden = false;
    for (const button of buttons) {
      button.addEventListener("click", () => {
        for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
        fitAll();
      });
    }
    if (window.innerWidth < 600) buttons.forEach((each) => each.setAttribute("aria-pressed", String(each.dataset.reviewWidth === "phone")));
    window.addEventListener("resize", fitAll);
    fitAll();
  }

  for (const form of document.querySelectorAll("[data-review-urgent]")) {
    const urgent = form.querySelector("[name='urgent']");
    const reason = form.querySelector("[name='reason']");
    if (!urgent || !reason) continue;
    const field = reason.closest("[data-field-wrapper]") || reason.closest(".w-field__wrapper");
    const show = () => { field.hidden = !urgent.checked && !reason.value; };
    urgent.addEventListener("change", () => { show(); if (urgent.checked) reason.focus(); });
    show();
  }
})();
