import { settingsSchema } from './settings-schema.ts';
import { shapeOf } from './shape.ts';

export interface SettingRow {
  readonly name: string;
  /** The default as it would be written; null: none. */
  readonly unless: string | null;
  readonly meaning: string;
}

/** Every setting with its default and meaning, for help and documentation. */
export const settingsTable = (): readonly SettingRow[] =>
  Object.entries(shapeOf(settingsSchema).properties ?? {}).map(([name, { default: unless, description }]) => ({
    name,
    unless: typeof unless === 'string' ? unless : null,
    meaning: description ?? '',
  }));
