// The page's one polite voice for screen readers.

let timer = 0;

/** Says a sentence when the reader pauses; a later sentence replaces one that was not said yet. */
export function announce(sentence: string, delay = 150): void {
  window.clearTimeout(timer);
  timer = window.setTimeout(() => {
    const region = document.getElementById('live');
    if (!region) return;
    region.textContent = '';
    // A region that gets the same words twice stays silent unless it was emptied in between.
    window.setTimeout(() => {
      region.textContent = sentence;
    }, 30);
  }, delay);
}
