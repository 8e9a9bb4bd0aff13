// Keeps the number on the bell up to date. It asks every two minutes, only while the page is looked at, and stops when
// the session has ended: asking is not activity, and must not look like it.
(() => {
    const EVERY = 120_000;
    const bell = () => document.querySelector('a[data-notices-unread]');

    const show = (unread) => {
        const link = bell();
        if (!link) return;
        link.dataset.noticesUnread = String(unread);
        link.setAttribute('aria-label', link.dataset.noticesWords.replace('#', String(unread)));
    };

    const ask = async () => {
        const link = bell();
        if (!link || document.hidden) return;
        let answer;
        try {
            answer = await fetch(link.dataset.noticesUrl, {
                headers: { Accept: 'application/json', 'X-Requested-With': 'XMLHttpRequest' },
                redirect: 'error',
            });
        } catch {
            return; // no network for a moment
        }
        if (answer.status === 401 || answer.status === 403) clearInterval(timer);
        else if (answer.ok) show((await answer.json()).unread);
    };

    const timer = setInterval(ask, EVERY);
})();
