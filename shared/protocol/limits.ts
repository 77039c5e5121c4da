/** Limits of the wire, in bytes unless named otherwise. The counting decoder of the relay issue reads these too. */
export const limits = {
  frameBytes: 256 * 1024,
  updateBytes: 64 * 1024,
  /** Changes in one update that a client sends as it writes, and in the sync step 2 by which it catches up. */
  updateStructs: 512,
  step2Structs: 16_384,
  /** Stretches of clocks that one update may say are deleted, known ones counted: a step 2 always says them all. */
  updateDeletions: 16_384,
  step2Deletions: 65_536,
  presenceBytes: 512,
  socketsPerSession: 8,
  /** Queued towards one reader: past the first it loses presence, past the second its socket. */
  queuedBytesBeforePresenceDrops: 256 * 1024,
  queuedBytesBeforeClose: 1024 * 1024,
  /** Silence after which the relay sends an empty presence frame: a stock client hangs up after 30 s without one. */
  heartbeatMs: 20_000,
  /** A reply to a sync step 1 goes in pieces of at most this, the next when the reader has taken the one before. */
  replyPieceBytes: 64 * 1024,
  /** Offences (`refusedKinds`, forged presence) after which the socket is closed for good. */
  offences: 3,
  /** Levels of one value: presence, or a field of a record. */
  valueNesting: 8,
  /** Shared types inside each other: a record, its long words, and lists within lists in them. */
  typeNesting: 32,
  /** Letters (UTF-16 units) of one string that is a value or a name. Running words are bounded by their update alone. */
  valueLetters: 8_000,
  /** Clocks that one struct may say are gone: what a device deletes in one stretch, many times over. */
  tombstoneLength: 2 ** 24,
  /** Separate stretches that one update deletes anew. */
  newDeletions: 4_096,
  /** Client ids that one update may bring along for the first time: a page has one, so weeks offline have a few dozen. */
  newClientIds: 256,
  /** No device counts its changes this far; numbers beyond it would not survive arithmetic. */
  largestClock: 2 ** 40,
  /** Letters (UTF-16 units) of one short text. */
  wordsLength: 2_000,
  nameLength: 80,
  titleLength: 120,
} as const;
