// The work list by keyboard: arrows move, the space bar previews in place, Enter opens.
(() => {
  const table = document.getElementById('dossiers');
  const preview = document.getElementById('preview');
  if (!table || !preview) return;
  const rows = [...table.querySelectorAll('tbody tr')];
  let asked = 0;

  async function show(row) {
    const mine = ++asked;
    for (const other of rows) other.classList.toggle('chosen', other === row);
    const response = await fetch(row.dataset.preview, { headers: { Accept: 'text/html' } }).catch(() => null);
    if (mine !== asked) return; // another row was chosen in the meantime
    if (!response?.ok) {
      // Signed out, or no network: the page itself says which.
      if (response) location.assign(row.querySelector('a').href);
      return;
    }
    preview.innerHTML = await response.text();
    preview.classList.remove('empty');
  }

  const wide = () => getComputedStyle(preview).position === 'sticky';
  const link = (row) => row.querySelector('th a');

  table.addEventListener('keydown', (event) => {
    const row = event.target.closest('tbody tr');
    if (!row || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.code];
    if (step) {
      event.preventDefault();
      const next = rows[rows.indexOf(row) + step];
      if (next) link(next).focus();
    } else if (event.code === 'Space') {
      event.preventDefault();
      void show(row);
    }
  });

  table.addEventListener('click', (event) => {
    const row = event.target.closest('tbody tr');
    if (!row || !wide() || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const target = event.target.closest('a');
    if (target && target === link(row)) return;
    event.preventDefault();
    void show(row);
  });
})();
