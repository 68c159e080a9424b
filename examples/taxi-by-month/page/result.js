import { formatDuration, formatName, formatValue, isExactNumber, sumOf } from './format.js';

/** @type {Partial<Record<keyof import('redshift-websocket-client').Timing, string>>} */
const STAGES = {
  waitingMs: 'Waiting to start',
  runningMs: 'Running in Redshift',
  eventMs: 'Delivering the event',
  fetchingMs: 'Fetching the rows',
  pushingMs: 'Sending the rows',
};

/** Shows a result in a panel: the total of each measure, the chart of one measure, the table, and the timing. */
export function showResult(root, chart, { columns, rows, truncated, timing }, durationMs, options) {
  const [result, notice, empty, data] = root.querySelectorAll('.result, .truncated, .empty, .data');
  result.hidden = false;
  notice.hidden = !truncated;
  empty.hidden = rows.length > 0;
  data.hidden = rows.length === 0;
  showTiming(root.querySelector('details'), timing, durationMs);
  if (rows.length > 0) {
    showTable(root.querySelector('.rows table'), columns, rows, options);
    showMeasures(root, columns, rows, (measure) => showChart(root, chart, columns[0], measure, rows, options));
  }
}

/** Shows the measures as radio buttons. Calls `onSelect` with the selected measure, now and when it changes. */
function showMeasures(root, columns, rows, onSelect) {
  const measures = columns.map((column, index) => ({ ...column, index })).filter(({ type, index }) => index > 0 && isExactNumber(type));
  const fieldset = root.querySelector('fieldset');
  const selected = measures.find(({ name }) => name === fieldset.querySelector(':checked')?.value) ?? measures[0];
  fieldset.replaceChildren(fieldset.firstElementChild, ...measures.map((measure) => {
    const { name, type, index } = measure;
    const radio = { type: 'radio', name: `${root.id}-measure`, value: name, checked: measure === selected, onchange: () => onSelect(measure) };
    const total = formatValue(sumOf(rows.map((row) => row[index])), type);
    return element('label', {}, element('input', radio), formatName(name), element('strong', {}, total));
  }));
  onSelect(selected);
}

/** Shows a measure as bars. The key of a row, its first value, is on the x-axis. */
function showChart(root, chart, keyColumn, { name, type, index }, rows, options) {
  const bars = rows.map((row) => ({
    x: options.positionOf(row[0]),
    y: Number(row[index]),
    name: options.formatKey(row[0]),
    value: formatValue(row[index], type),
    color: options.colorOf(row[0]),
    onClick: () => options.open?.(options.addressOf(row[0])),
  }));
  chart.draw(bars, { x: formatName(keyColumn.name), y: formatName(name) }, options.formatPosition);
  const ascending = bars.toSorted((left, right) => left.y - right.y);
  const [lowest, highest] = [ascending.at(0), ascending.at(-1)];
  const summary = `Highest: ${highest.name} (${highest.value}). Lowest: ${lowest.name} (${lowest.value}).`;
  root.querySelector('figcaption').textContent = `${summary} ${options.caption ?? ''}`;
}

function showTable(table, columns, rows, { formatKey, addressOf }) {
  const header = columns.map(({ name }) => element('th', { scope: 'col' }, formatName(name)));
  const body = rows.map(([key, ...values]) => element('tr', {},
    element('th', { scope: 'row' }, addressOf ? element('a', { href: addressOf(key) }, formatKey(key)) : formatKey(key)),
    ...values.map((value, index) => element('td', {}, formatValue(value, columns[index + 1].type)))));
  table.replaceChildren(element('thead', {}, element('tr', {}, ...header)), element('tbody', {}, ...body));
}

function showTiming(details, timing, durationMs) {
  const stages = Object.entries(STAGES).map(([key, name]) => ({ name, ms: timing[key] ?? 0 }));
  const sumMs = stages.reduce((sum, { ms }) => sum + ms, 0);
  // The timing of a stored result is that of an earlier query, so it can exceed the duration in this browser.
  stages.push({ name: 'Network and connection', ms: Math.max(0, durationMs - sumMs) });
  details.querySelector('summary').textContent = `Timing: ${formatDuration(durationMs)} in this browser`;
  details.querySelector('table').replaceChildren(...stages.map(({ name, ms }) => element('tr', {},
    element('th', { scope: 'row' }, name),
    element('td', {}, element('meter', { max: Math.max(sumMs, durationMs), value: ms })),
    element('td', {}, formatDuration(ms)))));
}

/** Creates an element. Children that are strings become text, never HTML. */
function element(name, properties, ...children) {
  const created = Object.assign(document.createElement(name), properties);
  created.append(...children);
  return created;
}
