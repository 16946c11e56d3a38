/** A number as pictures need it: hundredths of a pixel. */
export const px = (value: number): string => String(Math.round(value * 100) / 100);

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** A text from outside, safe inside SVG and HTML, attributes included; control characters become blanks. */
export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? '').replace(/[\u0000-\u001f\u007f-\u009f\ufffe\uffff]/g, ' ');

type Attributes = Readonly<Record<string, string | number>>;

const attributesText = (attributes: Attributes): string =>
  Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${typeof value === 'number' ? px(value) : escaped(value)}"`)
    .join('');

/** @param inner is markup already */
export const element = (name: string, attributes: Attributes, inner = ''): string =>
  inner === '' ? `<${name}${attributesText(attributes)}/>` : `<${name}${attributesText(attributes)}>${inner}</${name}>`;

export const label = (text: string, attributes: Attributes): string => element('text', attributes, escaped(text));

/** A picture that stands alone or inside a page. */
export function picture(title: string, { width, height }: { readonly width: number; readonly height: number }, inner: string): string {
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: `0 0 ${px(width)} ${px(height)}`,
    width,
    height,
    role: 'img',
    'font-family': 'system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, sans-serif',
    'font-size': 12,
  };
  const page = element('rect', { width, height, fill: '#ffffff' });
  return element('svg', attributes, `${element('title', {}, escaped(title))}${page}${inner}`);
}
