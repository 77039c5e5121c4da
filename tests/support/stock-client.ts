import * as decoding from "lib0/decoding";
import { WebSocket } from "ws";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";
import { messageTypes } from "#shared/protocol/messages.ts";

export interface StockClient {
  readonly doc: Y.Doc;
  readonly provider: WebsocketProvider;
  readonly write: (key: string, words: string) => void;
  readonly words: () => Readonly<Record<string, unknown>>;
  /** Types of all frames that came. */
  readonly frameTypes: readonly number[];
  readonly closeCodes: readonly number[];
  readonly synced: () => boolean;
  /** Sync steps 2 and updates sent on the current socket. */
  readonly sentCount: () => number;
  /** What the relay last acked on the current socket; 0 without `params: { ack: "1" }`. */
  readonly ackedCount: () => number;
  readonly onAck: (listener: (count: number) => void) => void;
  readonly close: () => void;
}

/** The unmodified `y-websocket` client of the npm registry, in Node, signed in by a bearer token. */
export function openStockClient(
  url: string,
  token: string,
  options: { readonly doc?: Y.Doc; readonly laneId?: string; readonly params?: Record<string, string> } = {},
): StockClient {
  const doc = options.doc ?? new Y.Doc();
  const frameTypes: number[] = [];
  const closeCodes: number[] = [];
  const onAck: ((count: number) => void)[] = [];
  let sent = 0;
  let acked = 0;
  class SignedIn extends WebSocket {
    constructor(address: string) {
      sent = 0;
      acked = 0;
      super(address, { headers: { authorization: `Bearer ${token}` } });
      this.on("message", (data: ArrayBuffer | Buffer) => frameTypes.push(new Uint8Array(data)[0] ?? -1));
      this.on("close", (code) => closeCodes.push(code));
    }
    // biome-ignore lint/suspicious/noExplicitAny: the shape of ws, which has several.
    override send(frame: Uint8Array, ...rest: any[]) {
      if (frame[0] === messageTypes.sync && frame[1] !== 0) sent++;
      // biome-ignore lint/suspicious/noExplicitAny: as above.
      super.send(frame, ...(rest as [any]));
    }
  }
  const provider = new WebsocketProvider(`${url}/sync`, options.laneId ?? "lane-shared", doc, {
    WebSocketPolyfill: SignedIn as unknown as typeof globalThis.WebSocket,
    disableBc: true,
    maxBackoffTime: 200,
    params: options.params ?? {},
  });
  // It says "Unable to compute message" to the console for each; a client that asked for ours reads them.
  if (options.params?.ack) {
    for (const type of [messageTypes.refused, messageTypes.notice, messageTypes.moves])
      provider.messageHandlers[type] = () => {};
    provider.messageHandlers[messageTypes.ack] = (_encoder, decoder) => {
      acked = decoding.readVarUint(decoder);
      for (const listener of onAck) listener(acked);
    };
  }
  return {
    doc,
    provider,
    write: (key, words) => doc.getMap("cards").set(key, words),
    words: () => doc.getMap("cards").toJSON(),
    frameTypes,
    closeCodes,
    synced: () => provider.synced,
    sentCount: () => sent,
    ackedCount: () => acked,
    onAck: (listener) => onAck.push(listener),
    close: () => {
      provider.destroy();
      provider.awareness.destroy();
    },
  };
}
