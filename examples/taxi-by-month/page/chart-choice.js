const STEPS = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

/** The bars of a chart that lead somewhere, as one stop of the Tab key: the arrow keys move between them. */
export class ChartChoice {
  /** @param {SVGSVGElement} drawing */
  constructor(drawing) {
    this.drawing = drawing;
    drawing.addEventListener('keydown', (event) => this.#moveBy(event));
    // An SVG element that listens to this itself could get the focus.
    drawing.parentElement?.addEventListener('focusin', (event) => this.#stopAt(this.#links().indexOf(/** @type {any} */ (event.target))));
  }

  /**
   * To be called around whatever draws the bars anew: the one that has the focus keeps it.
   * @param {() => void} draw
   */
  redraw(draw) {
    const focused = this.#links().indexOf(/** @type {any} */ (document.activeElement));
    draw();
    this.drawing.setAttribute('role', this.#links().length > 0 ? 'group' : 'img');
    this.#stopAt(Math.max(0, focused));
    if (focused >= 0) {
      this.#links()[focused]?.focus();
    }
  }

  /** @param {string | undefined} day The bar that the Tab key comes to. */
  comeTo(day) {
    this.#stopAt(this.#links().findIndex((link) => link.dataset.day === day));
  }

  /** @param {KeyboardEvent} event */
  #moveBy(event) {
    const links = this.#links();
    const from = links.indexOf(/** @type {any} */ (document.activeElement));
    const step = STEPS[/** @type {keyof typeof STEPS} */ (event.key)];
    const to = step === undefined ? { Home: 0, End: links.length - 1 }[event.key] : from + step;
    if (from >= 0 && to !== undefined && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      links[Math.min(links.length - 1, Math.max(0, to))].focus();
    }
  }

  /** @param {number} stop */
  #stopAt(stop) {
    if (stop >= 0) {
      this.#links().forEach((link, index) => link.setAttribute('tabindex', index === stop ? '0' : '-1'));
    }
  }

  /** @returns {SVGAElement[]} */
  #links() {
    return [.../** @type {NodeListOf<SVGAElement>} */ (this.drawing.querySelectorAll('a.slot'))];
  }
}
