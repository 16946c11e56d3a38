import { z } from 'zod';

/** Answers of the facility nest a few levels. Parsing what is nested millions of times holds the event loop for seconds. */
const DEEPEST = 100;

/** undefined: it is no JSON, or nested deeper than any answer is. */
export function parseJson(text: string): unknown {
  if (isDeep(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const [QUOTE, BACKSLASH, OPEN, CLOSE] = [0x22, 0x5c, [0x5b, 0x7b], [0x5d, 0x7d]] as const;

function isDeep(text: string): boolean {
  let depth = 0;
  let isInText = false;
  for (let at = 0; at < text.length && depth <= DEEPEST; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) isInText = !isInText;
    else if (isInText) at += code === BACKSLASH ? 1 : 0;
    else if (code === OPEN[0] || code === OPEN[1]) depth += 1;
    else if (code === CLOSE[0] || code === CLOSE[1]) depth -= 1;
  }
  return depth > DEEPEST;
}

/**
 * A list whose items are looked at until one is wrong. A problem with every item of a list of millions, which `z.array` keeps, takes more
 * memory than there is.
 */
export const listOf = <Item>(item: z.ZodType<Item>) =>
  z.array(z.unknown()).transform((found, context): Item[] => {
    const items: Item[] = [];
    for (const [at, one] of found.entries()) {
      const read = item.safeParse(one);
      if (!read.success) {
        const [issue] = read.error.issues;
        context.addIssue({ code: 'custom', path: [at, ...(issue?.path ?? [])], message: issue?.message ?? 'it is not known' });
        return z.NEVER;
      }
      items.push(read.data);
    }
    return items;
  });
