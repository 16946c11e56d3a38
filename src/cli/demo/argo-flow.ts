/** Small beside the default: a miniature has few profiles, and its bar moves with every batch. */
const BATCH = 60;

/** The demo's flow file. A check does not spare the stand-in as it spares a centre's server. It is YAML as anybody would write it; strings that hold paths and addresses are quoted. Pure. */
export const demoFlow = (name: string, rsync: string, mirror: string): string => `# Written anew at every start of the demo.
name: ${name}
kind: argo
description: The demo's miniature of an Argo data centre.
upstream:
  rsync: ${JSON.stringify(rsync)}
mirror: ${JSON.stringify(mirror)}
load:
  batch: ${BATCH}
verify:
  pace: 1s
`;
