/* The progress of a run without a reload (govsites/parts/progress.html). Everything works without it, too. */
(() => {
  const POLL_MS = 1000;

  const watch = (box) => {
    const bar = box.querySelector('progress');
    const text = box.querySelector('[role=status]');
    const again = (wait) => window.setTimeout(ask, wait);
    const ask = async () => {
      if (document.hidden) {
        again(POLL_MS);
        return;
      }
      try {
        const answer = await fetch(box.dataset.runProgress, {
          headers: { Accept: 'application/json' },
          credentials: 'same-origin',
        });
        if (!answer.ok || answer.redirected) throw new Error(answer.status);
        const state = await answer.json();
        if (state.percent === null) bar.removeAttribute('value');
        else bar.value = state.percent;
        text.textContent = state.text;
        if (state.over) {
          window.location.reload();
          return;
        }
        again(POLL_MS);
      } catch {
        again(5 * POLL_MS);
      }
    };
    again(POLL_MS);
  };

  document.querySelectorAll('[data-run-progress]').forEach(watch);
})();
