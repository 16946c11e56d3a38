import type { Settings } from './settings.ts';

/** Options for a client's or a worker's connection to Temporal alike, with the secrets in the clear: never to be logged. */
export function temporalConnection({ temporal: { apiKey, tls } }: Settings, address: string) {
  return {
    address,
    ...(apiKey === undefined ? {} : { apiKey: apiKey.reveal() }),
    ...(tls === undefined
      ? {}
      : {
          tls: {
            ...(tls.serverCa === undefined ? {} : { serverRootCACertificate: Buffer.from(tls.serverCa) }),
            ...(tls.serverName === undefined ? {} : { serverNameOverride: tls.serverName }),
            ...(tls.client === undefined
              ? {}
              : { clientCertPair: { crt: Buffer.from(tls.client.certificate), key: Buffer.from(tls.client.key.reveal()) } }),
          },
        }),
  };
}
