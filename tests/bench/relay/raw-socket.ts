import { connect, type Socket } from "node:net";

/**
 * A WebSocket client that costs little, so that a thousand of them fit on one core beside what they measure: whole
 * binary messages in and out, no extensions, no queue of its own. Not for anything but benches.
 */
export interface RawSocket {
  /** One binary message. The bytes are copied. */
  readonly send: (message: Uint8Array) => void;
  /** Reads nothing any more until `resume`: the other side's bytes pile up there. */
  readonly pause: () => void;
  readonly resume: () => void;
  readonly close: () => void;
  /** Bytes of WebSocket frames that came, headers included. */
  readonly received: () => number;
  readonly isOpen: () => boolean;
}

export interface RawSocketOptions {
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The message's bytes are only good until it returns. */
  readonly onMessage: (message: Buffer, socket: RawSocket) => void;
  readonly onClosed?: (code: number | undefined) => void;
}

const opcodes = { continuation: 0, binary: 2, close: 8, ping: 9, pong: 10 } as const;
// Masks as browsers do, with one key for all: to hide bytes from a proxy is no aim here, to have the server unmask is.
const mask = [0x37, 0xfa, 0x21, 0x3d] as const;

/** What all sockets of this process read into, one after the other. */
const shared = Buffer.allocUnsafe(256 * 1024);

/** Resolves when the server has switched over; fails on any other answer. */
export function openRawSocket(options: RawSocketOptions): Promise<RawSocket> {
  return new Promise((resolve, reject) => {
    let received = 0;
    let open = false;
    let settled = false;
    let closeCode: number | undefined;
    let held: Buffer | undefined;
    let fragments: Buffer[] = [];

    const refuse = (why: string) => {
      if (settled) return;
      settled = true;
      socket.destroy();
      reject(new Error(why));
    };

    /** Takes what is whole from the front of `bytes`, and says how much that was. */
    const takeFrames = (bytes: Buffer): number => {
      let at = 0;
      while (bytes.length - at >= 2) {
        const first = bytes[at] as number;
        let length = (bytes[at + 1] as number) & 127;
        let header = 2;
        if (length === 126) {
          if (bytes.length - at < 4) break;
          length = bytes.readUInt16BE(at + 2);
          header = 4;
        } else if (length === 127) {
          if (bytes.length - at < 10) break;
          length = Number(bytes.readBigUInt64BE(at + 2));
          header = 10;
        }
        if (bytes.length - at < header + length) break;
        const payload = bytes.subarray(at + header, at + header + length);
        at += header + length;
        takeFrame(first & 15, (first & 128) !== 0, payload);
      }
      return at;
    };

    const takeFrame = (opcode: number, isLast: boolean, payload: Buffer) => {
      switch (opcode) {
        case opcodes.ping:
          return sendFrame(opcodes.pong, payload);
        case opcodes.pong:
          return;
        case opcodes.close:
          closeCode = payload.length >= 2 ? payload.readUInt16BE(0) : undefined;
          sendFrame(opcodes.close, payload.subarray(0, 2));
          socket.end();
          return;
        default: {
          if (isLast && fragments.length === 0) return options.onMessage(payload, raw);
          fragments.push(Buffer.from(payload));
          if (!isLast) return;
          const whole = Buffer.concat(fragments);
          fragments = [];
          return options.onMessage(whole, raw);
        }
      }
    };

    const takeAnswer = (bytes: Buffer): number => {
      const end = bytes.indexOf("\r\n\r\n");
      if (end < 0) return 0;
      const head = bytes.subarray(0, end).toString("latin1");
      if (!head.startsWith("HTTP/1.1 101")) {
        refuse(`${options.path.replace(/[^/]+$/, "…")} answered: ${head.split("\r\n")[0]}`);
        return bytes.length;
      }
      open = true;
      settled = true;
      resolve(raw);
      return end + 4;
    };

    const take = (chunk: Buffer) => {
      const bytes = held ? Buffer.concat([held, chunk]) : chunk;
      let taken = 0;
      if (!open) {
        taken = takeAnswer(bytes);
        if (open) {
          // What came with the answer are frames already.
          received += bytes.length - taken;
          taken += takeFrames(bytes.subarray(taken));
        }
      } else {
        received += chunk.length;
        taken = takeFrames(bytes);
      }
      held = taken < bytes.length ? Buffer.from(bytes.subarray(taken)) : undefined;
    };

    const sendFrame = (opcode: number, payload: Uint8Array) => {
      if (socket.destroyed || socket.writableEnded) return;
      const length = payload.length;
      const header = length < 126 ? 6 : length < 65_536 ? 8 : 14;
      const frame = Buffer.allocUnsafe(header + length);
      frame[0] = 128 | opcode;
      if (header === 6) frame[1] = 128 | length;
      else if (header === 8) {
        frame[1] = 254;
        frame.writeUInt16BE(length, 2);
      } else {
        frame[1] = 255;
        frame.writeBigUInt64BE(BigInt(length), 2);
      }
      for (let byte = 0; byte < 4; byte += 1) frame[header - 4 + byte] = mask[byte] as number;
      for (let byte = 0; byte < length; byte += 1) {
        frame[header + byte] = (payload[byte] as number) ^ (mask[byte & 3] as number);
      }
      socket.write(frame);
    };

    const socket: Socket = connect({
      port: options.port,
      host: "127.0.0.1",
      noDelay: true,
      onread: {
        buffer: shared,
        callback: (bytes, buffer) => {
          take((buffer as Buffer).subarray(0, bytes));
          return true;
        },
      },
    });
    socket.once("connect", () => {
      const lines = [
        `GET ${options.path} HTTP/1.1`,
        `Host: 127.0.0.1:${options.port}`,
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        ...Object.entries(options.headers).map(([name, value]) => `${name}: ${value}`),
      ];
      socket.write(`${lines.join("\r\n")}\r\n\r\n`);
    });
    socket.on("error", (error: NodeJS.ErrnoException) => refuse(error.code ?? error.message));
    socket.on("close", () => {
      refuse("closed before it was open");
      if (open) options.onClosed?.(closeCode);
      open = false;
    });

    const raw: RawSocket = {
      send: (message) => sendFrame(opcodes.binary, message),
      pause: () => void socket.pause(),
      resume: () => void socket.resume(),
      close: () => {
        socket.destroy();
      },
      received: () => received,
      isOpen: () => open,
    };
  });
}
