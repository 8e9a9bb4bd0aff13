/* Keeps a session alive while its person works in a page, warns before it ends, and keeps what is typed when it has
   ended: the page stays, covered, until the same person has signed in again in another window. */
(() => {
  "use strict";

  const told = document.currentScript.dataset;
  const idleSeconds = Number(told.idleSeconds);
  const WARN_SECONDS = Math.min(120, idleSeconds / 4);
  const REPORT_SECONDS = Math.min(60, idleSeconds / 4);

  let endsAt = Date.now() + idleSeconds * 1000;
  let reportedAt = Date.now();
  let user = null;
  let freshToken = null;
  let over = null; // the dialog that is shown
  let asking = false;

  const cookieToken = () => document.querySelector("input[name=csrfmiddlewaretoken]")?.value || "";
  const configToken = () => JSON.parse(document.getElementById("wagtail-config")?.textContent || "{}").CSRF_TOKEN;

  const ask = async (active) => {
    const request = { method: active ? "POST" : "GET", headers: { Accept: "application/json" }, cache: "no-store" };
    if (active) request.headers["X-CSRFToken"] = freshToken || configToken() || cookieToken();
    const answer = await plainFetch(told.pulse, request);
    if (!answer.ok) throw new Error(`pulse: ${answer.status}`);
    return answer.json();
  };

  const plainFetch = window.fetch.bind(window);

  /* A new sign-in makes the page's tokens against forged requests worthless: put the new one everywhere. */
  const renewTokens = (token) => {
    if (!freshToken) {
      window.fetch = (address, options = {}) => {
        const headers = new Headers(options.headers || {});
        if (headers.has("X-CSRFToken")) headers.set("X-CSRFToken", freshToken);
        return plainFetch(address, { ...options, headers });
      };
    }
    freshToken = token;
    for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) input.value = token;
  };

  const close = () => {
    if (over) {
      over.close();
      over.remove();
      over = null;
    }
  };

  const show = (kind, title, text, buttons) => {
    if (over?.dataset.kind === kind) return over.querySelector("p");
    close();
    over = document.createElement("dialog");
    over.className = `acc-over acc-over--${kind}`;
    over.dataset.kind = kind;
    over.setAttribute("aria-labelledby", "acc-over-title");
    over.setAttribute("aria-describedby", "acc-over-text");
    const heading = Object.assign(document.createElement("h2"), { id: "acc-over-title", textContent: title });
    const said = Object.assign(document.createElement("p"), { id: "acc-over-text", textContent: text });
    const actions = Object.assign(document.createElement("div"), { className: "acc-actions" });
    actions.append(...buttons);
    over.append(heading, said, actions);
    over.addEventListener("cancel", (event) => (kind === "warning" ? stay() : event.preventDefault()));
    document.body.append(over);
    over.showModal();
    return said;
  };

  const button = (label, action) => {
    const made = Object.assign(document.createElement("button"), { type: "button", className: "acc-button", textContent: label });
    made.addEventListener("click", action);
    return made;
  };

  const warn = (seconds) => {
    const text = told.warningText.replace("{seconds}", String(seconds));
    const said = show("warning", told.warning, text, [button(told.stay, stay)]);
    said.textContent = text;
  };

  const ended = () => {
    const link = Object.assign(document.createElement("a"), {
      className: "acc-button", href: told.signInAddress, target: "_blank", rel: "opener", textContent: told.signIn,
    });
    show("ended", told.ended, told.endedText, [link]);
  };

  const stranger = () => show("stranger", told.ended, told.other, [button(told.reload, () => window.location.reload())]);

  const learn = (answer) => {
    if (answer.seconds <= 0) {
      endsAt = 0;
      ended();
      return;
    }
    user = user ?? answer.user;
    if (answer.user !== user) {
      stranger();
      return;
    }
    const was = over?.dataset.kind;
    endsAt = Date.now() + answer.seconds * 1000;
    if (was === "ended") renewTokens(answer.token);
    if (was === "ended" || answer.seconds > WARN_SECONDS) close();
  };

  const stay = async () => {
    reportedAt = Date.now();
    try {
      learn(await ask(true));
    } catch {
      /* No network: the clock goes on, and the next second asks again. */
    }
  };

  /* Each second: what the clock says. Before it warns or covers the page it asks, because another window of the
     same person may have been at work. */
  const tick = async () => {
    const left = (endsAt - Date.now()) / 1000;
    if (over?.dataset.kind === "warning" && left > 0) {
      warn(Math.ceil(left));
      return;
    }
    if (asking || left > WARN_SECONDS || over) return;
    asking = true;
    try {
      learn(await ask(false));
      const now = (endsAt - Date.now()) / 1000;
      if (!over && now <= WARN_SECONDS) warn(Math.ceil(now));
    } catch {
      if (left <= 0) ended();
    } finally {
      asking = false;
    }
  };

  const act = () => {
    if (!over && Date.now() - reportedAt > REPORT_SECONDS * 1000) stay();
  };

  /* A machine that slept wakes up with the session long over: nothing is sent then, the page is covered first. */
  const hold = (event) => {
    if (Date.now() >= endsAt && !event.target.closest?.("dialog")) {
      event.preventDefault();
      event.stopImmediatePropagation();
      tick();
    }
  };

  const look = async () => {
    if (document.visibilityState === "visible" && over) {
      try {
        learn(await ask(false));
      } catch {
        /* Asked again when the person looks here again. */
      }
    }
  };

  document.addEventListener("DOMContentLoaded", async () => {
    if (!document.querySelector("[data-wagtail-sidebar], #wagtail-sidebar, .acc-body")) return;
    for (const name of ["keydown", "pointerdown", "input"]) document.addEventListener(name, act, { capture: true, passive: true });
    document.addEventListener("submit", hold, { capture: true });
    document.addEventListener("visibilitychange", look);
    window.addEventListener("focus", look);
    window.setInterval(tick, 1000);
    try {
      learn(await ask(false));
    } catch {
      /* The idle time of the page itself is good enough. */
    }
  });
})();
