import { ChartChoice } from './chart-choice.js';
import { chartData } from './chart-data.js';
import { drawChart } from './chart.js';
import { describeColumns, displayTotal } from './columns.js';
import { byId, html } from './dom.js';
import { showStages } from './stages.js';
import { showTable } from './table.js';

/** @typedef {import('./columns.js').ShownColumn} ShownColumn */
/** @typedef {import('./columns.js').Value} Value */
/** @typedef {import('./asking.js').Answer} Answer */
/** @typedef {import('./kinds.js').Kind} Kind */

const FIRST_MEASURE = 'trips';

/** Shows the answers of one kind: the sums, the chart, where the time went, the rows. */
export class AnswerView {
  /** @type {{ subject: string, columns: ShownColumn[], rows: readonly (readonly Value[])[] } | undefined} */
  #shown;
  /** @type {string | undefined} */
  #chosen;

  /** @param {Kind} kind */
  constructor(kind) {
    this.kind = kind;
    this.choice = new ChartChoice(this.#element('drawing'));
    this.#element('measure').addEventListener('change', () => this.#redrawChart());
    new ResizeObserver(() => this.#redrawChart()).observe(this.#element('chart'));
  }

  /**
   * Shows an answer in place of the one before.
   * @param {string} subject
   * @param {Answer} answer
   * @param {{ totalMs: number, isKept: boolean }} circumstances How long it took, and whether it was there before it was asked for.
   */
  show(subject, answer, { totalMs, isKept }) {
    const { inWords, where, unit } = this.kind;
    const rows = this.kind.complete(answer.columns, answer.rows);
    const columns = describeColumns(answer.columns, rows, this.kind.keyColumn);
    const isEmpty = rows.length === 0;
    this.#shown = { subject, columns, rows };
    this.#reveal(true);
    this.#element('title').textContent = inWords(subject);
    this.#say('empty', isEmpty ? `No trips ${where(subject)}` : '');
    this.#say('truncated', answer.truncated ? `The answer was too long: only its first ${rowsInWords(answer.rows.length)} are here, and the sums are of those.` : '');
    this.#element('rows').hidden = isEmpty;
    showTable(this.kind, this.#element('table'), `Trips by ${unit} ${where(subject)}`, columns, rows);
    this.#showFigures(columns, rows);
    this.#showMeasures(columns);
    this.#redrawChart();
    showStages(this.kind.prefix, `How long ${inWords(subject)} took${isKept ? ', when it was first asked for' : ''}`, answer.timing, totalMs);
  }

  /** Takes the answer away, because it is not the answer to what was asked last. */
  hide() {
    this.#shown = undefined;
    this.#reveal(false);
  }

  /**
   * Marks the row and the bar of a day as chosen.
   * @param {string | undefined} day
   */
  mark(day) {
    this.#chosen = day;
    for (const link of [this.#element('drawing'), this.#element('table')].flatMap((part) => [...part.querySelectorAll('[data-day]')])) {
      if (link.dataset.day === day) {
        link.setAttribute('aria-current', 'true');
      } else {
        link.removeAttribute('aria-current');
      }
    }
    this.choice.comeTo(day);
  }

  /**
   * @param {ShownColumn[]} columns
   * @param {readonly (readonly Value[])[]} rows
   */
  #showFigures(columns, rows) {
    const numbers = rows.length > 0 ? columns.filter((column) => column.isNumber) : [];
    this.#element('figures').hidden = numbers.length === 0;
    this.#element('figures').replaceChildren(...numbers.map((column) => (
      html('div', {}, html('dt', {}, column.label), html('dd', {}, displayTotal(rows, { ...column, scale: 0 })))
    )));
  }

  /** @param {ShownColumn[]} columns */
  #showMeasures(columns) {
    const select = this.#element('measure');
    const names = columns.filter((column) => column.isNumber);
    const wanted = [select.value, FIRST_MEASURE].find((name) => names.some((column) => column.name === name)) ?? names[0]?.name ?? '';
    select.replaceChildren(...names.map((column) => html('option', { value: column.name }, column.label)));
    select.value = wanted;
  }

  #redrawChart() {
    const shown = this.#shown;
    const key = shown?.columns.find((column) => column.name === this.kind.keyColumn);
    const measure = shown?.columns.find((column) => column.isNumber && column.name === this.#element('measure').value);
    if (shown === undefined || shown.rows.length === 0 || key === undefined || measure === undefined) {
      this.#element('chart').hidden = true;
      return;
    }
    this.#element('chart').hidden = false;
    const data = chartData(this.kind, shown.subject, key, measure, shown.rows);
    this.#element('sentence').textContent = data.sentence;
    this.choice.redraw(() => drawChart(this.#element('drawing'), data));
    this.mark(this.#chosen);
  }

  /** @param {boolean} isShown */
  #reveal(isShown) {
    this.#element('answer').hidden = !isShown;
    this.#element('details').hidden = !isShown;
  }

  /**
   * @param {string} name
   * @param {string} sentence
   */
  #say(name, sentence) {
    this.#element(name).textContent = sentence;
    this.#element(name).hidden = sentence === '';
  }

  /** @param {string} name */
  #element(name) {
    return byId(this.kind.prefix + name);
  }
}

/**
 * A number of rows in words: No rows, 1 row, 2,000 rows.
 * @param {number} count
 */
export function rowsInWords(count) {
  return count === 1 ? '1 row' : `${count === 0 ? 'No' : count.toLocaleString('en-US')} rows`;
}
