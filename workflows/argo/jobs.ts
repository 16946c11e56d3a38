/** The jobs of kind `argo`: names as they are typed in the Web UI and in `landfall run`. */
export { mirror } from './mirror.ts';
export { reload } from './reload.ts';
