import { storedNotices } from '../../src/ooi/notify/notices.ts';
import { Answers } from '../../src/ooi/products/answers.ts';
import { History } from '../../src/ooi/requests/history.ts';
import { Owed } from '../../src/ooi/requests/owed.ts';
import { Requests } from '../../src/ooi/requests/requests.ts';
import { Statuses } from '../../src/ooi/requests/status.ts';
import { attemptTime } from '../common/time.ts';
import type { QueueActivities, Wiring } from '../common/wiring.ts';
import { convertActivities } from './append.ts';
import { ooiEnvironment } from './environment.ts';
import { acceptedIn, fetchActivities } from './fetch.ts';
import { generationActivities } from './generation.ts';
import { memberActivities } from './members.ts';
import { notifyActivities } from './notify.ts';
import { productActivities } from './products.ts';
import { questionActivities, questionListActivities } from './questions.ts';
import { recordActivities } from './record.ts';
import { requestActivities } from './requests.ts';
import { rollbackActivities } from './rollback.ts';
import { slabActivities, slabRequestActivities } from './slabs.ts';
import { verifyActivities } from './verify.ts';

/** Builds what the activities of kind `ooi` need. */
export function ooiActivities(wiring: Wiring): QueueActivities {
  const { database, runs, hdf5, report, flows, settings, log, now } = wiring;
  const environment = ooiEnvironment(wiring);
  const history = new History(database);
  const requests = new Requests(database, history);
  const [owed, statuses] = [new Owed(database), new Statuses(database)];
  const acceptedAs = (table: string, id: string) => requests.acceptedAs(table, id);
  const convert = { environment, hdf5, report, now, acceptedAs };
  const answers = new Answers(database);
  const records = recordActivities({ environment, requests, owed, statuses, history, runs, now: attemptTime });
  return {
    control: { ...records, ...memberActivities({ flows }), ...questionListActivities({ flows, answers }) },
    request: {
      ...requestActivities({ environment, requests, statuses, now }),
      ...slabRequestActivities({ environment }),
      ...questionActivities({ environment, flows, answers, now }),
    },
    transfer: { ...fetchActivities({ environment, acceptedRequest: acceptedIn(requests), report }), ...records },
    convert: { ...convertActivities(convert), ...generationActivities(convert), ...rollbackActivities({ ...convert, statuses, history }) },
    notify: notifyActivities({ mail: settings.mail, notices: storedNotices(database), log, now }),
    verify: {
      ...verifyActivities({ environment }),
      ...slabActivities({ environment, hdf5 }),
      ...productActivities({ environment, flows, answers, now }),
    },
  };
}
