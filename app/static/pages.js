// What pages without the map need of a script: the reader's display settings, and showing a password.
(() => {
  // Kept by the map's “Aa” panel; see frontend/src/settings.ts.
  try {
    const { theme, text } = JSON.parse(localStorage.getItem('diaba.display') ?? '{}');
    if (theme && theme !== 'system') document.documentElement.dataset.theme = theme;
    if (text) document.documentElement.dataset.text = text;
  } catch {
    // A browser that keeps nothing shows the page as the system says.
  }

  function addShowButton(input) {
    const { show, hide } = input.dataset;
    const row = document.createElement('div');
    row.className = 'password';
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'button';
    button.textContent = show;
    button.setAttribute('aria-controls', input.id);
    button.addEventListener('click', () => {
      const hidden = input.type === 'password';
      input.type = hidden ? 'text' : 'password';
      button.textContent = hidden ? hide : show;
    });
    // What is shown must not stay in the browser's memory of filled-in text.
    input.form.addEventListener('submit', () => {
      input.type = 'password';
    });
    input.replaceWith(row);
    row.append(input, button);
  }

  addEventListener('DOMContentLoaded', () => {
    for (const input of document.querySelectorAll('input[data-show]')) addShowButton(input);
  });
})();
