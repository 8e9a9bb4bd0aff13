/* Proposes the address of a new column while its title is typed, as long as nobody wrote one. Without it the server does. */
(() => {
  const form = document.querySelector('[data-slug-url]');
  if (!form) return;
  const title = form.elements.title;
  const parent = form.elements.parent_id;
  const slug = form.elements.slug;
  let proposed = '';
  const propose = async () => {
    if (slug.value && slug.value !== proposed) return;
    const query = new URLSearchParams({ title: title.value, parent: parent.value });
    const answer = await fetch(`${form.dataset.slugUrl}?${query}`, { headers: { Accept: 'application/json' } });
    if (!answer.ok) return;
    proposed = (await answer.json()).slug;
    slug.value = proposed;
  };
  title.addEventListener('change', propose);
  parent.addEventListener('change', propose);
})();
