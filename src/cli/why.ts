import { Failure } from '../errors.ts';
import { kindNamed } from '../kinds.ts';
import { formatTable } from '../observe/format.ts';
import type { Context } from './context.ts';
import type { Answer } from './output.ts';

/** Everything known of one item of a flow, whatever the flow's kind calls an item. */
export async function why(context: Context, flowName: string, item: string): Promise<Answer> {
  const flow = await context.flow(flowName);
  const explain = kindNamed(flow.kind)?.why;
  if (explain === undefined) {
    throw new Failure({
      kind: 'stop',
      code: 'usage',
      happened: `Flows of kind ${flow.kind} cannot be asked why`,
      remedy: 'Look at: landfall status',
    });
  }
  const { sentence, lines, value } = await explain(flow, item, await context.database());
  const table = formatTable(
    [{ title: '' }, { title: '' }],
    lines.map(([subject, text]) => [`  ${subject}`, text]),
  );
  return { value, text: [sentence, table.slice(table.indexOf('\n') + 1)].join('\n') };
}
