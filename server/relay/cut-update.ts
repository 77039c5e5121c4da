import * as encoding from "lib0/encoding";
import { orderStructs } from "./struct-order.ts";
import type { ReadUpdate, Run } from "./update-reader.ts";

/**
 * Cuts an update in pieces of about `pieceBytes`, for somebody who has all that it hangs on: applied in order, none has to
 * wait for a later one, and all together do what the whole does. The last says what is deleted.
 *
 * Works on the bytes alone, between one struct and the next, since a lane of thousands of cards is cut while somebody waits
 * for it. `shared/protocol/update-pieces.ts` takes twenty times as long, and cuts single long texts too; here one makes a
 * piece that is larger. An update that does not hang together comes back whole.
 */
export function cutUpdate(
  update: ReadUpdate,
  clockOf: (client: number) => number,
  pieceBytes: number,
): readonly Uint8Array[] {
  const { bytes, runs, structs } = update;
  if (bytes.length <= pieceBytes) return [bytes];
  const endOf = (index: number, run: number): number =>
    index + 1 < (structs.firstOfRun[run + 1] as number)
      ? (structs.at[index + 1] as number)
      : (structs.runEnd[run] as number);

  const pieces: Uint8Array[] = [];
  /** First and last struct of each run in the piece that is being filled. Within a run they are taken in their order. */
  let spans = new Map<number, { readonly first: number; last: number }>();
  let size = 0;
  const finishPiece = () => {
    if (spans.size === 0) return;
    const piece = encoding.encode((encoder) => {
      encoding.writeVarUint(encoder, spans.size);
      for (const [run, { first, last }] of spans) {
        encoding.writeVarUint(encoder, last - first + 1);
        encoding.writeVarUint(encoder, (runs[run] as Run).client);
        encoding.writeVarUint(encoder, structs.clock[first] as number);
        encoding.writeUint8Array(encoder, bytes.subarray(structs.at[first] as number, endOf(last, run)));
      }
      // It deletes nothing.
      encoding.writeVarUint(encoder, 0);
    });
    pieces.push(piece);
    spans = new Map();
    size = 0;
  };

  const { outcome } = orderStructs(
    update,
    clockOf,
    () => 0,
    (index, run) => {
      const length = endOf(index, run) - (structs.at[index] as number);
      if (size + length > pieceBytes) finishPiece();
      const span = spans.get(run);
      if (span) span.last = index;
      else spans.set(run, { first: index, last: index });
      size += length;
    },
  );
  if (outcome !== "whole") return [bytes];
  finishPiece();
  const deletions = bytes.subarray(update.deletionsAt);
  pieces.push(
    encoding.encode((encoder) => {
      encoding.writeVarUint(encoder, 0);
      encoding.writeUint8Array(encoder, deletions);
    }),
  );
  return pieces;
}
