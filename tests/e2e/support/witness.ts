// A door in front of the demo cloud that remembers what came through it, byte for byte.

import { once } from "node:events";
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A part of a message, as the common format has it. */
export interface Part {
  type: "text" | "image_url" | "input_audio";
  text?: string;
  image_url?: { url: string };
  input_audio?: { data: string; format: string };
}

interface Message {
  role: string;
  content: string | Part[];
}

export class Witness {
  /** The bodies of all calls, in order. */
  readonly bodies: Buffer[] = [];
  private readonly server: Server;

  private constructor() {
    this.server = createServer((question, answer) => void this.pass(question, answer));
  }

  static async open(): Promise<Witness> {
    const witness = new Witness();
    witness.server.listen(0, "127.0.0.1");
    await once(witness.server, "listening");
    return witness;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  get baseUrl(): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/v1`;
  }

  get host(): string {
    return new URL(this.baseUrl).host;
  }

  /** The messages of the last call. */
  get messages(): Message[] {
    return (JSON.parse(this.bodies.at(-1)!.toString("utf8")) as { messages: Message[] }).messages;
  }

  /** The text of each message of the last call. */
  get texts(): string[] {
    const text = (part: Part) => part.text ?? "";
    return this.messages.map(({ content }) => (typeof content === "string" ? content : content.map(text).join("")));
  }

  /** What went along with the last call. */
  get uploads(): { kind: "picture" | "clip"; bytes: Buffer }[] {
    const { content } = this.messages.at(-1)!;
    if (typeof content === "string") return [];
    return content.flatMap(({ image_url, input_audio }) => {
      if (image_url) return { kind: "picture" as const, bytes: Buffer.from(image_url.url.split(",")[1]!, "base64") };
      return input_audio ? { kind: "clip" as const, bytes: Buffer.from(input_audio.data, "base64") } : [];
    });
  }

  private async pass(question: IncomingMessage, answer: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of question) pieces.push(piece as Buffer);
    const body = Buffer.concat(pieces);
    if (question.method === "POST") this.bodies.push(body);
    const { method, headers } = question;
    const onward = request(new URL(question.url!, process.env["WEIR_CLOUD"]), { method, headers }, (reply) => {
      answer.writeHead(reply.statusCode!, reply.headers);
      reply.pipe(answer);
    });
    onward.on("error", () => answer.destroy());
    onward.end(body);
  }
}
