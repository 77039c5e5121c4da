import * as Y from "yjs";
import { keepMarks } from "#shared/board/keep-marks.ts";

/**
 * One lane's way between people, in the test's hands: updates wait in lines until they are delivered, in any order, late,
 * twice, or never (a drop-out loses what is on its way; coming back exchanges state vectors, as a real client does).
 */
export interface LaneNetwork {
  readonly join: (doc: Y.Doc) => LanePeer;
  /** Everybody online, everything delivered. */
  readonly heal: () => void;
  readonly hub: Y.Doc;
}

export interface LanePeer {
  readonly isOnline: () => boolean;
  readonly dropOut: () => void;
  readonly comeBack: () => void;
  /** Delivers one waiting message of this peer, the `pick`th of those waiting; `again` leaves it in line as well. */
  readonly deliver: (pick: number, again: boolean) => void;
  readonly waiting: () => number;
}

interface Message {
  readonly to: "hub" | "peer";
  readonly update: Uint8Array;
}

const fromNetwork = "network";

export function createLaneNetwork(): LaneNetwork {
  const hub = new Y.Doc();
  // Any number; the hub never writes.
  hub.clientID = 1;
  keepMarks(hub);
  const peers: { readonly peer: LanePeer; readonly deliverAll: () => void; readonly doc: Y.Doc }[] = [];

  const join = (doc: Y.Doc): LanePeer => {
    const line: Message[] = [];
    let isOnline = true;
    doc.on("update", (update: Uint8Array, origin: unknown) => {
      if (origin !== fromNetwork && isOnline) line.push({ to: "hub", update });
    });
    hub.on("update", (update: Uint8Array, origin: unknown) => {
      if (origin !== doc && isOnline) line.push({ to: "peer", update });
    });
    const take = ({ to, update }: Message) => {
      if (to === "hub") Y.applyUpdate(hub, update, doc);
      else Y.applyUpdate(doc, update, fromNetwork);
    };
    const exchange = () => {
      line.push({ to: "hub", update: Y.encodeStateAsUpdate(doc, Y.encodeStateVector(hub)) });
      line.push({ to: "peer", update: Y.encodeStateAsUpdate(hub, Y.encodeStateVector(doc)) });
    };
    const peer: LanePeer = {
      isOnline: () => isOnline,
      dropOut: () => {
        isOnline = false;
        line.length = 0;
      },
      comeBack: () => {
        if (isOnline) return;
        isOnline = true;
        exchange();
      },
      deliver: (pick, again) => {
        if (line.length === 0) return;
        const at = pick % line.length;
        const message = line[at] as Message;
        if (!again) line.splice(at, 1);
        take(message);
      },
      waiting: () => line.length,
    };
    const deliverAll = () => {
      for (let message = line.shift(); message; message = line.shift()) take(message);
    };
    peers.push({ peer, deliverAll, doc });
    return peer;
  };

  return {
    hub,
    join,
    heal: () => {
      for (const { peer } of peers) {
        peer.dropOut();
        peer.comeBack();
      }
      // What one round brings to the hub the next brings to the others.
      while (peers.some(({ peer }) => peer.waiting() > 0)) for (const { deliverAll } of peers) deliverAll();
    },
  };
}
