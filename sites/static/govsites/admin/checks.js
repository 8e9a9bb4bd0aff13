// The checks beside the page editor: the report in the side panel, and each finding at its own place in the form.
// The server checks the last saved draft; autosave keeps that close to what is on the screen. A remedy changes the
// stored draft, so whatever was typed is saved first and the page is loaded again afterwards.
document.addEventListener('DOMContentLoaded', () => {
    const root = document.querySelector('[data-checks]');
    const form = document.querySelector('[data-edit-form]');
    if (!root || !form) return;

    const BACK = 'govsites:checks-back';
    const SAVING_LIMIT = 10_000;
    const SETTLING = 1_000; // a rich text hands its words to the form a moment after they were typed
    const panel = root.closest('[data-side-panel]');
    const toggle = document.querySelector('[data-side-panel-toggle="text-checks"]');
    const status = root.querySelector('[data-checks-status]');
    const list = root.querySelector('[data-checks-list]');
    const counts = root.querySelector('[data-checks-counts]');
    const together = root.querySelector('[data-checks-all]');
    let early = false; // typed before Wagtail began to watch the form: only a later saving takes it along
    let touched = 0;
    let shown = false;
    let asked = 0;

    const say = (text) => { status.textContent = text; };
    const pageId = () => (form.action.match(/\/pages\/(\d+)\/edit\//) || [])[1];
    const address = (name) => root.dataset[`checks${name}`].replace('/0/', `/${pageId()}/`);
    const make = (tag, classes, text = '') => {
        const made = document.createElement(tag);
        if (classes) made.className = classes;
        made.textContent = text;
        return made;
    };

    // The block a finding stands in, else the panel of its field.
    const placeOf = (finding) => {
        const name = (value) => `[data-contentpath="${CSS.escape(value)}"]`;
        const field = form.querySelector(name(finding.field)) || document.getElementById(`panel-child-content-${finding.field}-section`);
        const within = field || form;
        return (finding.block && (within.querySelector(name(finding.block)) || form.querySelector(name(finding.block)))) || field;
    };

    const show = (finding) => {
        const place = placeOf(finding);
        if (!place) return;
        const tab = place.closest('[role="tabpanel"]');
        if (tab && tab.hidden) document.querySelector(`[role="tab"][aria-controls="${tab.id}"], [role="tab"][href="#${tab.id}"]`)?.click();
        place.scrollIntoView({ block: 'center', behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth' });
        place.classList.add('checks-shown');
        setTimeout(() => place.classList.remove('checks-shown'), 2500);
        place.querySelector('[contenteditable="true"], input:not([type="hidden"]), textarea, select, button')?.focus({ preventScroll: true });
    };

    // Wagtail's own controllers say whether the form differs from what is stored; their events come a second too late.
    const controller = (name) => window.wagtail.app.getControllerForElementAndIdentifier(form, name);
    const isSaved = () => {
        const watcher = controller('w-unsaved');
        const saver = controller('w-autosave');
        if (early || Date.now() - touched < SETTLING || !watcher || !watcher.initialFormData || saver?.submitPromise) return false;
        return !watcher.forceValue && watcher.initialFormData === watcher.formData;
    };

    const saved = async () => {
        const last = Date.now() + SAVING_LIMIT;
        while (!isSaved()) {
            if (Date.now() > last) throw new Error(root.dataset.saidSaving);
            await new Promise((resolve) => { setTimeout(resolve, 200); });
        }
    };

    const send = async (name, keys) => {
        try {
            await saved();
            const body = new URLSearchParams(keys.map((key) => ['key', key]));
            const token = form.querySelector('[name="csrfmiddlewaretoken"]').value;
            const answer = await fetch(address(name), { method: 'POST', body, headers: { Accept: 'application/json', 'X-CSRFToken': token } });
            const said = await answer.json();
            if (!answer.ok) throw new Error(said.error || root.dataset.saidFailed);
            return said;
        } catch (error) {
            say(error instanceof SyntaxError || error instanceof TypeError ? root.dataset.saidFailed : error.message);
            return null;
        }
    };

    const mend = async (keys, finding) => {
        if (!(await send('Apply', keys))) return;
        sessionStorage.setItem(BACK, JSON.stringify(finding || {}));
        location.reload();
    };

    const button = (label, classes, act) => {
        const made = make('button', `button button-small ${classes}`, label);
        made.type = 'button';
        made.addEventListener('click', act);
        return made;
    };

    const buttonsOf = (finding) => {
        const buttons = [];
        if (finding.remedy) buttons.push(button(finding.remedy_label, '', () => mend([finding.key], finding)));
        if (finding.can_ignore) {
            buttons.push(button(root.dataset.saidIgnore, 'button-secondary', async () => {
                if (await send('Ignore', [finding.key])) run();
            }));
        }
        return buttons;
    };

    // In the panel: the words around the place, and a way to it.
    const card = (finding) => {
        const item = make('li', `checks-finding checks-finding--${finding.severity}`);
        const head = make('p', '');
        head.append(make('b', 'checks-severity', finding.severity_label), ` ${finding.field_label}`);
        item.append(head, make('p', '', finding.message));
        if (finding.excerpt) {
            const line = make('p', 'checks-excerpt');
            const text = make('bdi', '');
            text.append(finding.around[0], make('mark', '', finding.excerpt), finding.around[1]);
            line.append(text);
            item.append(line);
        }
        const buttons = make('div', 'checks-buttons');
        buttons.append(...buttonsOf(finding), button(root.dataset.saidShow, 'button-secondary', () => show(finding)));
        item.append(buttons);
        return item;
    };

    // At the place itself: one line.
    const line = (finding) => {
        const item = make('li', `checks-finding checks-finding--${finding.severity}`);
        const said = make('span', '');
        said.append(make('b', 'checks-severity', finding.severity_label), ' ');
        if (finding.excerpt && !finding.message.includes(finding.excerpt)) said.append(make('mark', '', finding.excerpt), ' ');
        said.append(finding.message);
        item.append(said, ...buttonsOf(finding));
        return item;
    };

    const clearMarks = () => form.querySelectorAll('.checks-marks').forEach((mark) => mark.remove());

    const mark = (findings) => {
        clearMarks();
        const byPlace = new Map();
        findings.forEach((finding) => {
            const place = placeOf(finding);
            if (place) byPlace.set(place, [...(byPlace.get(place) || []), finding]);
        });
        byPlace.forEach((here, place) => {
            const box = make('section', 'checks-marks');
            box.setAttribute('aria-label', root.dataset.saidMarks);
            const cards = make('ol', 'checks-list');
            here.forEach((finding) => cards.append(line(finding)));
            box.append(cards);
            // Inside the block's own content, so that it folds and moves with it.
            const inside = place.querySelector('.w-panel__content') || place.querySelector('.w-field__wrapper') || place;
            inside.append(box);
        });
    };

    const everything = (findings) => {
        together.replaceChildren();
        [['mask', root.dataset.saidMaskAll], ['replace', root.dataset.saidReplaceAll]].forEach(([remedy, label]) => {
            const keys = findings.filter((finding) => finding.remedy === remedy && finding.severity !== 'hint').map((finding) => finding.key);
            if (keys.length > 1) together.append(button(label.replace('#', String(keys.length)), '', () => mend(keys)));
        });
    };

    const display = (report) => {
        const total = Object.values(report.counts).reduce((sum, count) => sum + count, 0);
        counts.hidden = total === 0;
        Object.entries(report.counts).forEach(([name, count]) => { root.querySelector(`[data-checks-count="${name}"]`).textContent = String(count); });
        const counter = toggle?.querySelector('[data-side-panel-toggle-counter]');
        if (counter) {
            counter.textContent = String(total);
            counter.hidden = total === 0;
        }
        list.replaceChildren(...report.findings.map(card));
        everything(report.findings);
        mark(report.findings);
        say(total ? '' : root.dataset.saidNone);
    };

    async function run() {
        if (!pageId()) { say(root.dataset.saidFirst); return; }
        asked += 1;
        const number = asked;
        try {
            await saved();
            const answer = await fetch(address('Page'), { headers: { Accept: 'application/json' } });
            if (!answer.ok) throw new TypeError(String(answer.status));
            const report = await answer.json();
            if (number !== asked) return; // a newer run has been asked for
            shown = true;
            display(report);
        } catch (error) {
            say(error instanceof TypeError || error instanceof SyntaxError ? root.dataset.saidFailed : error.message);
        }
    }

    ['input', 'keydown', 'paste', 'drop'].forEach((name) => form.addEventListener(name, (event) => {
        if (event.target.closest('.checks-marks')) return;
        touched = Date.now();
        if (name !== 'keydown' && !controller('w-unsaved')?.initialFormData) early = true;
    }, true));
    document.addEventListener('w-autosave:success', () => {
        early = false;
        if (shown) say(root.dataset.saidOld);
    });
    root.querySelector('[data-checks-run]').addEventListener('click', run);
    panel?.addEventListener('show', () => { if (!shown) run(); });

    // After a remedy the page was loaded again: open the panel, run once more, and go back to the place.
    const back = sessionStorage.getItem(BACK);
    sessionStorage.removeItem(BACK);
    if (back) {
        addEventListener('load', async () => {
            panel?.dispatchEvent(new CustomEvent('open'));
            await run();
            const finding = JSON.parse(back);
            if (finding.field) show(finding);
        });
    }
});
