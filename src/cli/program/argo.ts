import { argoTranslate } from '../argo-translate.ts';
import { command, type Usage } from './usage.ts';

/** Tools of kind argo. */
export function argoCommands({ landfall }: Usage): void {
  const argo = command(landfall, 'argo', 'tools for Argo profile files; they need no server', 'argo translate --root mirror');
  const what = 'what profile files, or a whole tree, become: one JSON line a profile, in load order';
  command(argo, 'translate', what, 'argo translate --root mirror aoml/13857/profiles/R13857_001.nc')
    .argument('[files...]', 'relative to the root, or absolute; none: the whole tree')
    .option('--root <folder>', 'the level that holds the folders of the centres', '.')
    .action((files: string[], options: { root: string }) => argoTranslate(options.root, files));
}
