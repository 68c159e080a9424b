/**
 * Calls the function when a day is chosen: by a link to it, or by the row of a table that has such a link. What opens the link elsewhere, such as
 * Ctrl and a click, is left to the browser.
 * @param {(day: string, link: HTMLElement | SVGElement) => void} choose
 */
export function onDayChosen(choose) {
  document.addEventListener('click', (event) => {
    const target = /** @type {Element} */ (event.target);
    // Whoever marks a text in a row does not choose it.
    const row = String(getSelection()) === '' ? target.closest('tr') : null;
    const link = target.closest('a') ?? row?.querySelector('a');
    const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (link?.dataset.day !== undefined && isPlain) {
      event.preventDefault();
      choose(link.dataset.day, link);
    }
  });
}
