import { addressOf } from './address.js';
import { daysAfter, fullDayInWords } from './calendar.js';
import { byId } from './dom.js';
import { DAY } from './kinds.js';
import { Panel } from './panel.js';

/** The hours of a day, which are shown below the month while a day is chosen. */
export class DayPanel extends Panel {
  /** The drawing or the table where the day was chosen, in which the focus goes back when the panel is closed. */
  #opener = byId('month-drawing');

  /** @param {Panel['query']} query */
  constructor(query) {
    super(DAY, query, 'day-close');
  }

  /** @param {string} day */
  ask(day) {
    byId('day').hidden = false;
    byId('day-title').textContent = fullDayInWords(day);
    nameLink('day-before', daysAfter(day, -1));
    nameLink('day-after', daysAfter(day, 1));
    super.ask(day);
  }

  close() {
    super.close();
    byId('day').hidden = true;
  }

  /**
   * Brings the panel into view for whoever chose the day. In the table, which is far from it, the focus comes along.
   * @param {HTMLElement | SVGElement} link
   */
  comeFrom(link) {
    const origin = ['month-drawing', 'month-table'].map(byId).find((part) => part.contains(link));
    this.#opener = origin ?? this.#opener;
    if (origin === byId('month-table')) {
      byId('day-title').focus({ preventScroll: true });
    }
    const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    byId('day').scrollIntoView({ block: 'nearest', behavior: isCalm ? 'auto' : 'smooth' });
  }

  /** @param {() => void} close Called when the visitor does not want to see the day any more. */
  onClose(close) {
    const closeAndReturn = () => {
      const { subject } = this;
      close();
      this.#opener.querySelector(`[data-day="${subject}"]`)?.focus();
    };
    byId('day-close').addEventListener('click', closeAndReturn);
    byId('day').addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
      if (event.key === 'Escape') {
        closeAndReturn();
      }
    });
  }
}

/**
 * @param {string} id
 * @param {string} day
 */
function nameLink(id, day) {
  const link = byId(id);
  link.href = addressOf({ month: day.slice(0, 7), day });
  link.dataset.day = day;
  link.title = fullDayInWords(day);
}
