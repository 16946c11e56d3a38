import type { Settings } from './settings.ts';

/** Options for a client's or a worker's connection to Temporal alike, with the secrets in the clear: never to be logged. */
export function temporalConnection({ temporal: { apiKey, tls } }: Settings, address: string) {
  return {
    address,
    ...(apiKey === undefined ? {} : { apiKey: apiKey.reveal() }),
    ...(tls === undefined
      ? // Said plainly: left out, an API key alone would make the SDK turn TLS on, whatever TEMPORAL_TLS says.
        { tls: false }
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
