import { once } from 'node:events';
import { createServer } from 'node:http';

export interface Webhook {
  readonly url: string;
  /** Bodies that came, in their order. */
  readonly messages: string[];
  stop(): void;
}

/** What a flow may tell people by; it keeps all that comes. */
export async function startWebhook(): Promise<Webhook> {
  const messages: string[] = [];
  const server = createServer((request, response) => {
    request.setEncoding('utf8');
    let text = '';
    request.on('data', (part: string) => {
      text += part;
    });
    request.on('end', () => {
      messages.push(text);
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/hook`;
  return { url, messages, stop: () => void server.close() };
}
