import type { Gap } from '../intervals.ts';
import { spanText } from '../time-text.ts';
import type { Envelope } from './envelope.ts';
import { linePath } from './line.ts';
import { element, label, picture, px } from './svg.ts';
import { timeTicks, valueTicks } from './ticks.ts';
import { type ValueRange, valueRange } from './value-range.ts';

/** Pixels between the axes: the columns that series are thinned to. */
export const PLOT_WIDTH = 800;
const WIDTH = 900;
const LEFT = 84;
const PANEL_HEIGHT = 170;
const PANEL_HEAD = 30;
const FOOT = 46;
const STRIP = 16;

/** Colours that people who see few colours can tell apart (Okabe and Ito, 2008). */
const COLOURS = {
  old: '#e69f00',
  new: '#0072b2',
  changed: '#c8102e',
  gap: '#e9ebee',
  grid: '#d9dde2',
  ink: '#1f2933',
  faint: '#5b6673',
} as const;

/** One series thinned, as a line. */
export interface Line {
  readonly name: 'old' | 'new';
  readonly envelope: Envelope;
  /** Rows by column: a column with rows and without values interrupts the line. */
  readonly rows: Uint32Array;
  readonly gaps: readonly Gap[];
}

export interface Panel {
  readonly title: string;
  /** At the right of the title. */
  readonly note: string;
  /** Drawn in this order. */
  readonly lines: readonly Line[];
  /** Rows that changed, by column. */
  readonly marks: Uint32Array | null;
}

/** Which stretches a store covers, as a bar below the panels. */
export interface Strip {
  readonly name: 'old' | 'new';
  readonly text: string;
  readonly first: number;
  readonly last: number;
  readonly gaps: readonly Gap[];
}

export interface Chart {
  readonly title: string;
  /** Seconds since 1900. */
  readonly extent: readonly [from: number, to: number];
  readonly panels: readonly Panel[];
  readonly strips: readonly Strip[];
  /** Shaded in all panels. */
  readonly gaps: readonly Gap[];
}

/** A picture as SVG, 900 pixels wide: panels above each other with one axis of time. */
export function drawChart({ title, extent, panels, strips, gaps }: Chart): string {
  const x = scaleOf(extent);
  const head = 56;
  const stripTop = head + panels.length * (PANEL_HEIGHT + PANEL_HEAD);
  const bottom = stripTop + strips.length * STRIP;
  const parts = [
    label(title, { x: 16, y: 24, 'font-size': 15, 'font-weight': 600, fill: COLOURS.ink }),
    legend(panels, gaps),
    ...panels.map((panel, at) => drawPanel(panel, head + at * (PANEL_HEIGHT + PANEL_HEAD), { x, extent, gaps })),
    ...strips.map((strip, at) => drawStrip(strip, stripTop + at * STRIP, x)),
    timeAxis(extent, bottom, x),
  ];
  return picture(title, { width: WIDTH, height: bottom + FOOT }, parts.join(''));
}

type Scale = (time: number) => number;

const scaleOf =
  ([from, to]: readonly [number, number]): Scale =>
  (time) =>
    LEFT + (to > from ? Math.max(0, Math.min(1, (time - from) / (to - from))) : 0.5) * PLOT_WIDTH;

interface Frame {
  readonly x: Scale;
  readonly extent: readonly [from: number, to: number];
  readonly gaps: readonly Gap[];
}

function drawPanel({ title, note, lines, marks }: Panel, top: number, { x, extent, gaps }: Frame): string {
  const plot = top + PANEL_HEAD;
  const height = PANEL_HEIGHT - 14;
  const range = valueRange(lines.map(({ envelope }) => envelope));
  const y = (value: number): number => plot + height - (range === null ? 0.5 : (value - range.low) / (range.high - range.low)) * height;
  return [
    label(title, { x: LEFT, y: plot - 11, 'font-weight': 600, fill: COLOURS.ink }),
    label(range?.isCut === true ? `${note}; spikes cut off` : note, {
      x: LEFT + PLOT_WIDTH,
      y: plot - 11,
      'text-anchor': 'end',
      fill: COLOURS.faint,
    }),
    ...gaps.map((gap) => gapBox(gap, { x, plot, height })),
    ...timeTicks(...extent).map(({ at }) => element('path', { d: `M${px(x(at))} ${px(plot)}v${px(height)}`, stroke: COLOURS.grid })),
    range === null
      ? label('no values', { x: LEFT + PLOT_WIDTH / 2, y: plot + height / 2, 'text-anchor': 'middle', fill: COLOURS.faint })
      : valueAxis(range, y),
    ...lines.map((line) => drawLine(line, y, range, extent)),
    marks === null ? '' : drawMarks(marks, plot),
    element('rect', { x: LEFT, y: plot, width: PLOT_WIDTH, height, fill: 'none', stroke: '#9aa5b1' }),
  ].join('');
}

/** What lies outside of the range (single spikes) is cut off at the frame. */
function drawLine(
  { name, envelope, rows, gaps }: Line,
  y: (value: number) => number,
  range: ValueRange | null,
  extent: readonly [number, number],
): string {
  if (range === null) return '';
  const within = (value: number): number => y(Math.max(range.low, Math.min(range.high, value)));
  return element('path', {
    d: linePath({ envelope, rows, gaps, extent, left: LEFT, y: within }),
    fill: 'none',
    stroke: COLOURS[name],
    'stroke-width': name === 'old' ? 3.2 : 1.3,
    'stroke-linejoin': 'round',
    'stroke-linecap': 'round',
  });
}

function gapBox(
  { after, before }: Gap,
  { x, plot, height }: { readonly x: Scale; readonly plot: number; readonly height: number },
): string {
  const width = x(before) - x(after);
  if (width < 0.5) return '';
  const text =
    width < 44
      ? ''
      : label(spanText(before - after), {
          x: x(after) + width / 2,
          y: plot + height - 6,
          'text-anchor': 'middle',
          'font-size': 10,
          fill: COLOURS.faint,
        });
  return element('rect', { x: x(after), y: plot, width: Math.max(1, width), height, fill: COLOURS.gap }) + text;
}

function valueAxis({ low, high }: ValueRange, y: (value: number) => number): string {
  return valueTicks(low, high, 5)
    .map(({ at, text }) => {
      const line = element('path', { d: `M${px(LEFT)} ${px(y(at))}h${px(PLOT_WIDTH)}`, stroke: COLOURS.grid });
      return line + label(text, { x: LEFT - 7, y: y(at) + 4, 'text-anchor': 'end', 'font-size': 11, fill: COLOURS.faint });
    })
    .join('');
}

function drawMarks(marks: Uint32Array, plot: number): string {
  let path = '';
  for (const [pixel, count] of marks.entries()) if (count > 0) path += `M${px(LEFT + pixel + 0.5)} ${px(plot)}l-3.5 -6h7z`;
  return path === '' ? '' : element('path', { d: path, fill: COLOURS.changed });
}

function drawStrip({ name, text, first, last, gaps }: Strip, top: number, x: Scale): string {
  const [y, height] = [top + 3, STRIP - 6];
  const bar = (from: number, to: number, fill: string): string =>
    element('rect', { x: x(from), y, width: Math.max(1, x(to) - x(from)), height, fill });
  const shown = gaps.filter(({ after, before }) => x(before) - x(after) >= 0.5);
  return [
    label(text, { x: LEFT - 7, y: y + 9, 'text-anchor': 'end', 'font-size': 11, fill: COLOURS.faint }),
    bar(first, last, COLOURS[name]),
    ...shown.map(({ after, before }) => bar(after, before, '#ffffff')),
  ].join('');
}

function timeAxis(extent: readonly [number, number], top: number, x: Scale): string {
  const ticks = timeTicks(...extent).map(({ at, text }) => {
    const line = element('path', { d: `M${px(x(at))} ${px(top)}v5`, stroke: COLOURS.faint });
    return line + label(text, { x: x(at), y: top + 18, 'text-anchor': 'middle', 'font-size': 11, fill: COLOURS.faint });
  });
  const name = label('time, UTC', { x: LEFT + PLOT_WIDTH, y: top + 36, 'text-anchor': 'end', 'font-size': 11, fill: COLOURS.faint });
  return ticks.join('') + name;
}

function legend(panels: readonly Panel[], gaps: readonly Gap[]): string {
  const names = new Set(panels.flatMap(({ lines }) => lines.map(({ name }) => name)));
  const entries: (readonly [symbol: (at: number) => string, text: string])[] = [];
  const line = (colour: string, width: number) => (at: number) =>
    element('path', { d: `M${px(at)} 41h18`, stroke: colour, 'stroke-width': width });
  if (names.size > 1) entries.push([line(COLOURS.old, 3.2), 'live store'], [line(COLOURS.new, 1.5), 'new store, drawn over it']);
  if (panels.some(({ marks }) => marks?.some((count) => count > 0) === true)) {
    entries.push([(at) => element('path', { d: `M${px(at + 9)} 45l-4 -7h8z`, fill: COLOURS.changed }), 'values changed']);
  }
  if (gaps.length > 0)
    entries.push([
      (at) => element('rect', { x: at, y: 36, width: 18, height: 10, fill: COLOURS.gap, stroke: '#c4cad1' }),
      names.size > 1 ? 'no rows in the new store' : 'no rows',
    ]);
  let at = 16;
  return entries
    .map(([symbol, text]) => {
      const drawn = symbol(at) + label(text, { x: at + 24, y: 45, 'font-size': 11, fill: COLOURS.faint });
      at += 24 + text.length * 6.2 + 22;
      return drawn;
    })
    .join('');
}
