import { generations } from '../ooi-generations.ts';
import { type PlotOptions, plot } from '../ooi-plot.ts';
import { answering, command, type Usage } from './usage.ts';

/** Tools of kind ooi: they look at the stores of streams, and change nothing. */
export function ooiCommands(usage: Usage): void {
  const ooi = command(usage.landfall, 'ooi', 'look at the stores of streams', 'ooi generations ce02shbp-ctd');
  command(ooi, 'generations', 'what can be rolled back to: every generation, and which is live', 'ooi generations ce02shbp-ctd')
    .argument('<flow>', 'name of a flow that is one stream')
    .action((flow: string) => answering(usage, (context) => generations(context, flow)));
  command(ooi, 'plot', 'draw a variable over time, with its gaps', 'ooi plot ce02shbp-ctd sea_water_temperature --out temperature.svg')
    .argument('<flow>', 'name of a flow that is one stream')
    .argument('<variable>', 'such as sea_water_temperature')
    .option('--out <file>', 'the picture, SVG; <flow>-<variable>.svg here when left out')
    .action((flow: string, variable: string, options: PlotOptions) =>
      answering(usage, (context) => plot(context, flow, variable, options)),
    );
}
