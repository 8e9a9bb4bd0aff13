// The one-time link: select it whole on focus, and copy it where the browser can.
const link = document.querySelector("[data-members-link]");
const copy = document.querySelector("[data-members-copy]");
if (link) {
    link.addEventListener("focus", () => link.select());
    if (copy && navigator.clipboard) {
        copy.hidden = false;
        copy.addEventListener("click", async () => {
            await navigator.clipboard.writeText(link.value);
            copy.querySelector("span").textContent = copy.dataset.done;
        });
    }
}
