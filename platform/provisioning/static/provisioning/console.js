/* The console without a reload: look-ups while typing, choosing rows, dropping a file. Everything works
   without it, too. Events are caught at the document, because Wagtail swaps the results of a listing. */
(() => {
  const TYPE_MS = 200;

  let typing;
  const lookUp = (input) => {
    const list = document.getElementById(input.getAttribute('list'));
    const asked = input.value.trim();
    window.clearTimeout(typing);
    if (!list || !asked || [...list.options].some((option) => option.value === asked)) return;
    typing = window.setTimeout(async () => {
      try {
        const answer = await fetch(`${input.dataset.consoleLookup}?q=${encodeURIComponent(asked)}`, {
          credentials: 'same-origin',
        });
        if (!answer.ok || input.value.trim() !== asked) return;
        const { results } = await answer.json();
        list.replaceChildren(
          ...results.map(({ value, note }) => {
            const option = document.createElement('option');
            option.value = value;
            option.label = note ? `${value} — ${note}` : value;
            return option;
          }),
        );
      } catch {
        /* one types the code */
      }
    }, TYPE_MS);
  };

  const showChosen = () => {
    const form = document.querySelector('[data-console-chosen]');
    if (!form) return;
    const boxes = [...document.querySelectorAll('[data-console-choose]')];
    const chosen = boxes.filter((box) => box.checked).length;
    const text = form.querySelector('[data-console-chosen-text]');
    text.textContent = chosen ? `${text.dataset.some} ${chosen}` : text.dataset.none;
    form.querySelector('[data-console-chosen-submit]').disabled = chosen === 0;
    const all = document.querySelector('[data-console-choose-page]');
    if (all) {
      all.checked = chosen > 0 && chosen === boxes.length;
      all.indeterminate = chosen > 0 && chosen < boxes.length;
    }
  };

  const makeDrop = (zone) => {
    const input = zone.querySelector('input[type=file]');
    const mark = (on) => zone.classList.toggle('console-drop--over', on);
    zone.classList.add('console-drop--ready');
    zone.querySelector('[data-console-drop-text]').hidden = false;
    zone.addEventListener('dragover', (event) => {
      event.preventDefault();
      mark(true);
    });
    zone.addEventListener('dragleave', () => mark(false));
    zone.addEventListener('drop', (event) => {
      event.preventDefault();
      mark(false);
      if (event.dataTransfer.files.length) input.files = event.dataTransfer.files;
    });
  };

  document.addEventListener('input', (event) => {
    if (event.target.matches('[data-console-lookup]')) lookUp(event.target);
  });
  document.addEventListener('change', (event) => {
    if (event.target.matches('[data-console-choose-page]')) {
      document.querySelectorAll('[data-console-choose]').forEach((box) => {
        box.checked = event.target.checked;
      });
    }
    if (event.target.matches('[data-console-choose], [data-console-choose-page]')) showChosen();
  });
  document.addEventListener('w-swap:success', showChosen);
  document.querySelectorAll('[data-console-drop]').forEach(makeDrop);
  showChosen();
})();
