import { monthInWords } from './calendar.js';
import { chartData } from './chart-data.js';
import { drawChart } from './chart.js';
import { describeColumns, displayTotal } from './columns.js';
import { byId, html } from './dom.js';
import { showStages } from './stages.js';
import { showTable } from './table.js';

/** @typedef {import('./columns.js').ShownColumn} ShownColumn */
/** @typedef {import('./columns.js').Value} Value */

const DAY_COLUMN = 'pickup_date';
const FIRST_MEASURE = 'trips';

/** @type {{ month: string, columns: ShownColumn[], rows: Value[][] } | undefined} */
let shown;

/** Draws again whatever depends on a choice or on the width of the page. */
export function prepareAnswerView() {
  byId('measure').addEventListener('change', redrawChart);
  new ResizeObserver(redrawChart).observe(byId('chart'));
}

/**
 * Shows an answer in place of the one before.
 * @param {string} month
 * @param {import('./answer.js').Answer} answer
 * @param {number} totalMs
 */
export function showAnswer(month, answer, totalMs) {
  const rows = answer.rows;
  const columns = describeColumns(answer.columns, rows);
  const isEmpty = rows.length === 0;
  shown = { month, columns, rows };
  byId('answer').hidden = false;
  byId('answer-title').textContent = monthInWords(month);
  byId('empty').hidden = !isEmpty;
  byId('empty').textContent = isEmpty ? `No trips in ${monthInWords(month)}` : '';
  byId('table-region').hidden = isEmpty;
  showTable(byId('table'), captionOf(month, answer), columns, rows);
  showFigures(columns, isEmpty ? [] : rows);
  showMeasures(columns);
  redrawChart();
  showStages(answer.timing, totalMs);
}

/** Takes the answer away, because it is not the answer to what was asked last. */
export function hideAnswer() {
  shown = undefined;
  byId('answer').hidden = true;
}

/**
 * @param {string} month
 * @param {import('./answer.js').Answer} answer
 */
function captionOf(month, answer) {
  const caption = `Trips by day in ${monthInWords(month)}`;
  return answer.isTruncated ? `${caption}. The answer was too long: only its first rows are here.` : caption;
}

/**
 * @param {ShownColumn[]} columns
 * @param {Value[][]} rows
 */
function showFigures(columns, rows) {
  const numbers = rows.length > 0 ? columns.filter((column) => column.isNumber) : [];
  byId('figures').hidden = numbers.length === 0;
  byId('figures').replaceChildren(...numbers.map((column) => (
    html('div', {}, html('dt', {}, column.label), html('dd', {}, displayTotal(rows, { ...column, scale: 0 })))
  )));
}

/** @param {ShownColumn[]} columns */
function showMeasures(columns) {
  const select = byId('measure');
  const names = columns.filter((column) => column.isNumber);
  const wanted = [select.value, FIRST_MEASURE].find((name) => names.some((column) => column.name === name)) ?? names[0]?.name ?? '';
  select.replaceChildren(...names.map((column) => html('option', { value: column.name }, column.label)));
  select.value = wanted;
}

function redrawChart() {
  const day = shown?.columns.find((column) => column.name === DAY_COLUMN);
  const measure = shown?.columns.find((column) => column.isNumber && column.name === byId('measure').value);
  if (shown === undefined || shown.rows.length === 0 || day === undefined || measure === undefined) {
    byId('chart').hidden = true;
    return;
  }
  byId('chart').hidden = false;
  const data = chartData(shown.month, day, measure, shown.rows);
  byId('chart-sentence').textContent = data.sentence;
  drawChart(byId('chart-drawing'), data);
}
