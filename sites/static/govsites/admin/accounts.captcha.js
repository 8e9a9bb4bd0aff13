/* Gives a captcha new digits without loading the page anew. Without this script a reload does the same. */
(() => {
  "use strict";

  const renew = async (captcha) => {
    const answer = await fetch(captcha.dataset.captcha, { headers: { "X-Requested-With": "XMLHttpRequest" } });
    if (!answer.ok) return;
    const fresh = await answer.json();
    captcha.querySelector("input[type=hidden]").value = fresh.key;
    captcha.querySelector("[data-captcha-image]").src = fresh.image;
    captcha.querySelector("[data-captcha-large]").src = fresh.large_image;
    captcha.querySelector("[data-captcha-audio]").src = fresh.audio;
    const said = captcha.querySelector("[data-captcha-said]");
    said.textContent = said.dataset.captchaSaid;
    const input = captcha.querySelector("input:not([type=hidden])");
    input.value = "";
    input.focus();
  };

  for (const captcha of document.querySelectorAll("[data-captcha]")) {
    const button = captcha.querySelector("[data-captcha-refresh]");
    button.hidden = false;
    button.addEventListener("click", () => renew(captcha));
  }
})();
