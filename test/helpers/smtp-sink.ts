import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** Headers and body, long lines joined; what is not ASCII stays encoded. */
  readonly text: string;
}

export interface SmtpSink {
  readonly url: string;
  readonly received: readonly ReceivedMail[];
  /** User and password of each AUTH PLAIN, as they came. */
  readonly logins: readonly string[];
  close(): Promise<void>;
}

export interface SinkOptions {
  /** Answers instead of 250, by command: `{ 'RCPT TO': '550 no such user' }`. */
  readonly answers?: Readonly<Record<string, string>>;
  /** Closes the line when the message is there, without an answer. */
  readonly cutAfterData?: boolean;
  readonly wantsLogin?: boolean;
}

/** A mail server on loopback that keeps what it is given. RFC 5321, as much of it as a client needs. */
export async function smtpSink(options: SinkOptions = {}): Promise<SmtpSink> {
  const received: ReceivedMail[] = [];
  const logins: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined); // a client that hangs up
    new Conversation(socket, options, received, logins);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `smtp://127.0.0.1:${portOf(server)}`,
    received,
    logins,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The port that a server was given. */
export function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

class Conversation {
  readonly #socket: Socket;
  readonly #options: SinkOptions;
  readonly #received: ReceivedMail[];
  readonly #logins: string[];
  #rest = '';
  #data: string[] | null = null;
  #from = '';
  #to: string[] = [];

  constructor(socket: Socket, options: SinkOptions, received: ReceivedMail[], logins: string[]) {
    this.#socket = socket;
    this.#options = options;
    this.#received = received;
    this.#logins = logins;
    this.#say('220 sink ESMTP');
    socket.setEncoding('utf8').on('data', (text: string) => {
      const lines = (this.#rest + text).split('\r\n');
      this.#rest = lines.pop() ?? '';
      for (const line of lines) this.#hear(line);
    });
  }

  #say(line: string): void {
    this.#socket.write(`${line}\r\n`);
  }

  #hear(line: string): void {
    if (this.#data !== null) this.#hearData(line, this.#data);
    else this.#hearCommand(line);
  }

  #hearCommand(line: string): void {
    const command = COMMANDS.find((one) => line.toUpperCase().startsWith(one)) ?? '';
    const inside = /<(.*?)>/.exec(line)?.[1] ?? '';
    if (command === 'AUTH PLAIN') this.#logins.push(Buffer.from(line.slice('AUTH PLAIN '.length), 'base64').toString());
    if (command === 'MAIL FROM') this.#from = inside;
    if (command === 'RCPT TO') this.#to = [...this.#to, inside];
    if (command === 'DATA') this.#data = [];
    const login = this.#options.wantsLogin === true && command === 'EHLO' ? '250-sink\r\n250 AUTH PLAIN' : undefined;
    this.#say(this.#options.answers?.[command] ?? login ?? ANSWERS.get(command) ?? '250 ok');
    if (command === 'QUIT') this.#socket.end();
  }

  #hearData(line: string, data: string[]): void {
    if (line !== '.') {
      data.push(line.replace(/^\./, ''));
      return;
    }
    this.#data = null;
    this.#received.push({ from: this.#from, to: this.#to, text: decoded(data) });
    if (this.#options.cutAfterData === true) this.#socket.destroy();
    else this.#say('250 taken');
  }
}

const COMMANDS = ['EHLO', 'AUTH PLAIN', 'MAIL FROM', 'RCPT TO', 'DATA', 'RSET', 'QUIT'];
const ANSWERS: ReadonlyMap<string, string> = new Map([
  ['AUTH PLAIN', '235 welcome'],
  ['DATA', '354 go on'],
  ['QUIT', '221 bye'],
  ['', '502 what?'],
]);

/** Soft ends of lines of quoted-printable undone; what is not ASCII stays encoded. */
const decoded = (lines: readonly string[]): string => lines.join('\n').replace(/(?<!\?)=\n/g, '');
