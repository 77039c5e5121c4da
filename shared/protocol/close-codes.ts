/**
 * Every code a socket may be closed with. 4400–4499 are final for a y-websocket client (it stops trying), all others it
 * retries with growing pauses. `say` names the sentence in the message catalog: what happened, what is safe, what to do.
 */
export const closeCodes = {
  restarting: { code: 1012, retry: true, say: "closed.restarting" },
  resync: { code: 1013, retry: true, say: "closed.resync" },
  tooBig: { code: 1009, retry: true, say: "closed.tooBig" },
  /** Something that is no frame of ours; the device and the relay do not understand each other. */
  protocol: { code: 1002, retry: true, say: "closed.protocol" },
  notBinary: { code: 1003, retry: true, say: "closed.protocol" },
  signedOut: { code: 4401, retry: false, say: "closed.signedOut" },
  /** Nobody used this session for too long, or its longest time is over. */
  sessionEnded: { code: 4402, retry: false, say: "closed.sessionEnded" },
  removed: { code: 4403, retry: false, say: "closed.removed" },
  gone: { code: 4404, retry: false, say: "closed.gone" },
  /** The time until which this person was invited is over. */
  accessEnded: { code: 4405, retry: false, say: "closed.accessEnded" },
  /** It sent what the relay must not take three times over; another try would go the same way. */
  refused: { code: 4408, retry: false, say: "closed.refused" },
  /** Something kept of this lane is not what was written, so it is not served until somebody takes its last good state. */
  damaged: { code: 4410, retry: false, say: "closed.damaged" },
  accessChanged: { code: 4503, retry: true, say: "closed.accessChanged" },
} as const;
export type CloseReason = keyof typeof closeCodes;
