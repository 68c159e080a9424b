import { formatCompact } from './format.js';
import uPlot from './uplot/uPlot.esm.js';

const HEIGHT = 240;

/**
 * A bar chart that follows the width of its element and the color scheme.
 * @typedef {{ x: number, y: number, name: string, value: string, color: string, onClick?: () => void }} Bar The color is a CSS property.
 */
export class BarChart {
  constructor(element) {
    this.element = element;
    new ResizeObserver(() => this.chart?.setSize(this.size())).observe(element);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.chart?.redraw());
  }

  /**
   * Draws bars in place of the previous ones.
   * @param {Bar[]} bars
   * @param {{ x: string, y: string }} labels
   * @param {(x: number) => string} formatX
   */
  draw(bars, labels, formatX) {
    this.chart?.destroy();
    const axis = { stroke: () => this.color('--muted'), ticks: { show: false } };
    const fill = { unit: 3, values: () => bars.map(({ color }) => this.color(color)) };
    const chart = new uPlot({
      ...this.size(),
      scales: {
        x: { time: false, range: [bars[0].x - 0.5, bars[bars.length - 1].x + 0.5] },
        y: { range: { min: { soft: 0, mode: 1 }, max: { pad: 0.1 } } },
      },
      axes: [
        { ...axis, size: 30, grid: { show: false }, incrs: [1, 2, 3, 6, 10], values: (_chart, ticks) => ticks.map(formatX) },
        { ...axis, grid: { width: 1, stroke: () => this.color('--line') }, values: (_chart, ticks) => ticks.map((tick) => formatCompact(tick)) },
      ],
      series: [
        { label: labels.x, value: (_chart, _x, _series, index) => bars[index]?.name ?? '–' },
        {
          label: labels.y,
          value: (_chart, _y, _series, index) => bars[index]?.value ?? '–',
          width: 0,
          points: { show: false },
          paths: uPlot.paths.bars({ size: [0.75, 100], radius: 0.1, disp: { fill } }),
        },
      ],
      cursor: { y: false, points: { show: false }, drag: { x: false } },
    }, [bars.map(({ x }) => x), bars.map(({ y }) => y)], this.element);
    chart.over.addEventListener('click', () => bars[chart.cursor.idx]?.onClick?.());
    this.chart = chart;
  }

  size() {
    return { width: this.element.clientWidth, height: HEIGHT };
  }

  /** Resolves a CSS property in the current color scheme: a canvas accepts neither var() nor light-dark(). */
  color(property) {
    this.element.style.outlineColor = `var(${property})`;
    return getComputedStyle(this.element).outlineColor;
  }
}
