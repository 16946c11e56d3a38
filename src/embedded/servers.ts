import { ferretdbProgram, installedFerretdb } from './ferretdb.ts';
import { mongodProgram } from './mongod.ts';
import { installedPostgres, type PostgresProgram, postgresProgram } from './postgres-install.ts';
import type { Report } from './progress.ts';
import { installedTemporal, temporalProgram } from './temporal.ts';
import { installedVersitygw, versitygwProgram } from './versitygw.ts';

/** Servers that are not ours to start, by address. */
export interface Configured {
  readonly temporalAddress?: string;
  readonly mongodbUri?: string;
  /** The S3 server's base address. */
  readonly s3Endpoint?: string;
}

export type DatabasePrograms =
  | { readonly kind: 'mongod'; readonly mongod: string }
  | { readonly kind: 'ferretdb'; readonly ferretdb: string; readonly postgres: PostgresProgram };

export interface Programs {
  readonly temporal: string | null;
  readonly database: DatabasePrograms | null;
  readonly versitygw: string | null;
}

/** Which programs are here, without installing any; null for what the next start installs. A `mongod` makes the other two needless. */
export function installedPrograms(): Readonly<Record<'temporal' | 'mongod' | 'ferretdb' | 'postgres' | 'versitygw', string | null>> {
  return {
    temporal: installedTemporal(),
    mongod: mongodProgram(),
    ferretdb: installedFerretdb(),
    postgres: installedPostgres(),
    versitygw: installedVersitygw(),
  };
}

/**
 * Finds or installs the programs of all servers that are not configured, side by side. All settle before a failure is thrown.
 * @param s3  whether the S3 server is wanted too: not every flow keeps objects.
 */
export async function findPrograms(report: Report, configured: Configured, { s3 }: { readonly s3: boolean }): Promise<Programs> {
  const [temporal, database, versitygw] = await Promise.allSettled([
    configured.temporalAddress === undefined ? temporalProgram(report) : null,
    configured.mongodbUri === undefined ? databasePrograms(report) : null,
    s3 && configured.s3Endpoint === undefined ? versitygwProgram(report) : null,
  ]);
  if (temporal.status === 'rejected') throw temporal.reason;
  if (database.status === 'rejected') throw database.reason;
  if (versitygw.status === 'rejected') throw versitygw.reason;
  return { temporal: temporal.value, database: database.value, versitygw: versitygw.value };
}

async function databasePrograms(report: Report): Promise<DatabasePrograms> {
  const mongod = mongodProgram();
  if (mongod !== null) return { kind: 'mongod', mongod };
  const [ferretdb, postgres] = await Promise.allSettled([ferretdbProgram(report), postgresProgram(report)]);
  if (ferretdb.status === 'rejected') throw ferretdb.reason;
  if (postgres.status === 'rejected') throw postgres.reason;
  return { kind: 'ferretdb', ferretdb: ferretdb.value, postgres: postgres.value };
}
