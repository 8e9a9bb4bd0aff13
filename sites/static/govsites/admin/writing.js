/* Pasting from Word, WPS and web pages into a body of blocks: the clipboard goes to the server, blocks come back and are
   put in at the place of the caret, with undo. Plain text and small inline pastes stay with the text editor itself. */
(() => {
    "use strict";
    if (window.govsitesWriting) return;
    window.govsitesWriting = true;

    const settings = () => JSON.parse(document.getElementById("govsites-writing")?.textContent || "null");
    const words = () => settings()?.words || {};
    const make = (tag, attributes = {}, ...children) => {
        const element = document.createElement(tag);
        Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
        element.append(...children);
        return element;
    };

    /* Bodies: streams that hold paragraphs, tables and pictures */

    const isBody = (root) => {
        const known = root?.blockDef?.childBlockDefsByName;
        return Boolean(known && known.paragraph && known.table && known.image && root.children);
    };
    const bodies = () =>
        [...document.querySelectorAll('[id$="-root"]')].filter((element) => isBody(element.rootBlock)).map((e) => e.rootBlock);
    const placeOf = (target) => {
        for (const root of bodies()) {
            const child = root.children.find((entry) => entry.element.contains(target));
            if (child) return { root, id: child.id };
        }
        return null;
    };
    const pageId = () => {
        const found = /\/pages\/(?:(\d+)\/edit|add\/[^/]+\/[^/]+\/(\d+))\//.exec(window.location.pathname);
        return found ? found[1] || found[2] : null;
    };

    /* What goes to the server */

    const fromClipboard = (data) => {
        const files = [...data.files].filter((file) => file.type.startsWith("image/"));
        return { html: data.getData("text/html"), rtf: data.getData("text/rtf"), files };
    };
    const onlyPicture = (html) => {
        const body = new DOMParser().parseFromString(html, "text/html").body;
        return !body.textContent.trim() && body.querySelectorAll("img").length <= 1 && !body.querySelector("table");
    };
    const needsServer = ({ html, files }) => {
        if (!html) return files.length > 0;
        if (/data-draftail-content|data-draftjs-conductor/.test(html)) return false;
        const blocks = html.match(/<(p|div|li|h[1-6]|tr)[\s>]/gi) || [];
        return files.length > 0 || blocks.length > 1 || /<(table|img|h[1-6]|ul|ol)[\s>]|mso-|text-align|<o:p/i.test(html);
    };
    const ask = async (clipboard) => {
        const form = new FormData();
        const alone = clipboard.files.length && (!clipboard.html || onlyPicture(clipboard.html));
        if (clipboard.html && !alone) form.append("html", new Blob([clipboard.html]), "paste.html");
        if (clipboard.rtf && /file:|clip_image/i.test(clipboard.html || "")) form.append("rtf", new Blob([clipboard.rtf]), "paste.rtf");
        clipboard.files.forEach((file) => form.append("picture", file, file.name || "picture"));
        const answer = await fetch(settings().paste.replace("/0/", `/${pageId()}/`), {
            method: "POST",
            body: form,
            credentials: "same-origin",
            headers: { [window.wagtailConfig.CSRF_HEADER_NAME]: window.wagtailConfig.CSRF_TOKEN, Accept: "application/json" },
        });
        const content = await answer.json().catch(() => null);
        if (!answer.ok || !content) throw new Error(content?.error || words().failed);
        return content;
    };

    /* The bar at the foot of the window: working, done with undo, or what went wrong */

    let bar = null;
    const say = (text, { lost = [], undo = null, busy = false, wrong = false } = {}) => {
        bar?.remove();
        const kind = wrong ? "wrong" : lost.length ? "partly" : busy ? "busy" : "done";
        bar = make("div", { class: `writing-bar writing-bar--${kind}`, role: wrong ? "alert" : "status" });
        bar.append(make("p", {}, text));
        if (busy) bar.append(make("progress", { "aria-label": text }));
        if (lost.length) bar.append(make("ul", {}, ...lost.map((sentence) => make("li", {}, sentence))));
        if (!busy) {
            const actions = make("p", { class: "writing-bar__actions" });
            if (undo) {
                const button = make("button", { type: "button", class: "button button-small" }, words().undo);
                button.addEventListener("click", () => {
                    undo();
                    say(words().undone);
                });
                actions.append(button);
            }
            const close = make("button", { type: "button", class: "button button-small button-secondary" }, words().close);
            close.addEventListener("click", () => bar.remove());
            actions.append(close);
            bar.append(actions);
        }
        document.body.append(bar);
    };

    /* Putting the blocks in */

    const editorOf = (child) => (child && child.type === "paragraph" ? child.block.widget : null);
    const changed = (root) => {
        root.element.dispatchEvent(new Event("change", { bubbles: true }));
        window.dispatchEvent(new Event("resize")); // tables take their height from it
    };
    const intoText = (root, child, value) => {
        const { EditorState, Modifier, convertFromRaw } = window.DraftJS;
        const widget = editorOf(child);
        const before = widget.getState();
        const fragment = convertFromRaw(JSON.parse(value)).getBlockMap();
        const content = Modifier.replaceWithFragment(before.getCurrentContent(), before.getSelection(), fragment);
        widget.setState(EditorState.push(before, content, "insert-fragment"));
        changed(root);
        return () => {
            const now = root.children.find((entry) => entry.id === child.id);
            if (now) editorOf(now).setState(EditorState.push(editorOf(now).getState(), before.getCurrentContent(), "undo"));
            changed(root);
        };
    };
    const cutAtCaret = (widget) => {
        const { EditorState, Modifier } = window.DraftJS;
        let state = widget.getState();
        if (!state.getSelection().isCollapsed()) {
            const content = Modifier.removeRange(state.getCurrentContent(), state.getSelection(), "forward");
            state = EditorState.push(state, content, "remove-range");
        }
        return window.draftail.splitState(state);
    };
    const hasText = (state) => state.getCurrentContent().hasText() && state.getCurrentContent().getPlainText().trim() !== "";
    const asBlocks = (root, child, blocks) => {
        const { EditorState } = window.DraftJS;
        const widget = editorOf(child);
        const before = widget ? widget.getState() : null;
        const put = [];
        let at = child ? child.index + 1 : root.children.length;
        const insert = (block) => {
            const id = crypto.randomUUID ? crypto.randomUUID() : block.id;
            put.push(root.insert({ ...block, id }, at, { animate: false }).id);
            at += 1;
        };
        let emptied = null;
        let rest = null;
        if (widget) {
            const halves = hasText(before) ? cutAtCaret(widget) : null;
            if (halves && hasText(halves.stateBefore)) {
                widget.setState(halves.stateBefore);
            } else {
                emptied = { type: "paragraph", id: child.id };
            }
            rest = halves && hasText(halves.stateAfter) ? halves.stateAfter : null;
        }
        blocks.forEach(insert);
        if (rest) insert({ type: "paragraph", value: rest });
        if (emptied) root.deleteBlock(child.index, { animate: false });
        changed(root);
        root.children.find((entry) => entry.id === put[0])?.element.scrollIntoView({ block: "nearest" });
        return () => {
            const gone = root.children.filter((entry) => put.includes(entry.id));
            const first = gone.length ? gone[0].index : root.children.length;
            gone.reverse().forEach((entry) => root.deleteBlock(entry.index, { animate: false }));
            if (emptied) {
                root.insert({ ...emptied, value: before }, Math.min(first, root.children.length), { animate: false, focus: true });
            } else if (before) {
                const now = root.children.find((entry) => entry.id === child.id);
                if (now) editorOf(now).setState(EditorState.push(editorOf(now).getState(), before.getCurrentContent(), "undo"));
            }
            changed(root);
        };
    };
    const take = async (clipboard, { root, id }) => {
        const late = window.setTimeout(() => say(words().working, { busy: true }), 300);
        try {
            const { blocks, said, lost } = await ask(clipboard);
            window.clearTimeout(late);
            if (!blocks.length) {
                say(words().nothing, { lost, wrong: true });
                return;
            }
            const child = root.children.find((entry) => entry.id === id);
            const textAlone = blocks.length === 1 && blocks[0].type === "paragraph" && editorOf(child);
            const undo = textAlone ? intoText(root, child, blocks[0].value) : asBlocks(root, child, blocks);
            say(words().done.replace("%(what)s", said), { lost, undo });
        } catch (error) {
            window.clearTimeout(late);
            say(error.message || words().failed, { wrong: true });
        }
    };

    // In a text of the body, or with no field in focus at all: then it goes where the person was last, or to the end.
    let lastPlace = null;
    document.addEventListener("focusin", (event) => {
        lastPlace = placeOf(event.target) || lastPlace;
    });
    const lastIn = (root) => (lastPlace && lastPlace.root === root ? lastPlace.id : root.children[root.children.length - 1]?.id);
    const pasteTarget = (target) => {
        if (target.closest?.(".Draftail-Editor")) return placeOf(target);
        if (target.closest?.("input, textarea, select, [contenteditable], dialog, [role=dialog], .handsontable")) return null;
        const [root] = bodies();
        return root ? { root, id: lastIn(root) } : null;
    };
    document.addEventListener(
        "paste",
        (event) => {
            if (!event.clipboardData || !settings() || !pageId()) return;
            const place = pasteTarget(event.target);
            const clipboard = fromClipboard(event.clipboardData);
            if (!place || !needsServer(clipboard)) return;
            event.preventDefault();
            event.stopImmediatePropagation();
            take(clipboard, place);
        },
        true,
    );

    /* The visible way: a button above the body opens a box to paste into */

    const dialogFor = (root, opener) => {
        const area = make("div", {
            class: "writing-area", contenteditable: "true", role: "textbox", "aria-multiline": "true", "aria-label": words().area, tabindex: "0",
        });
        const insert = make("button", { type: "button", class: "button" }, words().insert);
        const cancel = make("button", { type: "button", class: "button button-secondary" }, words().cancel);
        const dialog = make(
            "dialog", { class: "writing-dialog", "aria-labelledby": "writing-title" },
            make("h2", { id: "writing-title", class: "w-h3" }, words().title),
            make("p", {}, words().help), area, make("p", { class: "writing-dialog__actions" }, insert, cancel),
        );
        const done = (clipboard) => {
            dialog.close();
            if (clipboard) take(clipboard, { root, id: lastIn(root) });
        };
        area.addEventListener("paste", (event) => {
            const clipboard = event.clipboardData ? fromClipboard(event.clipboardData) : null;
            if (!clipboard || !(clipboard.html || clipboard.files.length)) return; // the browser pastes, the button takes
            event.preventDefault();
            done(clipboard);
        });
        insert.addEventListener("click", () => done(area.textContent.trim() || area.querySelector("img") ? { html: area.innerHTML, rtf: "", files: [] } : null));
        cancel.addEventListener("click", () => done(null));
        dialog.addEventListener("close", () => {
            dialog.remove();
            opener.focus();
        });
        document.body.append(dialog);
        dialog.showModal();
        area.focus();
    };
    const addButton = (root) => {
        if (root.element.querySelector(":scope > .writing-open") || !settings() || !pageId()) return;
        const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
        use.setAttribute("href", "#icon-clipboard-list");
        const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
        icon.setAttribute("class", "icon icon-clipboard-list");
        icon.setAttribute("aria-hidden", "true");
        icon.append(use);
        const button = make("button", { type: "button", class: "button button-small button-secondary writing-open" }, icon, words().button);
        button.addEventListener("click", () => dialogFor(root, button));
        root.element.prepend(button);
    };
    document.addEventListener("w-block:ready", () => bodies().forEach(addButton));
    document.addEventListener("DOMContentLoaded", () => bodies().forEach(addButton));
})();
