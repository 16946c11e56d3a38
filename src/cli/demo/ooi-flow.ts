/** What the demo harvests: the first stream that the stand-in generates. */
export const DEMO_STREAM = { instrument: 'CE00SHBP-LJ01D-01-CTDBPN100', method: 'streamed', stream: 'ctdbp_no_sample' } as const;

export interface DemoStream {
  readonly name: string;
  /** Of the stand-in. */
  readonly api: string;
  /** Files that hold user name and token. */
  readonly user: string;
  readonly token: string;
  /** Folder of the stores. */
  readonly place: string;
}

/** The flow file of the demo's stream. Some rows come up to a day late; it looks back for half a day only, so that a refresh has something to find. Pure. */
export const demoStream = ({ name, api, user, token, place }: DemoStream): string => `# Written anew at every start of the demo.
name: ${name}
kind: ooi
description: The demo's miniature of an ocean observatory, one stream of it.
instrument: ${DEMO_STREAM.instrument}
stream:
  method: ${DEMO_STREAM.method}
  name: ${DEMO_STREAM.stream}
upstream:
  api: ${JSON.stringify(api)}
  user: { file: ${JSON.stringify(user)} }
  token: { file: ${JSON.stringify(token)} }
  look: 300ms
store:
  place: ${JSON.stringify(place)}
lookBack: 12h
`;

/** All streams of the demo together. Pure. */
export const demoSet = ({ name, api, user, token, place }: DemoStream): string => `# Written anew at every start of the demo.
name: ${name}
kind: ooi
description: Every stream of the demo's observatory.
streams: all
upstream:
  api: ${JSON.stringify(api)}
  user: { file: ${JSON.stringify(user)} }
  token: { file: ${JSON.stringify(token)} }
store:
  place: ${JSON.stringify(place)}
schedules:
  harvestAll: null
`;
